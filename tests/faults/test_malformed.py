"""Reliability 20: malformed files. No crash, every refused row counted with its line and reason, memory bounded."""

import gzip
import io
import json
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.collections.importing import Wish, imported
from core.collections.quarantine import Quarantine
from core.errors import BadInput
from tests.faults.figures import record

ROOT = Path(__file__).resolve().parents[2]
FILES, RANDOM_FILES = 300, 300
IDS = (
    "NA",
    "007",
    "1e5",
    "null",
    "-0",
    "1.0",
    "true",
    "=1+1",
    "١٢",
    "café",
    "${x}",
    "{{y}}",
    "a'b",
    'a"b',
    "nan",
    "0x1F",
)
TEXTS = (
    "plain words",
    "one\u2028two\x0bthree\x1cfour\x85five",
    "שלום \u202eevil\u202c",
    "👩‍👩‍👧‍👦 क्‍ष",
    "</script><b>",
    "C:\\new\\u00 ${HOME}",
    "NA",
    "1e5",
    "' OR 1=1 --",
    "\ufeffmark",
    "x\0y",
    "tail ",
)

JSON_BAD = [
    (b"{", "not JSON"),
    (b"[1]", "not a JSON object"),
    (b'"x"', "not a JSON object"),
    (b"null", "not a JSON object"),
    (b'{"id": "a", "text": "x"', "not JSON"),
    (b'{"id": "a", "text": "x"}}', "not JSON"),
    (b"{'id': 'a'}", "not JSON"),
    (b'{"id": "a", "id": "b", "text": "x"}', "a key twice"),
    (b'{"id": "a", "text": "x", "n": NaN}', "NaN or Infinity"),
    (b'{"id": "a", "text": "x", "n": -Infinity}', "NaN or Infinity"),
    (b'{"id": "a", "text": "x", "n": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "nested too deep"),
    (b'{"id": "a", "text": "x", "n": ' + b'{"k":' * 5_000 + b"1" + b"}" * 5_000 + b"}", "nested too deep"),
    (b'{"id": ' + b"7" * 5_000 + b', "text": "x"}', "an id that cannot be used"),
    (b'{"id": "\\ud800", "text": "x"}', "an id that cannot be used"),
    (b'{"id": "a\\u0000", "text": "x"}', "an id that cannot be used"),
    (b'{"id": "a b", "text": "x"}', "an id that cannot be used"),
    (b'{"id": "a\\tb", "text": "x"}', "an id that cannot be used"),
    (b'{"id": "", "text": "x"}', "no id"),
    (b'{"text": "x"}', "no id"),
    (b'{"id": "a", "text": null}', "no text"),
    (b'{"id": "a", "text": "\\u2028 \\n"}', "no text"),
    (b'{"id": "a", "text": ["x"]}', "a value that is not a text"),
    (b'{"id": {}, "text": "x"}', "a value that is not a text"),
    (b'{"id": "a", "text": "\xff"}', "not UTF-8"),
    (b'{"id": "a", "text": "\xed\xa0\x80"}', "not UTF-8"),
    (b'{"id": "a", "text": "\xc0\xaf"}', "not UTF-8"),
    (b'{"id": "good0", "text": "again"}', "an id twice (under NFC)"),
]
TSV_BAD = [
    (b"x\ty\tz", "wrong number of cells"),
    (b"x", "wrong number of cells"),
    (b"x\t", "no text"),
    (b"\tx", "no id"),
    (b"a b\tx", "an id that cannot be used"),
    (b"x\t\xff\xfe", "not UTF-8"),
    (b"a\0\tx", "an id that cannot be used"),
    (b"good0\tagain", "an id twice (under NFC)"),
    (b"x\t" + b"y" * 1_000_001, "a cell over 1,000,000 characters"),
]
CSV_BAD = [
    (b"x,y,z", "wrong number of cells"),
    (b"x", "wrong number of cells"),
    (b"x,", "no text"),
    (b",x", "no id"),
    (b'x,5" disk', "not CSV: quotes that do not pair"),
    (b"x,a\rb", "not CSV: a carriage return in a cell without quotes"),
    (b"a b,x", "an id that cannot be used"),
    (b"x,\xff", "not UTF-8"),
    (b"good0,again", "an id twice (under NFC)"),
]
BAD = {"jsonl": JSON_BAD, "tsv": TSV_BAD, "csv": CSV_BAD}


def good_row(kind: str, doc_id: str, text: str) -> bytes:
    match kind:
        case "jsonl":
            number = "9" * 5_000  # a number that Python would not parse, in a column that nobody wants
            return f'{{"id": {json.dumps(doc_id)}, "text": {json.dumps(text)}, "n": {number}}}'.encode()
        case "tsv":
            return f"{doc_id}\t{text}".encode()
        case _:
            return ",".join('"' + cell.replace('"', '""') + '"' for cell in (doc_id, text)).encode()


def generated(kind: str, chance: random.Random) -> tuple[bytes, list[tuple[str, str]], list[tuple[int, str]]]:
    """A file with some bad rows: its bytes, the documents in it, and line and reason of what is to be refused."""
    heading = {"jsonl": [], "tsv": [b"id\ttext"], "csv": [b"id,text"]}[kind]
    documents, refused, rows = [], [], list(heading)
    bad = {chance.randrange(1, 40): chance.choice(BAD[kind]) for _ in range(chance.randrange(1, 11))}
    for at in range(40):
        if at in bad:
            row, reason = bad[at]
            refused.append((len(rows) + 1, reason))
            rows.append(row)
            continue
        doc_id = f"good{at}" if at == 0 or chance.random() < 0.5 else f"{chance.choice(IDS)}-{at}"
        text = chance.choice(TEXTS)
        documents.append((doc_id, text.replace("\0", "\u2400")))
        rows.append(good_row(kind, doc_id, text))
    ends = chance.choice((b"\n", b"\r\n"))
    mark = chance.choice((b"", b"\xef\xbb\xbf"))
    return mark + ends.join(rows) + chance.choice((b"", ends)), documents, refused


def taken(path: Path) -> tuple[list[tuple[str, str]], list[tuple[int, str]]]:
    with Quarantine(path.with_suffix(".refused")) as quarantine:
        collection, summary = imported(path, Wish(name="x", language="en"), quarantine, among=["en"])
        quarantine.keep()
    rows = []
    if summary.quarantine:
        rows = [json.loads(line) for line in summary.quarantine.read_text("utf-8").split("\n")[:-1]]
    assert sum(summary.refused.values()) == len(rows)
    return [(d.doc_id, d.text) for d in collection.documents], [(row["line"], row["reason"]) for row in rows]


def test_bad_rows_are_counted_exactly_and_the_others_come_in_as_they_were(tmp_path):
    seed = int(os.environ.get("BABELSCOPE_SEED", random.randrange(10**6)))
    print(f"seed {seed}")
    chance, bad = random.Random(seed), 0
    for turn in range(FILES):
        kind = chance.choice(list(BAD))
        content, documents, refused = generated(kind, chance)
        packed = chance.random() < 0.2
        path = tmp_path / f"f.{kind}{'.gz' * packed}"
        path.write_bytes(gzip.compress(content, 0) if packed else content)  # not packed so tight that it is a bomb
        found = taken(path)
        assert found == (documents, refused), f"seed {seed}, file {turn}"
        bad += len(refused)
    record("20", "generated files with bad rows", f"{FILES} (seed {seed}), counts exact")
    record("20", "bad rows tried", f"{bad:,}")


def zipped(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "id,text\n1,one\n")
    return out.getvalue()


def parquet(rows: int) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": [f"{n}" for n in range(rows)], "text": [f"text {n}" for n in range(rows)]}), out)
    return out.getvalue()


WHOLE = [
    ("zip.csv", zipped("a.csv")),
    ("slip.csv", zipped("../../evil.csv")),
    ("slip.jsonl", zipped("/etc/evil")),
    ("bomb.jsonl.gz", gzip.compress(b'{"id": "a", "text": "' + bytes(50_000_000) + b'"}')),
    ("bomb.csv.gz", gzip.compress(b"id,text\n" + b"a,b\n" * 10_000_000)),
    ("bomb.tsv.gz", gzip.compress(gzip.compress(bytes(20_000_000)))),
    ("utf16.csv", "id,text\n1,one\n".encode("utf-16")),
    ("utf16be.jsonl", '{"id": "1"}'.encode("utf-16-be")),
    ("utf32.tsv", "id\ttext\n".encode("utf-32")),
    ("empty.parquet", b""),
    ("cut.parquet", parquet(50)[:-100]),
    ("list.json", json.dumps([{"id": "a", "text": "x"}] * 3, indent=1).encode()),
    ("nul.tsv", bytes(100_000)),
    ("heading.csv", b'"id,text\n1,one\n'),
    ("twice.csv", b"id,text,id\n1,2,3\n"),
    ("deep.json", b"[" * 100_000),
]


@pytest.mark.parametrize(("name", "content"), WHOLE, ids=[name for name, _ in WHOLE])
def test_a_file_that_cannot_be_used_at_all_is_one_sentence(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as told:
        taken(tmp_path / name)
    assert "\n" not in str(told.value)
    assert {path.name for path in tmp_path.iterdir()} <= {name, f"{name.rpartition('.')[0]}.refused"}
    record("20", "bad files tried", f"{len(WHOLE)} kinds, each one sentence")


def test_lines_that_end_in_carriage_returns_alone_are_told(tmp_path):
    (tmp_path / "mac.csv").write_bytes(b"id,text\r1,one\r2,two\r")
    with pytest.raises(BadInput):
        taken(tmp_path / "mac.csv")


def test_random_bytes_are_a_sentence_or_documents(tmp_path):
    """Any bytes under any name; and whole files with some bytes replaced."""
    seed = int(os.environ.get("BABELSCOPE_SEED", random.randrange(10**6)))
    print(f"seed {seed}")
    chance, told = random.Random(seed), 0
    wholes = {"jsonl": generated("jsonl", chance)[0], "csv": generated("csv", chance)[0], "parquet": parquet(200)}
    wholes |= {"tsv": generated("tsv", chance)[0], "jsonl.gz": gzip.compress(wholes["jsonl"])}
    for turn in range(RANDOM_FILES):
        kind = chance.choice(list(wholes))
        content = bytearray(wholes[kind])
        if chance.random() < 0.3:
            content = bytearray(chance.randbytes(chance.randrange(3_000)))
        for _ in range(chance.randrange(1, 8) if content else 0):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path = tmp_path / f"r.{kind}"
        path.write_bytes(content)
        try:
            taken(path)
        except BadInput as error:
            assert "\n" not in str(error), f"seed {seed}, file {turn}"
            told += 1
    record("20", "random and half-broken files", f"{RANDOM_FILES} (seed {seed}): {told} one sentence, no crash")


MEMORY = """
import sys
from pathlib import Path
from tests.faults.test_malformed import taken
from core.errors import BadInput
def peak():  # of this program; getrusage starts with that of the one that started it
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
small = Path(sys.argv[1]).with_name("small.jsonl")
small.write_text('{"id": "a", "text": "x"}\\n')
taken(small)
before = peak()
try:
    documents, refused = taken(Path(sys.argv[1]))
    print(len(documents), len(refused), end=" ")
except BadInput:
    print(0, 0, end=" ")
print((peak() - before) * 1024)
"""
CAP = 64 * 2**20
ROWS = 200_000


def written(path: Path, kind: str) -> None:
    text = "Bees carry nectar home and dry it in the comb until it is honey. " * 8
    match kind:
        case "200,000 rows, 1 % bad":
            with path.open("w", encoding="utf-8") as file:
                for at in range(ROWS):
                    file.write("{\n" if at % 100 == 50 else f'{{"id": "d{at}", "text": "{text}{at}"}}\n')
        case "a cell of 10 MB":
            path.write_text('{"id": "a", "text": "' + "x" * 10_000_000 + '"}\n{"id": "b", "text": "x"}\n')
        case "a line of 200 MB":
            path.write_text("x" * 200_000_000 + '\n{"id": "b", "text": "x"}\n')
        case "a gzip bomb of 1 GB":
            one = gzip.compress(bytes(10_000_000))
            path.write_bytes(one * 100)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("kind", "came", "refused"),
    [
        ("200,000 rows, 1 % bad", ROWS * 99 // 100, ROWS // 100),
        ("a cell of 10 MB", 1, 1),
        ("a line of 200 MB", 1, 1),
        ("a gzip bomb of 1 GB", 0, 0),
    ],
)
def test_memory_stays_below_twice_the_file_or_a_cap(tmp_path, kind, came, refused):
    path = tmp_path / ("big.jsonl.gz" if "gzip" in kind else "big.jsonl")
    written(path, kind)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    documents, gone, bytes_more = map(int, done.stdout.split())
    size = path.stat().st_size
    record("20", f"memory for {kind}", f"{bytes_more / 2**20:.0f} MiB more for a file of {size / 2**20:.0f} MiB")
    record("20", "bad rows tried", str(refused))
    assert (documents, gone) == (came, refused)
    assert bytes_more < max(2 * size, CAP)
