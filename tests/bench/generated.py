"""Large collections for benches: documents of shuffled pieces of the demo's texts, in all its languages."""

import dataclasses
import random

from core.analysis import analyse
from core.collections.beir import checksums, read_beir
from core.records import Collection, Document
from core.settings import DATA


def generated(count: int, *, seed: int = 0, words: int = 60) -> Collection:
    """`count` documents of about `words` terms each, the demo's languages in turn; no queries."""
    rng = random.Random(seed)
    demo = read_beir(DATA / "demo")
    pieces: dict[str, list[str]] = {}
    for document in demo.documents:
        spans = [(term.start, term.end) for term in analyse(document.text, document.language)]
        cuts = [document.text[spans[at][0] : spans[min(at + 5, len(spans) - 1)][1]] for at in range(0, len(spans), 5)]
        pieces.setdefault(document.language, []).extend(cuts)
    tags = sorted(tag for tag in pieces if demo.languages[tag] == max(demo.languages.values()))
    documents = tuple(
        Document(f"g{i}", tags[i % len(tags)], "", " ".join(rng.choices(pieces[tags[i % len(tags)]], k=words // 5)))
        for i in range(count)
    )
    return dataclasses.replace(
        demo, collection_id=f"generated-{count}", documents=documents, queries=(), qrels=(), needs=(),
        checksums=checksums(documents, (), ()),
    )  # fmt: skip
