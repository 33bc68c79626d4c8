"""Files of documents: what can be used comes in as it was, and every other row is named with its line and reason."""

import contextlib
import csv
import gzip
import io
import json
import time
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.cli import cli
from core.collections.columns import asked_columns, chosen, language_of
from core.collections.importing import Wish, collection_id, imported
from core.collections.quarantine import Quarantine
from core.collections.rows import Row, table
from core.collections.summary import summary_text
from core.errors import BadInput, Stopped, UnknownName
from core.protocols import Control
from core.records import Document
from core.service import LocalService
from core.settings import DATA, Settings
from core.workbench import Workbench

BEES = "Bees carry nectar home and dry it in the comb."
NYUKI = "Nyuki hubeba nekta hadi nyumbani na kuikausha katika sega."


@pytest.fixture(scope="module")
def service():
    return LocalService(DATA / "models")


@pytest.fixture
def bench(tmp_path, service):
    return Workbench(Settings(home=tmp_path / "home"), service)


@pytest.fixture
def take(bench, tmp_path):
    """Takes a file with that content in: (documents, summary, refused rows)."""

    def taken(name, content, **wish):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        collection, summary = bench.take(path, Wish(**wish))
        return collection.documents, summary, refused(summary.quarantine)

    return taken


def refused(path):
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]] if path else []
    return [(row["line"], row["reason"]) for row in rows]


def lines(*rows, good=30):
    """JSONL of these rows, after the good ones that keep them few."""
    kept = [json.dumps({"id": f"g{n}", "text": f"Good {n}.", "lang": "en"}) for n in range(good)]
    return "\n".join([*kept, *(row if isinstance(row, str) else json.dumps(row) for row in rows)]) + "\n"


# Columns


def test_columns_are_told_by_name_then_by_content():
    sample = {
        "Doc ID": ["a", "a"],
        "Body": [BEES, NYUKI],
        "Lang.": ["en", "sw"],
        "group_id": ["g", "g"],
        "url": ["", ""],
    }
    found = chosen(list(sample), sample, {}, "x.csv")
    assert [str(choice) for choice in found] == [
        "id = Doc ID (by its name)", "text = Body (by its name)", "language = Lang. (by its name)",
        "group = group_id (by its name)",
    ]  # fmt: skip
    sample = {"1": ["007", "NA"], "2": [BEES, NYUKI], "3": ["English", "sw"], "4": ["short", "words"]}
    assert {choice.role: choice.column for choice in chosen(list(sample), sample, {}, "x.csv")} == {
        "id": "1", "text": "2", "language": "3",
    }  # fmt: skip


def test_a_column_without_what_its_role_needs_is_not_suggested():
    sample = {"text": ["", ""], "body": [BEES, BEES], "lang": ["???", "!!"], "group": ["two words", "more words"]}
    assert [choice.column for choice in chosen(list(sample), sample, {}, "x")] == ["body"]


def test_columns_that_are_asked_for_win_and_none_is_a_choice():
    sample = {"id": ["a"], "text": [BEES], "other": [NYUKI], "title": ["t"]}
    found = chosen(list(sample), sample, asked_columns("text=other, title="), "x")
    assert {choice.role: choice.column for choice in found} == {"id": "id", "text": "other"}


@pytest.mark.parametrize(
    ("asked", "said"), [("texts=a", "roles id, title"), ("text", "role=column"), ("text=c", "There is 'a', 'b'")]
)
def test_columns_that_cannot_be_are_one_sentence(asked, said):
    with pytest.raises(BadInput, match=said):
        chosen(["a", "b"], {"a": [BEES], "b": ["x"]}, asked_columns(asked), "x.csv")
    with pytest.raises(BadInput, match="there is 'a', 'b'"):
        chosen(["a", "b"], {"a": ["x"], "b": ["y"]}, {}, "x.csv")


@pytest.mark.parametrize(
    ("value", "tag"), [("sw", "sw"), ("EN", "en"), ("pt_BR", "pt-BR"), ("iw", "he"), ("Kiswahili", "sw"), ("zh", "zh")]
)
def test_a_language_is_a_tag_or_a_name(value, tag):
    assert language_of(value) == tag
    with pytest.raises(UnknownName):
        language_of(value + "!")


