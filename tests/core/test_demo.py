"""The demo collection is sound, and on its pool the default hybrid is far above word matching in every language."""

import re
from collections import Counter

import pytest

from core.collections.checking import faults_of
from core.evaluation.strata import difference
from core.evaluation.tables import markdown, table
from core.settings import DATA, EMBEDDED, Settings
from core.workbench import HYBRID, SUGGESTED, Workbench

LANGUAGES = ["ar", "de", "en", "es", "fr", "hi", "ja", "ko", "ru", "sw", "th", "zh"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    made = Workbench(Settings(home=tmp_path_factory.mktemp("home")))
    made.build("demo")
    return made


def test_it_is_sound_and_says_what_it_is(bench):
    demo = bench.collection("demo")
    assert faults_of(demo) == []  # numbers, units, languages and overlap too: collection.toml asks for them
    assert demo.checks == ("numbers", "languages", "overlap")
    assert demo.languages == dict.fromkeys(LANGUAGES, 96) | dict.fromkeys(["bn", "fa", "he", "id"], 24)
    assert (demo.provenance, demo.licence) == ("machine-written", "CC-BY-4.0")
    assert [grade.value for grade in demo.grades] == [0, 1, 2, 3]


def test_every_need_is_asked_and_explained_in_every_language(bench):
    demo = bench.collection("demo")
    needs = {f"n{number:02}" for number in range(1, 41)}
    assert {(query.need, query.language) for query in demo.queries} == {(n, tag) for n in needs for tag in LANGUAGES}
    assert {(need.need, need.language) for need in demo.needs} == {(n, tag) for n in needs for tag in LANGUAGES}
    assert all(need.title and need.description and "3:" in need.narrative for need in demo.needs)


def test_judgments_are_complete_and_as_various_as_promised(bench):
    demo = bench.collection("demo")
    grades = {(judged.query_id, judged.doc_id): judged.grade for judged in demo.qrels.judgments}
    groups = {document.group for document in demo.documents}
    by_need = {}
    for (need, group), grade in grades.items():
        assert group in groups
        by_need.setdefault(need, []).append(grade)
    assert {len(given) for given in by_need.values()} == {len(groups)} == {96}
    assert len(by_need) == 40
    assert sum(max(given) < 3 for given in by_need.values()) == 6
    assert sum(sum(grade >= 1 for grade in given) >= 6 for given in by_need.values()) >= 40 / 3
    assert len(demo.near) >= 24 and {name for pair in demo.near for name in pair} <= groups


def test_variants_are_romanised_and_code_switched(bench):
    kinds = Counter((one.kind, one.language) for one in bench.collection("demo").variants)
    romanised = [f"{tag}-Latn" for tag in ("ar", "hi", "ja", "ko", "ru", "th", "zh")]
    assert {tag: kinds["romanised", tag] for tag in romanised} == dict.fromkeys(romanised, 40)
    assert sum(count for (kind, _), count in kinds.items() if kind == "code-switched") >= 20
    for one in bench.collection("demo").variants:
        assert one.kind != "romanised" or re.fullmatch(r"[\x20-\x7e’]+", one.text), one


def test_the_beir_qrels_are_the_grades_above_zero(bench):
    lines = (DATA / "demo" / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]
    written = [(query_id, doc_id, int(grade)) for query_id, doc_id, grade in (line.split("\t") for line in lines)]
    judged = {(qrel.query_id, qrel.doc_id, qrel.grade) for qrel in bench.collection("demo").qrels if qrel.grade > 0}
    assert len(written) == len(set(written))
    assert set(written) == judged


@pytest.mark.slow
def test_the_default_hybrid_beats_word_matching_in_every_language(bench, capsys):
    demo = bench.collection("demo")
    fusions = [name for name in SUGGESTED if name.startswith(("rrf(", "wsum(")) and ">>" not in name]
    systems = ["bm25", f"dense:{EMBEDDED}", *fusions]
    found = table(systems, demo, index=bench.index("demo"), service=bench.service)
    with capsys.disabled():
        print("\n" + markdown(found))
    for tag in LANGUAGES:
        assert found.pool[HYBRID][tag] >= found.pool["bm25"][tag] + 0.10, tag
        assert found.others[HYBRID][tag] >= 0.5, tag
        assert found.others[HYBRID][tag] > found.others[f"wsum(bm25 .5, dense:{EMBEDDED} .5)"][tag] - 0.02, tag
    ids = sorted(found.values["bm25"])
    hybrid, lexical = ([found.values[name][query] for query in ids] for name in (HYBRID, "bm25"))
    assert difference({"all": hybrid}, {"all": lexical}).low > 0  # over all queries, at 95 %
    assert max(values["all"] for values in found.pool.values()) <= 0.95
    assert max(fusions, key=lambda name: found.pool[name]["all"]) == HYBRID
