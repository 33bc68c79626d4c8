"""The parts of training: the gradient, what a file must be, the tokenizer, what is left out."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from core.errors import BadInput, Damaged
from core.training.contrast import Adam, Block, block_gradient, info_nce, merged
from core.training.corpora import Corpus, corpora
from core.training.exclusion import measured
from core.training.exporting import quantised, replace, stored
from core.training.reading import Table, key, tables
from core.training.vocabulary import Budget, tokenizer, uneven

TICO = {"tico19": Corpus("tico19", "CC0", "sentence", ("tico-19/tico-19.github.io@d97615f9cffa",))}


def test_the_loss_of_two_orthogonal_pairs_by_hand():
    """Each row finds its partner with cosine 1 among 1 and 0: log(e^2 + 1) - 2 both ways."""
    same = np.eye(2, dtype=np.float32) * 3
    loss, on_left, _ = info_nce(same, same, scale=2.0)
    assert loss == pytest.approx(np.log(np.exp(2) + 1) - 2, abs=1e-6)
    assert on_left[0, 0] == pytest.approx(0, abs=1e-6)
    assert on_left[0, 1] > 0


def test_masked_pairs_are_no_negatives():
    same = np.eye(2, dtype=np.float32)
    loss, on_left, _ = info_nce(same, same, scale=2.0, masked=np.array([[False, True], [True, False]]))
    assert loss == pytest.approx(0, abs=1e-6)
    assert not on_left.any()


def test_the_gradient_is_the_slope_of_the_loss():
    drawn = np.random.default_rng(4)
    table = drawn.normal(size=(9, 6)).astype(np.float32)
    rows = np.array([1, 3, 4, 5, 8])
    left, right = (csr_array(drawn.integers(0, 3, (4, 5)).astype(np.float32)) for _ in range(2))
    block = Block(rows, left, right, np.eye(4, dtype=bool)[::-1].copy())
    dims = ((6, 1.0), (3, 0.5))
    _, gradient = block_gradient(table, block, scale=3.0, dims=dims)
    for place, column in [(0, 0), (2, 4), (4, 2)]:
        losses = []
        for step in (1e-2, -1e-2):
            moved = table.copy()
            moved[rows[place], column] += step
            losses.append(block_gradient(moved, block, scale=3.0, dims=dims)[0])
        assert gradient[place, column] == pytest.approx((losses[0] - losses[1]) / 2e-2, abs=2e-3)


def test_adams_first_step_is_the_rate_against_the_sign():
    table = np.zeros((3, 2), np.float32)
    Adam(table.shape).step(table, np.array([1]), np.array([[5.0, -0.1]], np.float32), rate=0.02, number=1)
    assert table == pytest.approx(np.array([[0, 0], [-0.02, 0.02], [0, 0]]), abs=1e-5)


def test_gradients_of_several_blocks_are_added_row_by_row():
    ones = np.ones((2, 1), np.float32)
    rows, total = merged([(np.array([2, 5]), ones), (np.array([5, 7]), 2 * ones)])
    assert rows.tolist() == [2, 5, 7]
    assert total.tolist() == [[1], [3], [2]]


def read(folder, **files: bytes) -> list[Table | str]:
    (folder / "parallel").mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / "parallel" / f"{name}.tsv").write_bytes(content)
    return list(tables(folder, TICO, measured(folder), folder / "quarantine.tsv"))


def test_rows_that_cannot_be_used_are_counted_and_kept_aside(tmp_path):
    lines = [b"en\tde", b"a dog\tein Hund", b"a cat\teine Katze", b"a cow\teine Kuh", b"a fish\tein Fisch",
             b"ragged", b"a dog\tein Hund", b"12\t13", b"OK now\tOK now", b"a bird\tein Vogel", b"\xff\tx",
             b"a goat\teine Ziege", b"a sheep\tein Schaf"]  # fmt: skip
    (table,) = read(tmp_path, tico19=b"\n".join(lines))
    assert len(table.rows) == 7
    assert table.rows[0] == {"en": "a dog", "de": "ein Hund"}
    assert (table.counts["ragged"], table.counts["no UTF-8"], table.counts["duplicates"]) == (1, 1, 1)
    assert table.counts["cells not translated"] == 1
    assert table.counts["cells without letters"] == 2
    assert table.counts["one language"] == 2
    kept = (tmp_path / "quarantine.tsv").read_text("utf-8").splitlines()
    assert [line.split("\t")[:3] for line in kept] == [["tico19.tsv", "6", "ragged"], ["tico19.tsv", "11", "no UTF-8"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"en\tde\nx\ny\nz w\tu", "rows are ragged or no UTF-8"),
        (b"english\tgerman\na\tb", "no header of language tags"),
        (b"en\ten\na\tb", "two or more languages, each once"),
    ],
)
def test_a_file_that_is_something_else_is_left_out_with_a_sentence(tmp_path, content, said):
    (sentence,) = read(tmp_path, tico19=content)
    assert said in sentence


def test_a_file_without_a_declared_licence_is_left_out(tmp_path):
    (sentence,) = read(tmp_path, scraped=b"en\tde\na\tb")
    assert "corpora.toml names no licence for 'scraped'" in sentence


def test_a_column_in_another_language_is_left_out(tmp_path):
    rows = [f"The river number {n} runs past my house.\tThe water number {n} is cold today.\t"
            f"Der Fluss Nummer {n} fließt an meinem Haus vorbei." for n in range(60)]  # fmt: skip
    (table,) = read(tmp_path, tico19="\n".join(["en\tfi\tde", *rows]).encode())
    assert "'fi' is left out" in table.remarks[0]
    assert set(table.rows[0]) == {"en", "de"}


def test_measured_sentences_are_found_in_other_writings_and_inside_paragraphs(tmp_path):
    (tmp_path / "held.txt").write_text("The long river ends here. ＣＯＬＤ water stands still.\n", "utf-8")
    found = measured(tmp_path, [tmp_path / "held.txt"])
    assert key("the LONG  river ends here.") in found
    assert key("Cold water stands still.") in found
    with pytest.raises(BadInput, match="no file"):
        measured(tmp_path, [tmp_path / "lost.txt"])


def test_common_words_are_one_entry_with_their_mark():
    texts = {"en": ["each bee makes honey (each day).", "honey is sweet, each bee knows."] * 40,
             "de": ["jede Biene macht Honig.", "Honig ist süß."] * 40}  # fmt: skip
    made = tokenizer(texts, Budget(size=300, words=60, seen=2))
    assert made.encode("Each (honey)").tokens == ["▁each", "▁", "(", "▁honey", "▁", ")"]
    assert made.get_vocab_size() <= 300


def test_languages_that_need_twice_the_median_are_named():
    assert uneven({"de": 2.0, "en": 2.1, "he": 4.4, "ja": 9.0, "zh": 8.0}) == ["he"]


def test_int8_rows_come_back_within_half_a_step():
    table = np.random.default_rng(1).normal(size=(20, 8)).astype(np.float32)
    rows, scales = quantised(table)
    assert not rows[:2].any()
    step = scales[2:].astype(np.float32)[:, None]
    assert (np.abs(stored(table, "int8")[2:] - table[2:]) <= step * 0.57).all()


def test_a_folder_is_replaced_whole(tmp_path):
    replace(tmp_path / "model", {"a": b"1", "b": b"1"})
    replace(tmp_path / "model", {"a": b"2"})
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == {"a": b"2"}


def test_every_corpus_has_a_licence_and_a_pinned_source():
    for corpus in corpora().values():
        assert corpus.licence
        assert all("@" in source and "/" in source for source in corpus.sources)
        assert corpus.addresses[0].startswith("https://github.com/")


def test_a_table_of_corpora_without_a_licence_is_refused(tmp_path):
    path = tmp_path / "corpora.toml"
    path.write_text('[mine]\nlicence = ""\nalignment = "sentence"\nsources = []\n', "utf-8")
    with pytest.raises(Damaged, match="no licence for mine"):
        corpora(path)