def test_a_file_without_a_heading_loses_no_document(take):
    documents, summary, _ = take("msmarco.tsv", f"0\t{BEES}\n1\t{NYUKI}\n")
    assert documents == (Document("0", "en", "", BEES), Document("1", "sw", "", NYUKI))
    assert "without a heading" in summary.said
    documents, _, _ = take("asked.csv", f'a,"{BEES}"\nb,"{NYUKI}"\n', columns={"id": "1", "text": "2"})
    assert [document.doc_id for document in documents] == ["a", "b"]


# Strings stay strings


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_ids_are_what_they_look_like(take, tmp_path, ending):
    ids = ["NA", "007", "1e5", "null", "-0", "١٢", "1.0", "true", "=1"]
    documents, summary, _ = take(f"ids.{ending}", written(ending, ["id", "text"], [[one, BEES] for one in ids]))
    assert [document.doc_id for document in documents] == ids
    assert summary.rows == len(ids) == summary.detected and summary.unsure == 0


def written(ending, columns, rows):
    out = io.BytesIO()
    match ending:
        case "csv":
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows([columns, *rows])
            out.write(text.getvalue().encode())
        case "tsv":
            out.write("".join("\t".join(cells) + "\n" for cells in [columns, *rows]).encode())
        case "jsonl":
            out.write(b"".join(json.dumps(dict(zip(columns, row, strict=True))).encode() + b"\n" for row in rows))
        case "parquet":
            pq.write_table(pa.table({name: [row[at] for row in rows] for at, name in enumerate(columns)}), out)
    return out.getvalue()


CELLS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ['"', '""', ",", "NA", "1e5", "\u2028", "'"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8),
    ending=st.sampled_from(["jsonl", "parquet", "csv", "tsv"]),
)
def test_any_rows_of_texts_are_read_back_equal(tmp_path, rows, ending):
    if ending in ("csv", "tsv"):  # what their writers cannot say
        rows = [tuple(c.replace("\r", " ") for c in row) for row in rows]
    if ending == "tsv":
        rows = [tuple(c.replace("\t", " ").replace("\n", " ") for c in row) for row in rows]
    for packed in (False, True)[: 1 if ending == "parquet" else 2]:
        path = tmp_path / f"rows.{ending}{'.gz' * packed}"
        content = written(ending, ["id", "text", "more"], rows)
        path.write_bytes(gzip.compress(content, 1) if packed else content)
        found = list(table(path).rows(["id", "text", "more"]))
        assert all(isinstance(row, Row) for row in found), found
        assert [tuple(row.cells[name] for name in ("id", "text", "more")) for row in found] == rows


def test_lines_end_at_line_feeds_and_a_bom_is_no_text(take):
    text = "one\u2028two\x0bthree\x1cfour\x85five"
    for name in ("a.tsv", "b.csv"):
        separator = "\t" if name == "a.tsv" else ","
        documents, _, _ = take(name, f"\ufeffid{separator}text\r\nx{separator}{text}\r\n", language="en")
        assert documents == (Document("x", "en", "", text),)
    documents, _, _ = take("c.jsonl", "\ufeff" + json.dumps({"id": "x", "text": text}, ensure_ascii=False) + "\r\n\r\n")
    assert documents[0].text == text


def test_csv_of_semicolons_and_cells_of_several_lines(take):
    documents, summary, _ = take("a.csv", 'id;text;lang\n1;"a; ""b""\nc";en\n\n2;d;sw\n')
    assert documents == (Document("1", "en", "", 'a; "b"\nc'), Document("2", "sw", "", "d"))
    assert "semicolons" in summary.said


def test_surrogates_and_nul_are_replaced_and_counted(take):
    documents, summary, _ = take(
        "a.jsonl", '{"id": "a", "text": "x\\ud800y\\u0000\\u0000", "title": "\\udfff", "lang": "iw"}\n'
    )
    assert documents == (Document("a", "he", "\ufffd", "x\ufffdy\u2400\u2400"),)
    assert (summary.surrogates, summary.nuls) == (2, 2)
    documents, summary, _ = take("b.tsv", "id\ttext\nb\tx\0y\n", language="en")
    assert documents[0].text == "x\u2400y" and summary.nuls == 1


def test_rows_without_ids_are_numbered_and_keep_their_number(take):
    documents, _, gone = take("a.jsonl", json.dumps({"text": BEES}) + "\n{\n" + json.dumps({"text": NYUKI}) + "\n")
    assert [(document.doc_id, document.language) for document in documents] == [("d1", "en"), ("d3", "sw")]
    assert gone == [(2, "not JSON")]


