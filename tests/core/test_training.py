"""Training on a toy: it learns, it repeats itself byte for byte, and what it writes loads elsewhere too."""

import itertools
import lzma
import random
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from core.cli import cli
from core.encoders.static import StaticEncoder
from core.errors import BadInput
from core.training.making import Wish, make
from core.training.vocabulary import Budget

ANIMALS = {
    "en": ["dog", "cat", "horse", "cow", "bird", "fish", "goat", "sheep", "mouse", "bee"],
    "de": ["Hund", "Katze", "Pferd", "Kuh", "Vogel", "Fisch", "Ziege", "Schaf", "Maus", "Biene"],
    "sw": ["mbwa", "paka", "farasi", "ng'ombe", "ndege", "samaki", "mbuzi", "kondoo", "panya", "nyuki"],
}
VERBS = {
    "en": ["sees", "hears", "finds", "wants", "follows"],
    "de": ["sieht", "hört", "findet", "will", "verfolgt"],
    "sw": ["anaona", "anasikia", "anapata", "anataka", "anafuata"],
}
THINGS = {
    "en": ["water", "bread", "milk", "grass", "honey", "house", "tree", "river", "road", "fire"],
    "de": ["Wasser", "Brot", "Milch", "Gras", "Honig", "Haus", "Baum", "Fluss", "Straße", "Feuer"],
    "sw": ["maji", "mkate", "maziwa", "nyasi", "asali", "nyumba", "mti", "mto", "barabara", "moto"],
}
FRAMES = {"en": "the {} {} the {}.", "de": "{} {} {}.", "sw": "{} {} {}."}
TAGS = ("en", "de", "sw")
BUDGET = Budget(size=400, characters=40_000, studied=20_000, words=60, seen=2)


def sentences() -> list[tuple[str, ...]]:
    chosen = list(itertools.product(range(10), range(5), range(10)))
    random.Random(3).shuffle(chosen)
    return [tuple(FRAMES[t].format(ANIMALS[t][a], VERBS[t][v], THINGS[t][o]) for t in TAGS) for a, v, o in chosen]


def write(path: Path, rows: list[tuple[str, ...]], head: tuple[str, ...] = TAGS) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join("\t".join(row) + "\n" for row in [head, *rows])
    path.write_bytes(lzma.compress(text.encode()) if path.suffix == ".xz" else text.encode())


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """450 sentences to learn from, 50 to be measured on, the animals' names."""
    folder = tmp_path_factory.mktemp("toy")
    rows = sentences()
    write(folder / "dev" / "held-out.tsv.xz", rows[450:])
    write(folder / "parallel" / "tico19.tsv.xz", rows[:450] + rows[450:460])
    write(folder / "lexicon" / "tico19-terms.tsv", list(zip(*(ANIMALS[tag] for tag in TAGS), strict=True)))
    return folder


def trained(data: Path, out: Path, **changes) -> list[str]:
    said: list[str] = []
    wish = {"steps": 60, "seed": 5, "threads": 1} | changes
    make(Wish(data, out, budget=BUDGET, **wish), said.append)
    return said


@pytest.fixture(scope="module")
def made(data, tmp_path_factory) -> tuple[Path, list[str]]:
    out = tmp_path_factory.mktemp("made")
    return out, trained(data, out)


def bytes_of(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "model").iterdir())}


def test_translations_end_nearer_than_strangers(made):
    encoder = StaticEncoder(made[0] / "model")
    vectors = [encoder.encode([row[place] for row in sentences()[450:]], "document") for place in range(3)]
    for x, y in itertools.permutations(range(3), 2):
        near = vectors[x] @ vectors[y].T
        strangers = near[~np.eye(len(near), dtype=bool)]
        assert near.diagonal().mean() > strangers.mean() + 0.4
        assert (near.argmax(axis=1) == np.arange(len(near))).mean() > 0.9


def test_the_loss_falls_and_progress_says_so(made):
    losses = [float(line.split("loss ")[1].split(",")[0]) for line in made[1] if "loss" in line]
    assert len(losses) == 2
    assert losses[1] < losses[0]


def test_sentences_that_are_measured_are_not_learned_from(made):
    assert any("in a measured set 10" in line for line in made[1])


def test_the_same_seed_data_and_steps_give_the_same_bytes(data, made, tmp_path):
    trained(data, tmp_path)
    assert bytes_of(tmp_path) == bytes_of(made[0])


def test_another_seed_gives_another_model(data, made, tmp_path):
    trained(data, tmp_path, seed=6)
    assert bytes_of(tmp_path)["model.safetensors"] != bytes_of(made[0])["model.safetensors"]


def test_a_resumed_training_ends_in_the_same_bytes(data, made, tmp_path, monkeypatch):
    from core.training import loop

    whole = loop.train

    def cut(state, blocks, plan, **rest):
        """Stops like a machine that went off: after the checkpoint, before the end."""
        with pytest.raises(KeyboardInterrupt):
            whole(state, blocks, plan, **rest | {"say": _off})
        raise KeyboardInterrupt

    def _off(line: str) -> None:
        if "step 50 of" in line:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop, "train", cut)
    monkeypatch.setattr(loop.Plan.__init__, "__defaults__", _kept_every(20))
    with pytest.raises(KeyboardInterrupt):
        trained(data, tmp_path)
    monkeypatch.setattr(loop, "train", whole)
    said = trained(data, tmp_path, resume=True)
    assert any("resumed after step 40 of 60" in line for line in said)
    assert bytes_of(tmp_path)["model.safetensors"] == bytes_of(made[0])["model.safetensors"]


def _kept_every(steps: int) -> tuple:
    from core.training.loop import Plan

    *others, _ = Plan.__init__.__defaults__
    return (*others, steps)


def test_the_card_names_every_source_and_its_licence(made):
    card = bytes_of(made[0])["README.md"].decode()
    assert "| tico19 (sentences) | CC0 | tico-19/tico-19.github.io@" in card
    assert "| tico19-terms (words) | CC0 |" in card
    assert "tatoeba" not in card


def test_minutes_become_steps_that_are_said(data, tmp_path):
    said = trained(data, tmp_path, steps=None, minutes=0.01)
    assert any("minutes are" in line and "the same again: --steps" in line for line in said)


def test_other_libraries_give_the_same_vectors(made, recwarn):
    pytest.importorskip("sentence_transformers")
    from sentence_transformers import SentenceTransformer

    texts = ["the dog sees the water.", "Biene will Honig.", "paka", "δ the cat"]
    own = StaticEncoder(made[0] / "model").encode(texts, "document")
    theirs = SentenceTransformer(str(made[0] / "float32"), device="cpu").encode(texts)
    assert theirs == pytest.approx(own, abs=1e-5)
    recwarn.clear()


def test_model2vec_gives_the_same_vectors(made):
    model2vec = pytest.importorskip("model2vec")
    texts = ["the dog sees the water.", "Biene will Honig.", "paka", "δ the cat"]
    own = StaticEncoder(made[0] / "model").encode(texts, "document")
    assert model2vec.StaticModel.from_pretrained(made[0] / "float32").encode(texts) == pytest.approx(own, abs=1e-5)


def test_a_folder_without_text_is_refused_in_one_sentence(tmp_path):
    found = CliRunner().invoke(cli, ["train", "static-26", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    assert found.exit_code == 1
    assert "holds no parallel/*.tsv" in found.stderr


def test_nothing_to_resume_is_said(data, tmp_path):
    with pytest.raises(BadInput, match="nothing to resume"):
        trained(data, tmp_path, resume=True)
