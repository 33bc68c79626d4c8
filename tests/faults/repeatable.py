"""Does, in a home of its own, all whose result must be the same each time, and prints a checksum of each part.

python -m tests.faults.repeatable HOME
"""

import dataclasses
import hashlib
import json
import sys
from pathlib import Path

from core.records import JudgmentKey
from core.settings import Settings
from core.store.events import Event
from core.store.export import qrels, qrels_text
from core.workbench import SUGGESTED, Workbench

AMA, TIME = "0b9f3a52-6a7e-4d0c-9c58-1f2d3c4b5a69", "2026-11-20T09:00:00Z"
QUERIES = 12


def run_lines(bench: Workbench) -> list[str]:
    """Every suggested system over some queries of the demo, as the lines of a run with all digits of the scores."""
    lines = []
    for query in bench.collection("demo").queries[:QUERIES]:
        traces = sorted(bench.search(query, SUGGESTED, collection_id="demo"), key=lambda trace: str(trace.system))
        for trace in traces:
            for rank, hit in enumerate(trace.ranking.hits, start=1):
                lines.append(f"{query.query_id} Q0 {hit.doc_id} {rank} {hit.score!r} {trace.system}")
    return lines


def export(bench: Workbench) -> str:
    """The qrels of grades that are always the same."""
    documents = bench.collection("demo").documents
    for turn, document in enumerate(documents[:60]):
        event_id = f"01a1fb91-1900-7e9c-990e-{turn:012x}"
        key = JudgmentKey(AMA, "demo", f"n{turn % 3:02d}.sw", document.doc_id)
        bench.store.append(Event(event_id, "grade", key, turn % 4, None, None, TIME))
    judged = qrels(bench.store, "demo")
    return qrels_text(judged, "trec") + qrels_text(judged, "beir")


def main(home: Path) -> None:
    bench = Workbench(Settings(home=home))
    bench.build("demo")
    parts = {
        "runs": "\n".join(run_lines(bench)),
        "coordinates and alignment": json.dumps(dataclasses.asdict(bench.align("demo", seed=7))),
        "export": export(bench),
    }
    print(json.dumps({name: hashlib.sha256(text.encode()).hexdigest() for name, text in parts.items()}))
    print(sum(text.count("\n") for text in parts.values()))
    bench.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
