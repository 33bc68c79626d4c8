"""Alignment numbers by hand and by direct computation; the control sits at the floor."""

import dataclasses

import numpy as np
import pytest

from core.alignment.measures import margin_error, matched_cosine, random_cosine, retrieval_at_1
from core.alignment.study import sentence
from core.collections.beir import checksums
from core.errors import BadInput
from core.projection import principal_components
from core.records import Document
from core.scoring import unit_rows
from core.settings import EMBEDDED, Settings
from core.workbench import Workbench

EYE = np.eye(3, dtype=np.float32)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    bench = Workbench(Settings(home=tmp_path_factory.mktemp("home")))
    bench.build("demo")
    return bench


def test_retrieval_by_hand():
    assert retrieval_at_1(EYE, EYE) == 1
    assert retrieval_at_1(EYE, EYE[[1, 0, 2]]) == pytest.approx(1 / 3)
    assert retrieval_at_1(EYE, EYE[[0, 0, 2]]) == pytest.approx(1 / 3)  # a tie is not nearest


def test_cosines_by_hand():
    x = unit_rows(np.array([[1, 0], [1, 1]], np.float32))
    y = unit_rows(np.array([[1, 1], [0, 1]], np.float32))
    half = 1 / np.sqrt(2)
    assert matched_cosine(x, y) == pytest.approx(half)
    assert random_cosine(x, y) == pytest.approx((0 + 1) / 2)
    assert random_cosine(x[:1], y[:1]) == 0


def direct_margin_error(x, y, k):
    cosines, wrong = x @ y.T, 0
    for i in range(len(x)):
        near = sorted(range(len(y)), key=lambda j: -cosines[i, j])[:k]
        of_x = np.mean([cosines[i, j] for j in near])
        of_y = {j: np.mean(sorted(cosines[:, j])[-k:]) for j in near}
        wrong += max(near, key=lambda j: cosines[i, j] / ((of_x + of_y[j]) / 2)) != i
    return wrong / len(x)


def test_margin_error_is_its_definition():
    rng = np.random.default_rng(3)
    for n in (2, 3, 9, 40):
        x = unit_rows(rng.normal(size=(n, 12)).astype(np.float32) + 1)
        y = unit_rows(x + 0.6 * rng.normal(size=(n, 12)).astype(np.float32))
        assert margin_error(x, y) == pytest.approx(direct_margin_error(x, y, min(4, n)))
    assert margin_error(EYE, EYE) == 0


def test_the_plane_holds_the_largest_variance():
    rng = np.random.default_rng(1)
    points = (rng.normal(size=(200, 4)) * [5, 2, 0.1, 0.1]).astype(np.float32)
    plane, (first, second) = principal_components(points)
    assert plane.shape == (200, 2)
    assert abs(np.corrcoef(plane[:, 0], points[:, 0])[0, 1]) > 0.99
    assert first > second > 0.1 and first + second == pytest.approx(1, abs=0.01)
    assert np.array_equal(plane, principal_components(points)[0])
    assert not principal_components(points[:1])[0].any()


def test_every_number_of_the_demo_is_its_direct_computation(demo):
    found = demo.align("demo")
    documents = {d.doc_id: d for d in demo.collection("demo").documents}
    index, card = demo.index("demo"), demo.service.card(EMBEDDED)
    vectors = dict(zip(index.doc_ids, index.vectors(card), strict=True))
    by = {}
    for document in documents.values():
        by.setdefault(document.language, {})[document.group] = vectors[document.doc_id]
    assert len(found.pairs) == len(by) * (len(by) - 1)
    right = total = 0
    for pair in found.pairs:
        groups = sorted(by[pair.asked].keys() & by[pair.answering].keys())
        cosines = np.array([[float(by[pair.asked][g] @ by[pair.answering][h]) for h in groups] for g in groups])
        hits = sum(cosines[i, i] > np.delete(cosines[i], i).max() for i in range(len(groups)))
        right, total = right + hits, total + len(groups)
        off = cosines[~np.eye(len(groups), dtype=bool)]
        assert pair.n == len(groups)
        assert pair.retrieval == pytest.approx(hits / len(groups))
        assert pair.matched == pytest.approx(np.trace(cosines) / len(groups), abs=1e-5)
        assert pair.random == pytest.approx(off.mean(), abs=1e-5)
    assert (found.share, found.n) == (pytest.approx(right / total), total)
    assert found.low <= found.share <= found.high
    assert found.worst.retrieval == min(pair.retrieval for pair in found.pairs)
    for row in found.neighbours.values():
        assert sum(row.values()) == pytest.approx(1)
    assert len(found.points) == len(documents)


def test_the_control_sits_at_the_floor(demo):
    found = demo.align("demo")
    n = np.array([pair.n for pair in found.control])
    floor, seen = float(np.mean(1 / n)), float(np.mean([pair.retrieval for pair in found.control]))
    assert abs(seen - floor) < 4 * np.sqrt(floor / n.sum())
    assert abs(np.mean([pair.matched for pair in found.control])) < 0.02


def test_the_sentence_says_share_worst_pair_and_interval(demo):
    found = demo.align("demo")
    said = sentence(found)
    pair = f"{found.worst.asked} → {found.worst.answering}"
    for part in (f"{100 * found.share:.1f} %", f"{found.n:,}", pair, "95 %"):
        assert part in said


def test_it_is_kept_and_given_back_equal(demo):
    first = demo.align("demo")
    again = Workbench(demo.settings)
    again.service = None  # nothing is encoded or read: the kept numbers are given
    assert again.kept_alignment("demo", first.identity) == first


def test_a_collection_without_translations_says_so(tmp_path, indexed):
    documents = tuple(Document(f"d{i}", "en", "", f"text number {i}") for i in range(3))
    alone = dataclasses.replace(
        indexed.collection("small"), collection_id="alone", documents=documents, queries=(), qrels=(),
        checksums=checksums(documents, (), ()),
    )  # fmt: skip
    from core.collections.beir import write_beir

    write_beir(alone, tmp_path / "alone")
    indexed.add(tmp_path / "alone")
    indexed.build("alone")
    with pytest.raises(BadInput, match="no parallel documents"):
        indexed.align("alone")
