"""What `babelscope quality` says of an encoder, over tiny sets whose figures are worked out by hand."""

import json
import lzma
import math
import shutil

import pytest
from scipy import stats
from typer.testing import CliRunner

from core.cli import cli
from core.errors import BadInput, Damaged
from core.evaluation.bitext import bitext
from core.evaluation.quality import markdown, quality
from core.evaluation.strata import difference, estimate
from core.service import LocalService
from core.settings import DATA

SERVICE = LocalService(DATA / "models")
SYSTEMS = {"BM25": "bm25", "dense": "dense:static-26"}


def silent(done, total, what):
    pass


@pytest.fixture
def data(tmp_path):
    (tmp_path / "dev").mkdir()
    rows = [
        "en\tde\tsw",
        "The sun is hot.\tDie Sonne ist heiß.\tJua ni kali.",
        "I drink water.\tIch trinke Wasser.\t",
        "only two cells\there",
        "The dog sleeps.\tDer Hund schläft.\tMbwa analala.",
    ]
    (tmp_path / "dev" / "a.tsv.xz").write_bytes(lzma.compress("\n".join(rows).encode()))
    folder = tmp_path / "retrieval" / "tiny"
    (folder / "qrels").mkdir(parents=True)
    documents = [("d1", "Bees make honey."), ("d2", "The moon moves the sea."), ("d3", "Bread needs yeast.")]
    queries = [("q1", "honey bees"), ("q2", "sea moon"), ("q3", "bread honey yeast"), ("q4", "unjudged")]
    (folder / "corpus.jsonl").write_text(
        "".join(json.dumps({"_id": d, "title": "", "text": t, "language": "en"}) + "\n" for d, t in documents)
    )
    (folder / "queries.jsonl").write_text(
        "".join(json.dumps({"_id": q, "text": t, "language": "en"}) + "\n" for q, t in queries)
    )
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t1\nq3\td1\t1\n")
    return tmp_path


def test_one_stratum_is_the_usual_interval():
    # 1, 2, 3: mean 2, standard error 1/√3, t(.975, 2) = 4.30265
    found = estimate({"a": [1, 2, 3]})
    assert (found.mean, found.n) == (2, 3)
    assert (found.low, found.high) == pytest.approx((2 - 4.30265 / math.sqrt(3), 2 + 4.30265 / math.sqrt(3)), abs=1e-4)


def test_a_difference_is_the_paired_t_test():
    first, second = [0.9, 0.4, 0.7, 0.5], [0.6, 0.5, 0.3, 0.1]
    found = difference({"a": first}, {"a": second})
    assert found.p == pytest.approx(stats.ttest_rel(first, second).pvalue)
    assert found.mean == pytest.approx(0.25)


def test_strata_count_alike_whatever_their_size():
    # means 1/2 and 1; variances of the means (1/3)/4 = 1/12 and 0; of their mean 1/48
    found = estimate({"small": [0, 1, 0, 1], "large": [1] * 100})
    assert found.mean == pytest.approx(0.75)
    assert found.high - found.mean == pytest.approx(stats.t.ppf(0.975, 3) / math.sqrt(48))


def test_equal_values_have_no_width_and_one_value_no_interval():
    assert (estimate({"a": [1, 1]}).low, estimate({"a": [1, 1]}).p, estimate({"a": [0, 0]}).p) == (1, 0, 1)
    with pytest.raises(BadInput):
        estimate({"a": [1.0]})
    with pytest.raises(BadInput):
        estimate({})


def test_translations_are_counted_by_language(data):
    found = bitext(data / "dev", SERVICE, "static-26")
    assert {tag: len(values) for tag, values in found.into.items()} == {"de": 3, "sw": 2}
    assert found.into["de"] == found.out["de"] == [1, 1, 1]
    assert found.errors["de"] == [0, 0, 0]


def test_passages_by_set_system_and_measure(data, tmp_path):
    found = quality(data, "static-26", SYSTEMS, service=SERVICE, scratch=tmp_path / "index", progress=silent)
    # q3 names two documents; BM25 has d3, with two of its words, before d1, which is the relevant one
    assert found.systems["BM25"]["RR@10"] == {"tiny": [1, 1, 0.5]}
    assert found.systems["BM25"]["R@100"] == {"tiny": [1, 1, 1]}
    assert found.systems["BM25"]["nDCG@10"]["tiny"] == pytest.approx([1, 1, 1 / math.log2(3)])
    said = markdown(found)
    assert "| tiny | 3 | .833 ±.717 |" in said  # standard error (1/6), t(.975, 2) = 4.303
    assert "| mean | 5 | 1.000 ±.000 |" in said
    beside = markdown(found, found)
    assert ".833 ±.717 (+.000 p 1.000)" in beside


def test_what_is_missing_or_broken_is_said(tmp_path):
    with pytest.raises(BadInput, match="neither a folder 'dev'"):
        quality(tmp_path, "static-26", SYSTEMS, service=SERVICE, scratch=tmp_path, progress=silent)
    (tmp_path / "dev").mkdir()
    with pytest.raises(BadInput, match=r"no \.tsv"):
        bitext(tmp_path / "dev", SERVICE, "static-26")
    (tmp_path / "dev" / "a.tsv").write_text("de\tfr\na\tb\n")
    with pytest.raises(BadInput, match="'en'"):
        bitext(tmp_path / "dev", SERVICE, "static-26")
    (tmp_path / "dev" / "a.tsv").write_bytes(b"en\tde\n\xff\xfe\tb\n")
    with pytest.raises(Damaged, match="UTF-8"):
        bitext(tmp_path / "dev", SERVICE, "static-26")
    (tmp_path / "dev" / "a.tsv").unlink()
    (tmp_path / "dev" / "a.tsv.xz").write_bytes(lzma.compress(b"en\tde\na\tb\n")[:-8])
    with pytest.raises(Damaged, match="cannot be read"):
        bitext(tmp_path / "dev", SERVICE, "static-26")


def test_a_folder_is_an_encoder_by_its_declared_name(tmp_path):
    shutil.copytree(DATA / "models" / "static-26", tmp_path / "anything")
    service = LocalService(tmp_path / "anything")
    assert service.names == ["static-26"]
    assert service.card("static-26") == SERVICE.card("static-26")
    result = CliRunner().invoke(cli, ["quality", "--data", str(tmp_path), "--model", str(tmp_path / "anything")])
    assert result.exit_code == 1 and "neither a folder 'dev'" in result.output
