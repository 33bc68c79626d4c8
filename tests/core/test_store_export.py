"""Judgments become qrels that other tools read."""

from dataclasses import dataclass

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import Qrel
from core.store.events import Judgment
from core.store.export import qrels, qrels_text


@dataclass
class Judged:
    given: list

    def judgments(self, collection_id):
        assert collection_id == "demo"
        return [Judgment(f"person {n}", *row, seq=n) for n, row in enumerate(self.given)]


@pytest.mark.parametrize(
    ("grades", "merged"), [([3], 3), ([-2], -2), ([0, 1, 3], 1), ([1, 2], 1), ([0, 3], 0), ([2, 2, 0, 3], 2)]
)
def test_several_people_are_merged_by_the_lower_median(grades, merged):
    assert qrels(Judged([("q", "d", g) for g in grades]), "demo") == [Qrel("q", "d", merged)]


@given(st.lists(st.integers(-2, 3), min_size=1))
def test_the_merged_grade_is_one_that_somebody_gave_whatever_the_order(grades):
    (merged,) = qrels(Judged([("q", "d", g) for g in grades]), "demo")
    assert merged.grade in grades
    assert qrels(Judged([("q", "d", g) for g in reversed(grades)]), "demo") == [merged]


def test_only_the_queries_asked_for_in_one_order():
    judged = Judged([("q2", "b", 1), ("q1", "b", 2), ("q2", "a", 0)])
    assert qrels(judged, "demo", query_ids=["q2"]) == [Qrel("q2", "a", 0), Qrel("q2", "b", 1)]
    assert [q.query_id for q in qrels(judged, "demo")] == ["q1", "q2", "q2"]
    assert qrels(judged, "demo", query_ids=[]) == []


def test_both_texts():
    judged = [Qrel("n07.sw", "tides.sw", 3), Qrel("n07.ja", "月.ja", 0)]
    assert qrels_text(judged, "trec") == "n07.sw 0 tides.sw 3\nn07.ja 0 月.ja 0\n"
    assert qrels_text(judged, "beir") == "query-id\tcorpus-id\tscore\nn07.sw\ttides.sw\t3\nn07.ja\t月.ja\t0\n"
    assert qrels_text([], "trec") == ""
    assert qrels_text([], "beir") == "query-id\tcorpus-id\tscore\n"


def test_the_trec_text_reads_back_with_ir_measures(tmp_path):
    path = tmp_path / "qrels.txt"
    path.write_text(qrels_text([Qrel("n07.sw", "tides.sw", 3)], "trec"), "utf-8")
    (read,) = ir_measures.read_trec_qrels(str(path))
    assert (read.query_id, read.doc_id, read.relevance) == ("n07.sw", "tides.sw", 3)
