"""Lexical analysis: the terms of a text, the same for documents and queries, each with its place in the original.

A word is read off the original text, folded grapheme by grapheme, cut where its script changes and turned into terms
by each run's script: overlapping bigrams for Han and kana, bigrams of graphemes for Thai, Lao, Khmer and Myanmar, the
run and its bigrams for Hangul, a Snowball stem elsewhere. Everything is linear in the length of the text.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Protocol

import regex  # type: ignore[import-untyped, unused-ignore]

from core.folding import EXTRA_LETTERS, IGNORED, fold
from core.languages import language as language_of

ANALYSIS = "1"
"""Version of everything in this module and in core.folding: part of an index's identity."""

TERM_LIMIT = 200
"""A longer run is cut into terms of this many characters, so that a wall of letters still finds itself."""

Span = tuple[int, int]
_Terms = tuple[tuple[str, ...], tuple[Span, ...]]

# Graphemes. Two flags are one; \X alone finds that too, but in quadratic time for a row of them (18 s for 100,000).
# Thai and Lao AM stays whole where NFKC, for example in a corpus that went through it, has made two graphemes of it.
_MORE = r"[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*+"
GRAPHEME = regex.compile(
    rf"[\U0001F1E6-\U0001F1FF]{{2}}{_MORE}"
    rf"|\X(?:(?<=\u0E4D[\u0E48-\u0E4B]?)\u0E32{_MORE}|(?<=\u0ECD[\u0EC8-\u0ECB]?)\u0EB2{_MORE})?"
)

_WORD = regex.compile(rf"(?V1)[\p{{L}}\p{{N}}{EXTRA_LETTERS}][\p{{L}}\p{{M}}\p{{N}}{EXTRA_LETTERS}{IGNORED}]*+")
# Where a grapheme may reach over the edge of a word: marks that count as letters, signs that join what follows, a
# virama (combining class 9) on nothing.
_DELICATE = regex.compile(
    r"(?V1)(?<![\p{L}\p{N}]\p{M}*)[\u0E33\u0EB3\uFF9E\uFF9F\p{CCC=9}]|[\u200D\p{GCB=Prepend}\p{Emoji_Modifier}]"
)
_IGNORED = regex.compile(rf"(?V1){IGNORED}")
_ARABIC_PART = regex.compile(r"(?<=\p{Arabic}\p{M}*)\u200C")
_CJK = r"[\p{Han}\p{Hiragana}\p{Katakana}\u30FC]"
_SEA = r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_HANGUL = r"\p{Hangul}"
_RUN = regex.compile(
    rf"(?V1)(?P<cjk>(?:{_CJK}\p{{M}}*+)++)|(?P<sea>(?:{_SEA}\p{{M}}*+)++)|(?P<hangul>(?:{_HANGUL}\p{{M}}*+)++)"
    rf"|(?P<words>(?:[[\p{{L}}\p{{N}}]--{_CJK}--{_SEA}--{_HANGUL}]\p{{M}}*+)++)"
)
_CACHED_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Term:
    """What is matched, and text[start:end] that it comes from: code points, on grapheme boundaries."""

    term: str
    start: int
    end: int


def terms(text: str, language: str) -> list[str]:
    """The terms of a text in its order; a Hangul run comes before its bigrams. No letter or digit, no term."""
    row = language_of(language)
    found: list[str] = []
    for word in _WORD.findall(text):
        found += _terms_of(word, row.stemmer, row.script)[0]
    return found


def analyse(text: str, language: str) -> list[Term]:
    """The same terms as `terms`, in the same order, with their places."""
    row = language_of(language)
    found: list[Term] = []
    for match in _WORD.finditer(text):
        names, spans = _terms_of(match.group(), row.stemmer, row.script)
        at = match.start()
        found += [Term(name, at + start, at + end) for name, (start, end) in zip(names, spans, strict=True)]
    if found and not text.isascii() and _DELICATE.search(text):
        snap = snapper(text)
        found = [Term(term.term, *snap(term.start, term.end)) for term in found]
    return found


