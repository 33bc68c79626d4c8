"""What the ladder lacks of the documents below the cards, and what the collection judges."""

from core.collections.judgments import judged
from core.text import cleaned
from core.workbench import Workbench
from ui.cards import DEPTH
from ui.events import Answer
from ui.incoming import text, texts
from ui.links import MOST_SYSTEMS

MOST_TITLE = 200
"""Characters of a title; the ladder has room for fewer."""


class Ladder:
    def __init__(self, bench: Workbench) -> None:
        self.bench = bench

    def read(self, data: object) -> Answer:
        """Of these documents language and title, and their grades where the collection judges the query."""
        collection = text(data, "collection", 200)
        query, _ = self.bench.query(collection, text(data, "query", 10_000), text(data, "language", 35))
        doc_ids = texts(data, "docs", MOST_SYSTEMS * DEPTH, 200)
        grades = judged(self.bench.collection(collection).qrels, query.query_id)
        found = self.bench.documents(collection, doc_ids)
        return {
            "documents": {doc: [one.language, cleaned(one.title)[:MOST_TITLE]] for doc, one in found.items()},
            "judged": {doc: grades[doc] for doc in doc_ids if doc in grades} if grades else None,
        }
