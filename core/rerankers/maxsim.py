"""Late interaction: every query token looks for its best-matching document token. Source: khattab2020colbert."""

from collections.abc import Sequence

from core.protocols import Service
from core.records import Document, Query
from core.scoring import maxsim


class MaxSim:
    """Scores by the token vectors of one encoder.

    A query token counts by the length of its vector: words that say little have short ones, and decide little.
    """

    def __init__(self, model: str, service: Service) -> None:
        self.model, self.service = model, service

    def scores(self, query: Query, documents: Sequence[Document]) -> Sequence[float]:
        """Weighted mean cosine, -1 to 1."""
        asked = self.service.tokens(self.model, [query.text], "query")[0]
        texts = [document.content for document in documents]
        found = [tokens.vectors for tokens in self.service.tokens(self.model, texts, "document")]
        return [float(score) for score in maxsim(asked.vectors, asked.weights, found)]
