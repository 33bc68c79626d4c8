"""Indexes generated documents in a home and says each chunk it encodes; made to be killed by test_index_kill.py."""

import sys
from pathlib import Path

from core import indexing
from core.service import LocalService
from core.settings import DATA
from tests.core.test_index import many

DOCUMENTS, CHUNK = 5_000, 250


class Telling(LocalService):
    """The real service, which says what it encoded."""

    def encode(self, model, texts, side):
        vectors = super().encode(model, texts, side)
        if " " in texts[0]:  # documents; the words come after them
            print("encoded", len(texts), flush=True)
        return vectors


def main(root: Path) -> None:
    indexing.CHUNK = CHUNK
    indexing.build(many(DOCUMENTS), ["static-26"], root=root, service=Telling(DATA / "models"))
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
