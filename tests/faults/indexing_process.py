"""Indexes generated documents in a home, saying how far it is and what it encodes; made to be killed by its test."""

import sys
from pathlib import Path

from core import indexing
from core.service import LocalService
from core.settings import DATA, EMBEDDED
from tests.bench.generated import generated


class Telling(LocalService):
    """The real service, which says how many documents it encoded."""

    def encode(self, model, texts, side):
        vectors = super().encode(model, texts, side)
        if len(texts[0]) > 100:  # documents; the words come after them
            print("encoded", len(texts), flush=True)
        return vectors


def main(root: Path, documents: int) -> None:
    collection = generated(documents)
    print("begun", flush=True)
    indexing.build(
        collection, [EMBEDDED], root=root, service=Telling(DATA / "models"),
        progress=lambda done, total, what: print(what.split()[0], done, flush=True),
    )  # fmt: skip
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
