"""The contract of an encoder, held by the embedded one; and what happens to a damaged model."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.encoders.static import MAX_CHARACTERS, StaticEncoder
from core.errors import Damaged
from core.settings import DATA

FOLDER = DATA / "models" / "static-26"

TEXTS = [
    "How do bees make honey?",
    "كيف يصنع النحل العسل؟",
    "ผึ้งทำน้ำผึ้งได้อย่างไร",
    "蜜蜂是怎么酿蜜的？",
    "मधुमक्खियाँ शहद कैसे बनाती हैं?",
    "x",
]


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder(FOLDER)


def test_rows_are_unit_vectors_in_the_order_given(encoder):
    together = encoder.encode(TEXTS, "document")
    assert together.shape == (len(TEXTS), encoder.card.dim)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    assert np.array_equal(encoder.encode(TEXTS[::-1], "document"), together[::-1])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=4))
def test_a_vector_never_depends_on_its_batch(encoder, text, others):
    alone = encoder.encode([text], "query")[0]
    assert np.array_equal(encoder.encode([*others, text, *others], "query")[len(others)], alone)
    assert np.isfinite(alone).all()
    length = float(np.linalg.norm(alone))
    assert length == 0 or length == pytest.approx(1, abs=1e-5)


def test_texts_without_a_known_piece_are_zero(encoder):
    assert not encoder.encode(["", "   ", "\n"], "query").any()
    assert encoder.encode([], "query").shape == (0, encoder.card.dim)


def test_only_the_beginning_of_a_very_long_text_counts(encoder):
    text = "honey " * 40_000
    vectors = encoder.encode([text, text[:MAX_CHARACTERS]], "document")
    assert np.array_equal(vectors[0], vectors[1])


def test_translations_are_nearer_than_strangers(encoder):
    honey_en, honey_ar, honey_th, honey_zh, honey_hi = encoder.encode(TEXTS[:5], "query")
    stranger = encoder.encode(["The price of old banknotes rose in Sweden."], "query")[0]
    for vector in (honey_ar, honey_th, honey_zh, honey_hi):
        assert honey_en @ vector > honey_en @ stranger + 0.1


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_cover_the_text_and_sum_to_its_vector(encoder, text):
    tokens = encoder.tokens([text], "query", offsets=True)[0]
    assert tokens.vectors.shape == (len(tokens.offsets), encoder.card.dim)
    assert all(0 <= start <= end <= len(text) for start, end in tokens.offsets)
    covered = {place for start, end in tokens.offsets for place in range(start, end)}
    assert covered >= {place for place, character in enumerate(text) if character.isalnum()}
    summed = (tokens.vectors * tokens.weights[:, None]).sum(axis=0)
    whole = encoder.encode([text], "query")[0]
    assert summed / np.linalg.norm(summed) == pytest.approx(whole, abs=1e-4)


def test_spans_have_no_white_space_at_their_ends(encoder):
    text = "honey  bees\tmake"
    assert encoder.tokens([text, ""], "query")[0].offsets == ()
    for start, end in encoder.tokens([text], "query", offsets=True)[0].offsets:
        assert text[start:end] == text[start:end].strip()


def test_the_identity_is_stable_and_names_the_files(encoder):
    again = StaticEncoder(FOLDER)
    assert again.card == encoder.card
    assert again.card.identity == encoder.card.identity
    assert len(encoder.card.identity) == 64


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "model.toml"])
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(Damaged, match=name):
        StaticEncoder(copy)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_changed_byte_is_found(copy, name):
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(Damaged, match=r"damaged.*checksum"):
        StaticEncoder(copy)


def test_tokens_of_a_text_do_not_depend_on_its_batch(encoder):
    for text, together in zip(TEXTS, encoder.tokens([*TEXTS, "", "🙂"], "query", offsets=True), strict=False):
        alone = encoder.tokens([text], "query", offsets=True)[0]
        assert np.array_equal(alone.vectors, together.vectors)
        assert np.array_equal(alone.weights, together.weights)
        assert alone.offsets == together.offsets
    assert encoder.tokens([], "query") == []
