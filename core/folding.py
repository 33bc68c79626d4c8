"""Folding: what is the same letter to someone who searches. A search key only; text is stored as it was received."""

import unicodedata
from functools import lru_cache

import regex  # type: ignore[import-untyped, unused-ignore]

# Signs that hold letters (㎏ ℃ ㈱), apart from those that are emoji as well (™ Ⓜ ㊙).
EXTRA_LETTERS = r"[\p{So}&&\p{NFKC_QC=No}--\p{Emoji}]"
# Characters that show nothing and part nothing: soft hyphen, joiners, direction marks, variation selectors.
IGNORED = r"[\p{Default_Ignorable_Code_Point}--\u200B]"

_CLUSTER_LIMIT = 64  # Unicode's normalisation is quadratic in the marks of one letter: 100,000 of them take 20 s
_FORM_LIMIT = 32
_SILENT_MARKS = regex.compile(
    r"(?<=[\p{Latin}\p{Greek}\p{Arabic}\p{Hebrew}\u0640])\p{Mn}+|(?<=\p{Cyrillic}\p{Mn}*)[\u0300\u0301\u0308]+|\p{Me}+"
)
_SARA_AM = regex.compile(r"\u0E4D([\u0E48-\u0E4B]?)\u0E32|\u0ECD([\u0EC8-\u0ECB]?)\u0EB2")
_DIGIT = regex.compile(r"(?V1)[\p{Nd}--[0-9]]")
_APOSTROPHES = "\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf"  # letters to Unicode; Oʻzbek and o'zbek are one word

_LETTERS = {
    "ı": "i", "ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe",
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ە": "ه", "ہ": "ه", "ۃ": "ه", "ـ": "",
}  # fmt: skip
# A Hangul letter on its own is written as the letter, not as the part of a syllable that NFKC makes of it.
_JAMO = {
    chr(int(unicodedata.decomposition(chr(c)).split()[1], 16)): chr(c) for c in range(0x3131, 0x318F) if c != 0x3164
}
FOLD = str.maketrans(_LETTERS | _JAMO | dict.fromkeys(_APOSTROPHES, " "))


@lru_cache(maxsize=1 << 16)
def fold(cluster: str) -> str:
    """The folded form of one grapheme: none, one or several characters, a space where words part.

    NFKC, case fold, no marks on Latin, Greek, Arabic and Hebrew letters, ё as е but й kept, Arabic letters in one
    spelling, ASCII digits. Folding a folded form changes nothing.
    """
    if cluster.isascii():
        return cluster.lower()
    if "\u20e3" in cluster or cluster == "ℹ":  # keycaps and the information sign are emoji
        return " "
    form: str = unicodedata.normalize("NFKC", cluster[:_CLUSTER_LIMIT]).casefold()
    form = _SILENT_MARKS.sub("", unicodedata.normalize("NFD", form))
    form = unicodedata.normalize("NFKC", form).translate(FOLD)
    form = _SARA_AM.sub(lambda m: (m[1] or "") + "ำ" if m[0][0] == "\u0e4d" else (m[2] or "") + "ຳ", form)
    form = _DIGIT.sub(lambda m: str(unicodedata.decimal(m[0], m[0])), form)
    return form[:_FORM_LIMIT]
