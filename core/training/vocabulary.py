"""The tokenizer: pieces learned language by language, whole words that are common, one Unigram model of both.

Learning each language alone gives every one its share of the vocabulary, however much text it has.
"""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from core.languages import language
from core.training.reading import Table

MARK = "▁"
UNKNOWN = "[UNK]"
SPECIAL = ("[PAD]", UNKNOWN)
LONGEST = 16
"""Characters of a piece."""

PENALTY = 4.0
"""Taken from every piece's log probability, so that one long piece wins over several common ones ("▁" + "each")."""

_WORD = re.compile(r"[^\W\d_]+(?:[̀-ͯ\u064b-\u0652\u0900-\u0dff\u0e31-\u0e4e]+[^\W\d_]*)*")
_UNSPACED = re.compile(r"[぀-ヿ㐀-鿿\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class Budget:
    """`size`: entries in all; `characters`: read for each language, of which `studied` to learn pieces from.

    `pieces`: learned of a language that writes spaces between words, `cjk`, `sea` and `hangul` of the others;
    `seen`: how often a word must occur to be an entry.
    """

    size: int = 128_000
    characters: int = 3_000_000
    studied: int = 1_000_000
    words: int = 700
    cjk: int = 7_000
    sea: int = 4_000
    hangul: int = 5_000
    seen: int = 4

    def pieces(self, tag: str) -> int:
        """Pieces to learn of a language."""
        return int(getattr(self, language(tag).segmentation))


def prose(tables: Sequence[Table], characters: int, *, seed: int) -> dict[str, list[str]]:
    """Up to so many characters of distinct texts for each language, whole sentences first, drawn by their weights."""
    drawn = np.random.default_rng(seed)
    texts: dict[str, dict[str, float]] = {}
    for table in tables:
        if table.kind == "questions":
            continue
        weight = table.corpus.weight * (1.0 if table.corpus.prose and table.kind == "sentences" else 0.1)
        for row in table.rows:
            for tag, cell in row.items():
                mine = texts.setdefault(tag, {})
                if mine.get(cell, 0.0) < weight:
                    mine[cell] = weight
    return {tag: _drawn(mine, characters, drawn) for tag, mine in sorted(texts.items())}


def _drawn(texts: Mapping[str, float], characters: int, drawn: np.random.Generator) -> list[str]:
    every = list(texts)
    late = drawn.exponential(size=len(every)) / np.fromiter(texts.values(), float)
    order = np.argsort(late, kind="stable")
    used = np.cumsum([len(every[place]) for place in order])
    return [every[place] for place in order[: int(np.searchsorted(used, characters)) + 1]]


def tokenizer(texts: Mapping[str, Sequence[str]], budget: Budget) -> Any:
    """A `tokenizers.Tokenizer` of at most budget.size entries, learned from each language's texts.

    The mark alone is no entry: where a part begins with no known word, the mark is unknown and left out.
    """
    from tokenizers import Tokenizer, models

    bare = _bare(models.Unigram())
    shares: dict[str, float] = defaultdict(float)
    words: dict[str, float] = defaultdict(float)
    for tag, mine in texts.items():
        learned = _learned(_first(mine, budget.studied), budget.pieces(tag))
        total = sum(learned.values()) * len(texts)
        for piece, probability in learned.items():
            if not (piece == MARK or (piece.startswith(MARK) and _UNSPACED.search(piece))):
                shares[piece] += probability / total
        for word, share in _words(mine, bare.normalizer, budget.seen, len(texts)).items():
            words[word] += share
    for word, share in words.items():
        if word in shares:
            shares[word] = max(shares[word], share)
    room = budget.size - len(SPECIAL) - len(shares)
    for word, share in sorted(words.items(), key=lambda entry: (-entry[1], entry[0])):
        if room <= 0:
            break
        if word not in shares:
            shares[word] = share
            room -= 1
    entries = sorted(shares.items(), key=lambda entry: (-entry[1], entry[0]))[: budget.size - len(SPECIAL)]
    scored = [(special, 0.0) for special in SPECIAL]
    scored += [(piece, round(math.log(max(share, 1e-12)) - PENALTY, 3)) for piece, share in entries]
    return _bare(Tokenizer(models.Unigram(scored, unk_id=1, byte_fallback=False)).model)


def _first(texts: Sequence[str], characters: int) -> Sequence[str]:
    used = np.cumsum([len(text) for text in texts])
    return texts[: int(np.searchsorted(used, characters)) + 1]


def _bare(model: Any) -> Any:
    """A tokenizer without words: NFKC, lower case, split at spaces, punctuation and digits, a mark before each part."""
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers

    made = Tokenizer(model)
    made.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Punctuation(behavior="isolated"),
            pre_tokenizers.Digits(individual_digits=False),
            pre_tokenizers.Metaspace(replacement=MARK, prepend_scheme="always", split=False),
        ]
    )
    return made


def _learned(texts: Sequence[str], size: int) -> dict[str, float]:
    """Probabilities of the pieces of one language."""
    from tokenizers import models, trainers

    made = _bare(models.Unigram())
    trainer = trainers.UnigramTrainer(
        vocab_size=size,
        seed_size=100_000,  # type: ignore[call-arg]  # the stubs lack it
        shrinking_factor=0.5,
        max_piece_length=LONGEST,
        unk_token=UNKNOWN,
        special_tokens=[UNKNOWN],
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    pieces = json.loads(made.to_str())["model"]["vocab"]
    return {piece: math.exp(score) for piece, score in pieces if piece != UNKNOWN}


def _words(texts: Sequence[str], normalizer: Any, seen: int, languages: int) -> dict[str, float]:
    """Marked words that occur often enough, with their share of the language's words, over so many languages."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_WORD.findall(normalizer.normalize_str(text)))
    total = sum(counts.values()) * languages
    return {
        MARK + word: count / total
        for word, count in counts.items()
        if count >= seen and len(word) < LONGEST + 4 and not _UNSPACED.search(word)
    }


def fertility(made: Any, texts: Mapping[str, Sequence[str]], sample: int = 2000) -> dict[str, float]:
    """Entries for each 10 characters of a language's texts; more mean longer bags and vaguer vectors."""
    found = {}
    for tag, mine in texts.items():
        some = [text for text in mine[:sample] if text]
        encoded = made.encode_batch_fast(some, add_special_tokens=False)
        found[tag] = sum(len(one.ids) for one in encoded) / max(1, sum(map(len, some))) * 10
    return found


def uneven(found: Mapping[str, float]) -> list[str]:
    """The languages above twice the median of their kind of script."""
    kinds: dict[bool, list[str]] = {}
    for tag in found:
        kinds.setdefault(language(tag).segmentation == "cjk", []).append(tag)
    return [tag for tags in kinds.values() for tag in tags if found[tag] > 2 * median(found[other] for other in tags)]
