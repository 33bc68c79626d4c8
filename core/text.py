"""Text: what is stored of it, what in it matches a query, and which part of it to show."""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

import regex  # type: ignore[import-untyped, unused-ignore]

from core.analysis import ANALYSIS, Span, Term, analyse, snapper, terms
from core.languages import language as language_of

__all__ = [
    "ANALYSIS",
    "Span",
    "Term",
    "analyse",
    "cleaned",
    "excerpt",
    "matches",
    "merged",
    "pieces",
    "query_terms",
    "terms",
]

_SURROGATE_OR_NUL = regex.compile(r"[\uD800-\uDFFF\0]")
_LINE = r"[\r\n\x0B\x0C\x85\u2028\u2029]\s*+"
_STOPS = r"!?.…‼⁇⁈⁉"
_CLOSERS = r"""["'”’»›)\]]"""
# A stop ends a sentence before white space; one that is written without space after it does so at once. The look-behind
# keeps a row of stops linear.
_SENTENCE_END = (
    rf"(?<![{_STOPS}])[{_STOPS}]++{_CLOSERS}*+(?:\s++|\Z)|[。！？｡．।॥؟۔።፧։၊။។៕]++[」』”’）》〉】)]*+\s*+|{_LINE}"
)
_SENTENCES = regex.compile(_SENTENCE_END)
_SENTENCES_AND_SPACES = regex.compile(rf"{_SENTENCE_END}|\s++")


def cleaned(text: str) -> str:
    """The text as it is stored: U+FFFD for a lone surrogate, U+2400 for NUL, nothing else changed."""
    stored: str = _SURROGATE_OR_NUL.sub(lambda match: "\u2400" if match[0] == "\0" else "\ufffd", text)
    return stored


def matches(text: str, language: str, query_terms: Collection[str]) -> list[Span]:
    """The spans of `text` whose terms are among `query_terms`, sorted; those that overlap or touch are one."""
    wanted = frozenset(query_terms)
    return merged((term.start, term.end) for term in analyse(text, language) if term.term in wanted)


def pieces(text: str, spans: Iterable[Span]) -> list[tuple[str, int]]:
    """The text cut at the sorted `spans`: (part, 1) inside one, (part, 0) outside. The parts join to the text."""
    parts: list[tuple[str, int]] = []
    done = 0
    for start, end in spans:
        if start > done:
            parts.append((text[done:start], 0))
        if end > max(start, done):
            parts.append((text[max(start, done) : end], 1))
            done = end
    if done < len(text):
        parts.append((text[done:], 0))
    return parts


def excerpt(text: str, language: str, query_terms: Collection[str], limit: int = 600) -> Span:
    """The span to show, at most `limit` characters: whole sentences around the one with the most different terms.

    Of equal sentences the first. A sentence over the limit is cut around its first match, never inside a grapheme.
    """
    if len(text) <= limit:
        return 0, len(text)
    wanted = frozenset(query_terms)
    found = [term for term in analyse(text, language) if term.term in wanted] if wanted else []
    sentences = _sentences(text, language)
    best, first_match = _best(sentences, found)
    start, end = sentences[best]
    if end - start > limit:
        start = max(start, min(first_match - limit // 4, end - limit))
        end = start + limit
    else:
        start, end = _grown(sentences, best, limit)
    return _inside(text, start, end)


def _sentences(text: str, language: str) -> list[Span]:
    """The sentences of a text, with the space after each; Thai, Lao, Khmer and Burmese are parted by spaces too."""
    by_space = language_of(language).segmentation == "sea"
    ends = [match.end() for match in (_SENTENCES_AND_SPACES if by_space else _SENTENCES).finditer(text)]
    return [(start, end) for start, end in pairwise([0, *ends, len(text)]) if end > start]


def _best(sentences: Sequence[Span], found: Sequence[Term]) -> tuple[int, int]:
    """(the first sentence with the most different terms, the place of its first match)."""
    best, most, place = 0, 0, 0
    ordered = sorted(found, key=lambda term: term.start)
    at = 0
    for number, (_, end) in enumerate(sentences):
        begin = at
        while at < len(ordered) and ordered[at].start < end:
            at += 1
        distinct = len({term.term for term in ordered[begin:at]})
        if distinct > most:
            best, most, place = number, distinct, ordered[begin].start
    return best, place


def _grown(sentences: Sequence[Span], best: int, limit: int) -> Span:
    """The best sentence and its neighbours, after and before by turns, while they fit."""
    first = last = best
    after = before = True
    while after or before:
        after = after and last + 1 < len(sentences) and sentences[last + 1][1] - sentences[first][0] <= limit
        last += after
        before = before and first > 0 and sentences[last][1] - sentences[first - 1][0] <= limit
        first -= before
    return sentences[first][0], sentences[last][1]


def _inside(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends and parts of graphemes; one grapheme if there is no whole one."""
    part = text[start:end]
    end -= len(part) - len(part.rstrip())
    start += min(len(part) - len(part.lstrip()), end - start)
    snap = snapper(text)
    low, first_end = snap(start, start + 1)
    if low < start:
        start = first_end
    last_start, high = snap(max(end - 1, 0), end)
    if high > end:
        end = last_start
    return (start, end) if start < end else snap(low, low + 1)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans sorted; those that overlap or touch are one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def query_terms(text: str, languages: Iterable[str]) -> list[str]:
    """The query's terms as the documents of each of these languages would write them, each once.

    So a name keeps matching where one language's stemmer cuts its ending and another's does not.
    """
    return list(dict.fromkeys(term for tag in languages for term in terms(text, tag)))
