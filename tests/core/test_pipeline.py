"""Running systems: checked whole before anything runs, shared parts once, every stage kept, stopped when asked."""

import pytest

from core import pipeline
from core.errors import AppError, Faults, Stopped
from core.grammar import parse
from core.protocols import Control
from core.records import Query
from core.scoring import reciprocal_rank_fusion, weighted_sum
from core.service import LocalService
from core.settings import DATA

ASKED = Query("q", "en", "how do bees make honey")
OTHER = Query("r", "sw", "unga huumuka")
HYBRID = "rrf(bm25, dense:static-26)"


class Service(LocalService):
    """The real service; it notes what it is asked, and can fail at token vectors."""

    def __init__(self, failing: bool = False):
        super().__init__(DATA / "models")
        self.asked, self.failing = [], failing

    def encode(self, model, texts, side):
        self.asked.append((side, list(texts)))
        return super().encode(model, texts, side)

    def tokens(self, model, texts, side, **more):
        self.asked.append(("tokens", list(texts)))
        if self.failing:
            raise AppError("The encoder went away.")
        return super().tokens(model, texts, side, **more)


@pytest.fixture
def index(indexed):
    return indexed.index("small")


def run(systems, queries, index, **more):
    service = more.pop("service", None) or Service()
    return list(pipeline.run([parse(s) for s in systems], queries, index=index, service=service, **more))


def test_every_stage_is_kept_with_its_ranking_and_time(index):
    (trace,) = run([f"{HYBRID} >> maxsim:static-26@3"], [ASKED], index)
    names = [str(step.stage) for step in trace.steps]
    assert names == ["bm25", "dense:static-26", HYBRID, f"{HYBRID} >> maxsim:static-26@3"]
    lexical, dense, fused, reranked = (step.ranking for step in trace.steps)
    assert fused == reciprocal_rank_fusion([lexical, dense], 60, 100)
    assert sorted(reranked.doc_ids) == sorted(fused.doc_ids[:3])
    assert trace.ranking == reranked
    assert trace.seconds == sum(step.seconds for step in trace.steps) > 0
    assert set(trace.revisions) == {"static-26"}


def test_a_weighted_sum_sums_its_lists(index):
    lexical, dense, fused = (
        t.ranking for t in run(["bm25", "dense:static-26", "wsum(bm25 .7, dense:static-26 .3)"], [ASKED], index)
    )
    assert fused == weighted_sum([lexical, dense], [0.7, 0.3], 100)


def test_what_systems_share_runs_once(index):
    service = Service()
    systems = ["dense:static-26", HYBRID, f"{HYBRID} >> maxsim:static-26", "wsum(bm25 .5, dense:static-26 .5)"]
    traces = run(systems, [ASKED], index, service=service)
    assert [side for side, _ in service.asked].count("query") == 1
    shared = [[step.shared for step in trace.steps] for trace in traces]
    assert shared == [[False], [False, True, False], [True, True, True, False], [True, True, False]]


def test_queries_are_encoded_in_one_batch(index):
    service = Service()
    traces = run(["dense:static-26", HYBRID], [ASKED, OTHER], index, service=service)
    assert service.asked == [("query", [ASKED.text, OTHER.text])]
    assert [(str(t.system), t.query.query_id) for t in traces] == [
        ("dense:static-26", "q"), (HYBRID, "q"), ("dense:static-26", "r"), (HYBRID, "r"),
    ]  # fmt: skip


def test_alone_and_in_company_give_the_same(index):
    together = run([HYBRID, f"{HYBRID} >> maxsim:static-26"], [ASKED, OTHER], index)
    assert run([f"{HYBRID} >> maxsim:static-26"], [OTHER], index)[0].ranking == together[3].ranking


def test_every_fault_of_every_system_is_said_before_anything_runs(index):
    service = Service()
    systems = [
        "bm25",
        "dense:gone",
        "bm25 >> first:x",
        "sparse:x",
        "bm25[q=x]",
        "dense:static-26|centre",
        "run:mine",
    ]
    with pytest.raises(Faults) as found:
        run(systems, [ASKED], index, service=service)
    assert [fault.system for fault in found.value.faults] == systems[1:]
    said = [str(fault) for fault in found.value.faults]
    for sentence, part in zip(
        said, ["No encoder 'gone'", "'first'", "'sparse'", "option 'q=x'", "step '|centre'", "'run'"], strict=True
    ):
        assert part in sentence
    assert service.asked == []


def test_a_stage_that_fails_stops_its_system_only(index):
    traces = run(["bm25", f"{HYBRID} >> maxsim:static-26", "dense:static-26"], [ASKED], index, service=Service(True))
    assert [trace.fault is None for trace in traces] == [True, False, True]
    assert "The encoder went away." in str(traces[1].fault)
    assert [str(step.stage) for step in traces[1].steps] == ["bm25", "dense:static-26", HYBRID]
    assert len(traces[1].ranking) == 0


def test_it_stops_between_stages(index):
    control = Control()
    traces = pipeline.run([parse("bm25"), parse(HYBRID)], [ASKED], index=index, service=Service(), control=control)
    next(traces)
    control.stop()
    with pytest.raises(Stopped):
        next(traces)


def test_only_documents_in_the_languages_asked_for(index):
    for trace in run(["bm25", "dense:static-26", HYBRID], [ASKED], index, languages=["sw", "ja"]):
        assert all(doc_id.endswith((".sw", ".ja")) for doc_id in trace.ranking.doc_ids)


def test_a_query_matches_what_another_language_stems(index):
    """Asked as Swahili, `bees` is not stemmed; the English documents hold `bee`."""
    (trace,) = run(["bm25"], [Query("q", "sw", "bees")], index)
    assert trace.ranking.doc_ids == ["honey.en"]
