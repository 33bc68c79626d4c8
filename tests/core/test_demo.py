"""The demo collection is sound, and on its pool the default hybrid is far above word matching in every language."""

import pytest

from core import pipeline
from core.collections.checking import faults_of
from core.evaluation.measuring import mean, measured, paired_difference
from core.grammar import parse
from core.settings import DATA, Settings
from core.workbench import HYBRID, SUGGESTED, Workbench

LANGUAGES = ["ar", "de", "en", "es", "fr", "hi", "ja", "ko", "ru", "sw", "th", "zh"]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    made = Workbench(Settings(home=tmp_path_factory.mktemp("home")))
    made.build("demo")
    return made


def test_it_is_sound_and_says_what_it_is(bench):
    demo = bench.collection("demo")
    assert faults_of(demo) == []
    assert sorted(demo.languages) == LANGUAGES
    assert len(set(demo.languages.values())) == 1  # as many documents in each
    assert (demo.provenance, demo.licence) == ("machine-written", "CC-BY-4.0")
    assert [grade.value for grade in demo.grades] == [0, 1, 2, 3]


def test_the_qrels_are_the_judgments_of_needs_and_groups(bench):
    demo = bench.collection("demo")
    lines = (DATA / "demo" / "judgments.tsv").read_text("utf-8").splitlines()[1:]
    judged = {(need, group): int(grade) for need, group, grade in (line.split("\t") for line in lines)}
    needs = {query.query_id: query.need for query in demo.queries}
    groups = {document.doc_id: document.group for document in demo.documents}
    assert len(judged) == len(set(needs.values())) * len(set(groups.values()))
    assert {(q.query_id, q.doc_id): q.grade for q in demo.qrels} == {
        (query_id, doc_id): judged[need, group] for query_id, need in needs.items() for doc_id, group in groups.items()
    }


def test_the_default_hybrid_beats_word_matching_in_every_language(bench, capsys):
    demo = bench.collection("demo")
    systems = {parse(name): name for name in SUGGESTED}
    found = {name: {} for name in SUGGESTED}
    for trace in pipeline.run(list(systems), demo.queries, index=bench.index("demo"), service=bench.service):
        found[systems[trace.system]][trace.query.query_id] = trace.ranking
    values = {name: measured("nDCG@10", rankings, demo.qrels) for name, rankings in found.items()}
    spoken = {query.query_id: query.language for query in demo.queries}

    def by_language(name: str) -> dict[str, float]:
        return {tag: mean(v for q, v in values[name].items() if spoken[q] == tag) for tag in LANGUAGES}

    with capsys.disabled():
        print(f"\nnDCG@10, demo, mixed pool{'':27} {'  '.join(LANGUAGES)}   all")
        for name in SUGGESTED:
            cells = " ".join(f"{value:.2f}"[1:] if value < 1 else "1.0" for value in by_language(name).values())
            print(f"{name:52} {cells}  {mean(values[name].values()):.3f}")
    lexical, hybrid = by_language("bm25"), by_language(HYBRID)
    for tag in LANGUAGES:
        assert hybrid[tag] >= lexical[tag] + 0.10, tag
    ids = sorted(values["bm25"])
    _, low, _ = paired_difference([values[HYBRID][q] for q in ids], [values["bm25"][q] for q in ids])
    assert low > 0
    fusions = [name for name in SUGGESTED if name.startswith(("rrf(", "wsum(")) and ">>" not in name]
    assert max(fusions, key=lambda name: mean(values[name].values())) == HYBRID