def test_numbers_of_json_are_their_digits(take):
    documents, _, _ = take("a.jsonl", lines('{"id": 1e5, "text": "x"}', f'{{"id": {"7" * 150}, "text": "x"}}'))
    assert [document.doc_id for document in documents[-2:]] == ["1e5", "7" * 150]


# Rows that cannot be used

BAD_JSON = [
    ("{", "not JSON"),
    ("[1]", "not a JSON object"),
    ("7", "not a JSON object"),
    ('{"id": "a", "id": "b", "text": "x"}', "a key twice"),
    ('{"id": "a", "text": "x", "more": {"k": 1, "k": 2}}', "a key twice"),
    ('{"id": "a", "text": "x", "score": NaN}', "NaN or Infinity"),
    ('{"id": "a", "text": "x", "score": -Infinity}', "NaN or Infinity"),
    ('{"id": "a", "text": "x", "more": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deep"),
    ({"id": "a", "text": ["x"]}, "a value that is not a text"),
    ({"id": True, "text": "x"}, "a value that is not a text"),
    ({"id": "a", "text": "x" * 1_000_001}, "a cell over 1,000,000 characters"),
    ({"id": "a", "text": " \n\u2028"}, "no text"),
    ({"id": "a", "text": None}, "no text"),
    ({"id": "a"}, "no text"),
    ({"text": "x"}, "no id"),
    ({"id": "", "text": "x"}, "no id"),
    ({"id": "a b", "text": "x"}, "an id that cannot be used"),
    ({"id": "a\0", "text": "x"}, "an id that cannot be used"),
    ({"id": "\ud800", "text": "x"}, "an id that cannot be used"),
    ({"id": "é" * 101, "text": "x"}, "an id that cannot be used"),
    ({"id": "g7", "text": "x"}, "an id twice (under NFC)"),
    ({"id": "a", "text": "x", "lang": "Klingon!"}, "a language that is none"),
    ({"id": "a", "text": "x", "group": "two words"}, "a group that cannot be used"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_JSON, ids=range(len(BAD_JSON)))
def test_each_unusable_row_is_refused_with_line_and_reason(take, row, reason):
    columns = {"group": "group"} if "two words" in str(row) else {}
    good = '{"id": "last", "text": "x", "lang": "en", "group": "g"}'
    documents, summary, gone = take("a.jsonl", good + "\n" + lines(row, good.replace("last", "after")), columns=columns)
    assert gone == [(32, reason)]
    assert summary.refused == {reason: 1} and summary.rows == 33
    assert len(documents) == 32 and documents[-1].doc_id == "after"


def test_deep_brackets_inside_a_text_are_text(take):
    documents, _, gone = take("a.jsonl", json.dumps({"id": "a", "text": '\\"' + "[{" * 200}) + "\n")
    assert not gone and documents[0].text.endswith("[{" * 200)


def test_ids_equal_under_nfc_are_one(take):
    documents, _, gone = take("a.tsv", "id\ttext\ne\u0301\tone\n\u00e9\ttwo\n", language="fr")
    assert [document.text for document in documents] == ["one"] and gone == [(3, "an id twice (under NFC)")]


def test_bytes_that_are_not_utf8_cost_their_row_only(take):
    for name, separator in (("a.csv", b","), ("b.tsv", b"\t"), ("c.csv", b";")):
        rows = [b"id,text", b"1,one", b'2,"\xff\n2b"' if name == "a.csv" else b"2,\xff", b"3,three"]
        _, _, gone = take(name, b"\n".join(row.replace(b",", separator) for row in rows), language="en")
        assert gone == [(3, "not UTF-8")]
    _, _, gone = take("d.jsonl", b'{"id": "1", "text": "a"}\n{"id": "2", "text": "\xed\xa0\x80"}\n', language="en")
    assert gone == [(2, "not UTF-8")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('x,"open', "not CSV: quotes that do not pair"),
        ('x,5" disk', "not CSV: quotes that do not pair"),
        ('x,"a "quoted" word"', "not CSV: quotes that do not pair"),
        ("x,a\rb", "not CSV: a carriage return in a cell without quotes"),
        ("x,y,z", "wrong number of cells"),
        ("x", "wrong number of cells"),
        ('x,"' + "line\n" * 101 + '"', "a quoted cell of more than 100 lines"),
        ("x," + "y" * 17_000_000, "a line over 16 MiB"),
        ("x," + "y" * 1_000_001, "a cell over 1,000,000 characters"),
    ],
)
def test_a_csv_row_that_cannot_be_read_costs_itself_alone(take, row, reason):
    before, after = [f'b{n},"text {n}"\n' for n in range(20)], [f'a{n},"text, {n}"\n' for n in range(200)]
    documents, _, gone = take("a.csv", "id,text\n" + "".join(before) + row + "\n" + "".join(after), language="en")
    assert gone == [(22, reason)]
    assert [d.doc_id for d in documents] == [f"b{n}" for n in range(20)] + [f"a{n}" for n in range(200)]


def test_an_open_quote_with_no_other_in_the_file_costs_itself_alone(take):
    rows = "".join(f"a{n},text {n}\n" for n in range(300))
    documents, _, gone = take("a.csv", 'id,text\nx,"open\n' + rows, language="en")
    assert gone == [(2, "not CSV: quotes that do not pair")] and len(documents) == 300


def test_a_file_of_open_quotes_does_not_take_for_ever(take):
    begun = time.process_time()
    with pytest.raises(BadInput, match="20,000 of 20,000 rows"):
        take("a.csv", "id,text\n" + 'x,"open""\n' * 20_000)
    assert time.process_time() - begun < 10


def test_quotes_mean_nothing_in_tsv(take):
    documents, _, gone = take("a.tsv", 'id\ttext\n1\t"open\n2\t5" disk\n3\ta\tb\n4\t""\n', language="en")
    assert [d.text for d in documents] == ['"open', '5" disk', '""'] and gone == [(4, "wrong number of cells")]


def test_the_quarantine_keeps_the_row_cut(bench, tmp_path):
    (tmp_path / "a.jsonl").write_bytes(lines("é" * 9000).encode() + b"\xff\0\n")
    _, summary = bench.take(tmp_path / "a.jsonl", Wish())
    first, second = map(json.loads, summary.quarantine.read_text("utf-8").splitlines())
    assert first == {"line": 31, "reason": "not JSON", "row": "é" * 2000}
    assert second == {"line": 32, "reason": "not UTF-8", "row": "\ufffd\0"}
    assert summary.quarantine == bench.settings.collections_root / "a.refused.jsonl"


# How much may be refused


def test_more_than_one_in_a_hundred_stops_and_nothing_is_taken_in(bench, tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(lines(*["{"] * 11, good=1089))  # 1 % exactly
    _, summary = bench.take(path, Wish())
    assert summary.refused == {"not JSON": 11} and len(refused(summary.quarantine)) == 11
    path.write_text(lines(*["{"] * 11, good=1088))
    with pytest.raises(
        BadInput, match=r"11 of 1,099 rows .* \(mostly: not JSON\).*nothing was taken in; .*b\.refused"
    ) as said:
        bench.take(path, Wish(name="b"))
    assert str(said.value).count("\n") == 0
    assert bench.collections() == ["demo", "a"]
    assert len(refused(bench.settings.collections_root / "b.refused.jsonl")) == 11
    path.write_text(lines(*["{"] * 10, good=5))
    assert len(bench.take(path, Wish(name="few"))[0].documents) == 5
    assert sorted(p.name for p in bench.settings.collections_root.iterdir()) == [
        "a", "a.refused.jsonl", "b.refused.jsonl", "few", "few.refused.jsonl",
    ]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["good", *(row for row, _ in BAD_JSON if isinstance(row, str) and len(row) < 99)]), max_size=60
    )
)
def test_quarantine_counts_are_exact(bench, tmp_path, rows):
    reasons = dict((row, reason) for row, reason in BAD_JSON if isinstance(row, str))
    bad = Counter(reasons[row] for row in rows if row != "good")
    good = [
        json.dumps({"id": f"{n}", "text": f"Good {n}.", "lang": "en"}) if row == "good" else row
        for n, row in enumerate(rows)
    ]
    path = tmp_path / "a.jsonl"
    path.write_text(lines(*good, good=1))
    name = f"c{len(bench.collections())}"
    if bad.total() > 10:
        with pytest.raises(BadInput, match="nothing was taken in"):
            bench.take(path, Wish(name=name))
    else:
        collection, summary = bench.take(path, Wish(name=name))
        assert Counter(summary.refused) == bad and summary.rows == len(rows) + 1
        assert len(collection.documents) == len(rows) + 1 - bad.total()
    path = bench.settings.collections_root / f"{name}.refused.jsonl"
    assert Counter(reason for _, reason in refused(path if path.exists() else None)) == bad


