"""Which of some languages is a text written in?"""

import math
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Protocol

import regex  # type: ignore[import-untyped, unused-ignore]

from core.languages import Language, language, languages

_READ = 1000  # characters; more changes nothing, and a pasted book would take seconds
_LABELS = {"nb": "no", "gn": "gug", "prs": "fa", "fil": "tl", "ff": "fuv", "ki": "kik"}
# Script of ISO 15924 that is written with several of Unicode's scripts.
_UNICODE = {"Jpan": ("Hira", "Kana", "Hani"), "Kore": ("Hang",), "Hans": ("Hani",), "Hant": ("Hani",)}
_HAN = {"Hans": "gb2312", "Hant": "big5", "Jpan": "shift_jis"}


class _Identifier(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


_loading = threading.Lock()


def detect(text: str, among: Collection[str]) -> tuple[str, float]:
    """The tag of `among` that the text is most likely in, and a confidence from 0 to 1.

    A script decides where one language of `among` owns it, else py3langid does; it needs some letters, and says
    nothing about languages outside `among`. Without letters: the first, or "und" when there is none, with 0.
    """
    tags = list(dict.fromkeys(among))
    start = text[:_READ]
    script = _script(start)
    if not tags or not script:
        return (tags[0] if tags else "und"), 0.0
    rows = [language(tag) for tag in tags]
    own = [i for i, row in enumerate(rows) if row.script == "Zyyy" or script in _scripts(row.script)]
    if script in ("Hira", "Kana"):
        own = [i for i in own if rows[i].script == "Jpan"] or own
    if not own:
        return tags[0], 0.0
    if len(own) == 1:
        return tags[own[0]], 1.0
    if script == "Hani":
        return _by_han(start, [(tags[i], rows[i].script) for i in own])
    return _by_words(start, [(tags[i], rows[i]) for i in own])


def warm() -> None:
    """Loads what the first call would load: half a second and 120 MB."""
    _identifier()


def _scripts(script: str) -> tuple[str, ...]:
    return _UNICODE.get(script, (script,))


def _script(text: str) -> str:
    """The Unicode script of most letters, or "" without any. Latin counts a third: names and brands are everywhere.

    Kana, however little, makes a text Japanese.
    """
    counts: Counter[str] = Counter()
    for match in _letters().finditer(text):
        counts[str(match.lastgroup)] += (match.end() - match.start()) * (1 if match.lastgroup == "Latn" else 3)
    if counts["Hani"] and counts["Hira"] + counts["Kana"]:
        counts["Hira"] += counts.pop("Hani")
    return max(counts, key=lambda script: counts[script], default="")


@cache
def _letters() -> regex.Pattern[str]:
    known = sorted({script for row in languages() for script in _scripts(row.script)})
    groups = "|".join(rf"(?P<{script}>(?:(?=\p{{L}})\p{{sc={script}}})+)" for script in known)
    return regex.compile(rf"{groups}|(?P<Zzzz>(?=\p{{L}})\P{{sc=Zyyy}})")


def _by_han(text: str, candidates: Sequence[tuple[str, str]]) -> tuple[str, float]:
    """Chinese, unless there are characters that only the others write: 駅 for Japanese, 車 … for Traditional."""
    marks: Counter[str] = Counter()
    for char in set(text):
        writers = [script for script, codec in _HAN.items() if _writes(codec, char)]
        if ord(char) > 0x2E80 and len(writers) == 1:
            marks[writers[0]] += 1
    scripts = {script for _, script in candidates}
    best = max(_HAN, key=lambda script: (script in scripts, marks[script]))
    confidence = 0.95 if marks[best] else 0.6
    return next((tag for tag, script in candidates if script == best), candidates[0][0]), confidence


def _writes(codec: str, char: str) -> bool:
    try:
        return bool(char.encode(codec))
    except UnicodeEncodeError:
        return False


def _by_words(text: str, candidates: Iterable[tuple[str, Language]]) -> tuple[str, float]:
    """The best of the languages that py3langid knows; the first with 0 when it knows none of them."""
    ranked = dict(_identifier().rank(text))
    scores: dict[str, float] = {}
    taken: set[str] = set()
    for tag, row in candidates:
        label = _LABELS.get(row.tag.partition("-")[0], row.tag.partition("-")[0])
        if label in ranked and label not in taken:
            taken.add(label)
            scores[tag] = ranked[label]
    if not scores:
        return next(tag for tag, _ in candidates), 0.0
    best = max(scores, key=lambda tag: scores[tag])
    # Log-posteriors of overlapping n-grams are far too sure of themselves; py3langid tempers them in the same way.
    temper = math.sqrt(len(text.encode("utf-8", "replace")))
    return best, 1 / sum(math.exp((score - scores[best]) / temper) for score in scores.values())


def _identifier() -> _Identifier:
    with _loading:
        return _loaded()


@cache
def _loaded() -> _Identifier:
    """A py3langid of our own, never restricted: its module-level one belongs to whoever else uses the package."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    return identifier