def snapper(text: str) -> Callable[[int, int], Span]:
    """A function that widens a span of this text to whole graphemes."""
    ends = list(accumulate(map(len, GRAPHEME.findall(text))))
    starts_at, ends_at, start = [0] * (len(text) + 1), [0] * (len(text) + 1), 0
    for end in ends:
        for i in range(start, end):
            starts_at[i] = start
            ends_at[i + 1] = end
        start = end
    return lambda first, last: (starts_at[first], ends_at[last])


def _terms_of(word: str, stemmer: str, script: str) -> _Terms:
    if len(word) <= _CACHED_LENGTH:
        return _cached(word, stemmer, script)
    return _analysed(word, stemmer, script)


@lru_cache(maxsize=1 << 16)
def _cached(word: str, stemmer: str, script: str) -> _Terms:
    return _analysed(word, stemmer, script)


def _analysed(word: str, stemmer: str, script: str) -> _Terms:
    """The terms of one word and their spans in it."""
    if word.isascii() and len(word) <= TERM_LIMIT:
        return (_stem(word.lower(), stemmer, script),), ((0, len(word)),)
    if _IGNORED.search(word):
        return _without_ignored(word, stemmer, script)
    clusters = GRAPHEME.findall(word)
    folded = list(map(fold, clusters))
    starts: list[int] = []  # of the grapheme that each folded character comes from
    ends: list[int] = []
    at = 0
    for cluster, form in zip(clusters, folded, strict=True):
        starts += [at] * len(form)
        at += len(cluster)
        ends += [at] * len(form)
    names: list[str] = []
    spans: list[Span] = []
    text = "".join(folded)
    for run in _RUN.finditer(text):
        for first, last in _pieces(run.group(), str(run.lastgroup)):
            first, last = run.start() + first, run.start() + last
            name = text[first:last]
            names.append(_stem(name, stemmer, script) if run.lastgroup == "words" else name)
            spans.append((starts[first], ends[last - 1]))
    return tuple(names), tuple(spans)


def _without_ignored(word: str, stemmer: str, script: str) -> _Terms:
    """Characters that show nothing are left out; in Arabic script the zero width non-joiner parts words."""
    kept = [(c, i) for i, c in enumerate(_ARABIC_PART.sub(" ", word)) if not _IGNORED.match(c)]
    if not kept:
        return (), ()  # Hangul fillers are letters and show nothing
    names, spans = _analysed("".join(c for c, _ in kept), stemmer, script)
    snap = snapper(word)
    return names, tuple(snap(kept[start][1], kept[end - 1][1] + 1) for start, end in spans)


def _pieces(run: str, kind: str) -> Iterator[Span]:
    """The places of a run's terms in the run."""
    if kind in ("words", "hangul"):
        yield from ((i, min(i + TERM_LIMIT, len(run))) for i in range(0, len(run), TERM_LIMIT))
        if kind == "words":
            return
    ends = list(accumulate(map(len, GRAPHEME.findall(run))))
    if kind == "hangul":
        if len(ends) > 2:
            yield from zip([0, *ends], ends[1:], strict=False)
    else:
        yield from zip([0, *ends], ends[1:] or ends, strict=False)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802


_stemmers = threading.local()  # a Snowball stemmer must not be used by two threads


def _stem(word: str, algorithm: str, script: str) -> str:
    """The word's stem where the algorithm knows its script; it is folded again, for some stemmers add marks."""
    if not algorithm or not _stemmable(script).fullmatch(word):
        return word
    if algorithm == "arabic" and len(word) > 4 and word.endswith("ه"):
        word = word[:-1] + "ة"  # the stemmer takes off the feminine ending only as it is spelt with care
    stem = _stemmer(algorithm).stemWord(word)
    if not stem.isascii():
        stem = "".join(map(fold, GRAPHEME.findall(stem)))
    return stem or word


def _stemmer(algorithm: str) -> _Stemmer:
    stemmer: _Stemmer | None = _stemmers.__dict__.get(algorithm)
    if stemmer is None:
        import Stemmer

        stemmer = _stemmers.__dict__[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return stemmer


@lru_cache(maxsize=64)
def _stemmable(script: str) -> regex.Pattern[str]:
    return regex.compile(rf"[\p{{Latin}}\p{{sc={script}}}\p{{Inherited}}\p{{N}}]++")