# Files that cannot be used


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "holds no row"),
        ("a.jsonl", b"\n\n", "holds no row"),
        ("a.csv", b"id,text\n", "holds no row"),
        ("a.csv", "id,text\n1,one\n".encode("utf-16"), "UTF-16; save it as UTF-8"),
        ("a.tsv", b"\xfe\xff\0i\0d", "UTF-16; save it as UTF-8"),
        ("a.jsonl", b"\xff\xfe\0\0{\0\0\0", "UTF-32"),
        ("a.csv", b"PK\x03\x04\x14", "a zip archive or a spreadsheet"),
        ("a.csv", b"id,\xff\n1,2\n", "heading of .* cannot be read: not UTF-8"),
        ("a.csv", b'id,"text\n1,2\n', "heading of .* cannot be read: not CSV"),
        ("a.csv", b"id,text,id\n1,2,3\n", "the column 'id' twice"),
        ("a.xlsx", b"PK", r"is no \.csv"),
        ("a.json", b'[\n{"id": "a"}\n]', "one JSON list"),
        ("a.parquet", b"PAR1", "no Parquet file, or damaged"),
        ("a.parquet.gz", b"PAR1", "unpack it first"),
        ("a.jsonl.gz", gzip.compress(b"{}" * 9000)[:-9], "damaged or cut short"),
        ("a.jsonl.gz", b"\x1f\x8bnonsense", "damaged or cut short"),
        ("a.jsonl.gz", gzip.compress(gzip.compress(b"{}")), "packed twice"),
        ("a.tsv.gz", gzip.compress(b"id\ttext\n" + bytes(30_000_000)), "unpacks to more than"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(take, bench, name, content, said):
    with pytest.raises(BadInput, match=said) as error:
        take(name, content)
    assert "\n" not in str(error.value)
    assert bench.collections() == ["demo"]


def test_a_bomb_of_many_lines_is_stopped(take):
    with pytest.raises(BadInput, match="200 times its size"):
        take("a.jsonl.gz", gzip.compress((b'{"text": "' + b"x" * 5000 + b'"}\n') * 5000), language="en")


def test_a_packed_file_is_told_by_its_content(take):
    documents, _, _ = take("a.csv", gzip.compress(b"id,text\n1,one\n"), language="en")
    assert documents == (Document("1", "en", "", "one"),)


# Parquet


def test_parquet_reads_the_wanted_columns_and_names_those_it_cannot(bench, tmp_path):
    path = tmp_path / "a.parquet"
    texts = pa.array(["one", None, "three"]).dictionary_encode()
    pq.write_table(pa.table({"id": [1, 2, 3], "text": texts, "vector": [[1.0], [2.0], [3.0]]}), path)
    collection, summary = bench.take(path, Wish(language="en"))
    assert collection.documents == (Document("1", "en", "", "one"), Document("3", "en", "", "three"))
    assert refused(summary.quarantine) == [(2, "no text")]
    with pytest.raises(BadInput, match="There is 'id', 'text'"):
        bench.take(path, Wish(columns={"text": "vector"}))


def test_parquet_that_is_not_utf8_costs_its_row_only(bench, tmp_path):
    texts = pa.Array.from_buffers(pa.string(), 3, pa.array([b"one", b"\xff", b"three"], pa.binary()).buffers())
    pq.write_table(pa.table({"id": ["a", "b", "c"], "text": texts}), tmp_path / "a.parquet")
    collection, summary = bench.take(tmp_path / "a.parquet", Wish(language="en"))
    assert [document.text for document in collection.documents] == ["one", "three"]
    assert refused(summary.quarantine) == [(2, "not UTF-8")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7), cut=st.booleans())
