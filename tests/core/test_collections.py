"""BEIR folders: what is written is read back, and each unusable row is named with its place."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.collections.beir import checksums, read_beir, write_beir
from core.collections.checking import faults_of
from core.errors import BadInput
from core.records import Collection, Document, Need, Qrel, Query, Variant
from tests.core.conftest import small

IDS = st.text(st.characters(codec="utf-8", exclude_categories=["Zs", "Zl", "Zp", "Cc", "Cs"]), min_size=1, max_size=20)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


def test_a_collection_is_read_back_equal(folder):
    assert read_beir(folder) == small()


def test_judgments_of_needs_and_groups_count_in_every_language(folder):
    (folder / "judgments.tsv").write_text("need\tgroup\tgrade\nn1\thoney\t1\nn1\tbread\t0\nn2\tbread\t1\n", "utf-8")
    collection = read_beir(folder)
    assert len(collection.qrels) == 2 * 8 + 4
    assert list(collection.qrels)[:2] == [Qrel("n1.en", "honey.en", 1), Qrel("n1.en", "honey.sw", 1)]
    assert {q.doc_id for q in collection.qrels if q.query_id == "n2.en"} == {
        f"bread.{t}" for t in ("en", "sw", "ja", "ar")
    }
    assert faults_of(collection) == []
    write_beir(collection, folder.with_name("again"))
    assert read_beir(folder.with_name("again"), "small") == collection


def test_needs_are_read_back(folder):
    need = {"need": "n1", "language": "sw", "title": "Asali", "description": "d", "narrative": "3: …"}
    (folder / "needs.jsonl").write_text(json.dumps(need) + "\n", "utf-8")
    collection = read_beir(folder)
    assert collection.needs == (Need("n1", "sw", "Asali", "d", "3: …"),)
    write_beir(collection, folder.with_name("again"))
    assert read_beir(folder.with_name("again"), "small") == collection
    (folder / "needs.jsonl").write_text('{"language": "sw"}\n', "utf-8")
    with pytest.raises(BadInput, match="line 1 has no need"):
        read_beir(folder)


def test_variants_are_read_back_and_checked(folder):
    row = {
        "_id": "n1.ja-roman",
        "text": "hachimitsu no tsukurikata",
        "language": "ja-Latn",
        "need": "n1",
        "variant": "romanised",
    }
    (folder / "variants.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    collection = read_beir(folder)
    assert collection.variants == (Variant("n1.ja-roman", "ja-Latn", row["text"], "n1", "romanised"),)
    write_beir(collection, folder.with_name("again"))
    assert read_beir(folder.with_name("again"), "small") == collection
    (folder / "variants.jsonl").write_text(json.dumps(row | {"need": "n9"}) + "\n", "utf-8")
    assert faults_of(read_beir(folder)) == ["Variant 'n1.ja-roman' asks the need 'n9', which no query has."]
    (folder / "variants.jsonl").write_text(json.dumps(row | {"variant": ""}) + "\n", "utf-8")
    with pytest.raises(BadInput, match="line 1 needs a need and a variant"):
        read_beir(folder)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, TEXTS, IDS)
def test_any_text_is_read_back_as_it_was(tmp_path, title, text, doc_id):
    document = Document(doc_id, "sw", title, text)
    collection = Collection(
        "c", "C", (document,), (), (), small().grades, "CC0-1.0", "native", title, checksums((document,), (), ())
    )
    write_beir(collection, tmp_path / "c")
    assert read_beir(tmp_path / "c") == collection


def written(folder: Path, corpus: str | bytes, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "corpus.jsonl").write_bytes(corpus if isinstance(corpus, bytes) else corpus.encode())
    for name, content in files.items():
        (folder / f"{name}.jsonl").write_text(content, "utf-8")
    return folder


GOOD = '{"_id": "a", "title": "t", "text": "x", "language": "en"}\n'


@pytest.mark.parametrize(
    ("corpus", "said"),
    [
        ("", "holds no document"),
        ("[1]\n", "line 1 is not a JSON object"),
        (GOOD + "{\n", "line 2 is not JSON"),
        (GOOD + '{"_id": "b", "text": "x"}\n', "line 2 has no language"),
        (GOOD + '{"_id": "b", "text": "x", "language": "English!"}\n', "line 2"),
        (GOOD + '{"_id": 7, "text": "x", "language": "en"}\n', "no _id that is a text"),
        (GOOD + '{"_id": "a b", "text": "x", "language": "en"}\n', "white space"),
        (GOOD + '{"_id": "", "text": "x", "language": "en"}\n', "1 to 200 bytes"),
        (GOOD + json.dumps({"_id": "é" * 101, "text": "x", "language": "en"}) + "\n", "1 to 200 bytes"),
        (GOOD + '{"_id": "b", "text": ["x"], "language": "en"}\n', "text is not a text"),
        (GOOD + GOOD, "'a' twice"),
        ('{"_id": "é", "text": "x", "lang": "fr"}\n{"_id": "é", "text": "y", "lang": "fr"}\n', "twice"),
        (b'{"_id": "a", "text": "\xff", "language": "en"}\n', "line 1 is not UTF-8"),
    ],
)
def test_an_unusable_row_is_named_with_its_place(tmp_path, corpus, said):
    with pytest.raises(BadInput, match="corpus") as found:
        read_beir(written(tmp_path / "c", corpus))
    assert said in str(found.value)


def test_a_folder_without_a_corpus_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"no corpus\.jsonl"):
        read_beir(tmp_path)


def test_lines_end_at_newlines_only_and_a_bom_is_no_text(tmp_path):
    corpus = "\ufeff" + json.dumps({"_id": "NA", "text": "one\u2028two\x0b", "lang": "en"}, ensure_ascii=False) + "\n\n"
    collection = read_beir(written(tmp_path / "c", corpus))
    assert collection.documents == (Document("NA", "en", "", "one\u2028two\x0b"),)


def test_lone_surrogates_and_nul_are_made_visible(tmp_path):
    collection = read_beir(written(tmp_path / "c", '{"_id": "007", "text": "a\\ud800b\\u0000c", "lang": "iw"}\n'))
    assert collection.documents[0] == Document("007", "he", "", "a\ufffdb\u2400c")


@pytest.mark.parametrize("line", ["q1\td1", "q1\td1\tone", "q1\td1\t١", "q1 d1 1"])
def test_a_bad_qrels_line_is_named(folder, line):
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + line + "\n", "utf-8")
    with pytest.raises(BadInput, match="line 2"):
        read_beir(folder)


@pytest.mark.parametrize(
    ("toml", "said"),
    [("id = ", "cannot be read"), ('provenance = "found"', "none of native"), ("[[grades]]\nvalue = 1", "each|Each")],
)
def test_a_bad_declaration_is_said(folder, toml, said):
    (folder / "collection.toml").write_text(toml, "utf-8")
    with pytest.raises(BadInput, match=said):
        read_beir(folder)


def test_checksums_change_only_with_their_part():
    collection = small()
    queries = (*collection.queries, Query("n3.en", "en", "more"))
    changed = checksums(collection.documents, queries, collection.qrels)
    assert changed.documents == collection.checksums.documents
    assert changed.queries != collection.checksums.queries
    assert changed.qrels == collection.checksums.qrels


def test_a_sound_collection_has_no_fault_and_each_fault_is_one_sentence():
    collection = small()
    assert faults_of(collection) == []
    first, *rest = collection.documents
    broken = Collection(
        "b",
        "B",
        (first, Document("copy", "en", "", first.text, "honey"), Document("blank", "en", "", " "), *rest),
        (*collection.queries, Query("lonely", "en", "?")),
        (*collection.qrels, collection.qrels[0], Qrel("gone", "gone", 9)),
        collection.grades,
        "",
        "unknown",
        "",
        collection.checksums,
    )
    said = faults_of(broken)
    for part in (
        "'honey.en' and 'copy' have the same text",
        "'blank' has no text",
        "Group 'honey' has en more than once",
        "names a query that is not there",
        "names a document that is not there",
        "has the grade 9",
        "judged 2 times",
        "Query 'lonely' has no judgment",
    ):
        assert any(part in sentence for sentence in said), part
    assert len(said) == 8