def test_a_damaged_parquet_file_is_said(bench, tmp_path, at, bit, cut):
    content = bytearray(written("parquet", ["id", "text"], [[f"{n}", f"text {n}"] for n in range(50)]))
    content[at % len(content)] ^= 1 << bit
    (tmp_path / "a.parquet").write_bytes(content[: at % len(content)] if cut else content)
    quarantine = Quarantine(tmp_path / "refused.jsonl")
    with contextlib.suppress(BadInput), quarantine:
        imported(tmp_path / "a.parquet", Wish(language="en"), quarantine, among=["en"])


def test_one_long_text_repeated_is_stopped_before_it_fills_memory(bench, tmp_path, monkeypatch):
    monkeypatch.setattr("core.collections.importing.MAX_CHARACTERS", 2**25)
    count = 20_000
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array(["x" * 100_000]))
    pq.write_table(pa.table({"id": [str(n) for n in range(count)], "text": texts}), tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < 400_000
    with pytest.raises(BadInput, match="longer than 33,554,432 characters"):
        bench.take(tmp_path / "a.parquet", Wish(language="en"))


# Taking in


def test_the_same_file_again_changes_nothing_and_another_is_refused(bench, tmp_path):
    path = tmp_path / "my notes (1).jsonl.gz"
    path.write_bytes(gzip.compress(lines("{").encode()))
    collection, first = bench.take(path, Wish())
    assert collection.collection_id == "my-notes-1"
    corpus = bench.settings.collections_root / "my-notes-1" / "corpus.jsonl"
    before = corpus.stat()
    again, second = bench.take(path, Wish())
    assert again == collection == bench.collection("my-notes-1") and first == second
    assert corpus.stat().st_mtime_ns == before.st_mtime_ns
    path.write_bytes(gzip.compress(lines().encode() + b'{"id": "new", "text": "x", "lang": "en"}'))
    with pytest.raises(BadInput, match="another collection 'my-notes-1'"):
        bench.take(path, Wish())
    assert len(refused(first.quarantine)) == 1


@pytest.mark.parametrize("name", ["../out", "a/b", ".hidden", "-rf", "a b", "", "C:x"])
def test_an_id_is_no_path(bench, tmp_path, name):
    (tmp_path / "a.jsonl").write_text(lines())
    with pytest.raises(BadInput, match="collection id"):
        bench.take(tmp_path / "a.jsonl", Wish(name=name))
    assert not (tmp_path / "out").exists()


def test_odd_file_names_give_an_id(tmp_path):
    assert collection_id(tmp_path / "---.csv") == "documents"
    assert collection_id(tmp_path / "Ñandú 2.1.TSV.gz") == "Ñandú-2.1"


def test_one_language_for_all_wins_over_the_column(take):
    documents, summary, _ = take("a.jsonl", lines(), language="pt-BR")
    assert {d.language for d in documents} == {"pt-BR"} and summary.detected == 0 and "lang" in summary.unused


def test_a_text_in_no_known_language_is_undetermined_and_counted(take):
    documents, summary, _ = take("a.jsonl", json.dumps({"text": "12345"}) + "\n" + json.dumps({"text": BEES}) + "\n")
    assert [d.language for d in documents] == ["und", "en"] and (summary.detected, summary.unsure) == (2, 1)


def test_a_stop_leaves_nothing(bench, tmp_path):
    (tmp_path / "a.jsonl").write_text(lines("{", good=3000))
    control = Control()
    with pytest.raises(Stopped):
        bench.take(tmp_path / "a.jsonl", Wish(), control=control, progress=lambda done, total, what: control.stop())
    assert bench.collections() == ["demo"] and not list(bench.settings.home.rglob("*refused*"))


def test_a_folder_is_taken_in_as_it_was(bench, folder):
    collection, summary = bench.take(folder, Wish())
    assert len(collection.documents) == 8 and "BEIR folder" in summary_text(collection, summary)
    with pytest.raises(BadInput, match="is a folder"):
        bench.take(folder, Wish(language="sw"))
    with pytest.raises(BadInput, match=r"no file or folder .*gone\.csv"):
        bench.take(folder / "gone.csv", Wish())


def test_the_command_says_what_came_in(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    monkeypatch.setenv("BABELSCOPE_HOME", str(tmp_path / "home"))
    content = f"docno,body,set,url\n1,{BEES},a,u\n2,{NYUKI},a,u\n3,,b,u\n"
    (tmp_path / "own.csv").write_text(content)
    words = ["collection", "add", str(tmp_path / "own.csv"), "--columns", "group=set"]
    done = CliRunner().invoke(cli, words, env={"COLUMNS": "300"})
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "collection  own (CSV, commas between cells, under a heading)",
        "columns     id = docno (by its name), text = body (by its name), group = set (as asked)",
        "not used    url",
        "rows        3",
        "documents   2",
        "languages   en 1, sw 1; 2 detected, unsure of 0 (0.0%)",
        "groups      1, of them 1 with several documents",
        f"refused     1 (no text 1); see {tmp_path / 'home/collections/own.refused.jsonl'}",
        "",
        "Next: babelscope index own",
    ]
    assert "bytes read" in done.stderr
    done = CliRunner().invoke(cli, [*words[:-1], "text=boddy"], env={"COLUMNS": "300"})
    assert done.exit_code == 1 and "Did you mean 'body'" in done.stderr
