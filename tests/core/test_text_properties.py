"""What holds for every text, tried with all the demo's scripts and the characters that break naive code."""

import unicodedata
from itertools import pairwise

import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.analysis import GRAPHEME
from core.folding import FOLD, fold
from core.text import analyse, cleaned, excerpt, matches, pieces, terms

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "ja", "ko", "ru", "sw", "th", "zh", "fa", "tr", "sr", "km", "tlh")
SAMPLES = (
    "النَّحْلَة تصنع العسل، ١٢ مدرســة", "Bienen müssen Straße Übermut", "The bees’ honey isn't",
    "¿Cómo añadir pingüino?",
    "L’été déjà œuf garçon", "मधुमक्खियाँ शहद बनाती हैं। ज़रूर क्ष १२", "ミツバチは蜂蜜を作る。ガラス パン",
    "꿀벌은 꿀을 만든다 각",
    "Пчёлы делают мёд, йогурт її", "Nyuki hutengeneza ng’ombe", "ผึ้งทำน้ำผึ้ง ๑๒ กำ", "蜜蜂怎样酿蜜？地震",
    "می‌خواهم کتاب‌های ۱۲",
    "İstanbul ılık", "ខ្មែរ", "বাংলা", "Ελλάδα ς",
)  # fmt: skip
TRICKY = (
    "\u0301\u0323\u0308\u0327\u0345\u20dd\u20e3\u0300\u3099\u309a\u0951"  # marks
    "\u200b\u200c\u200d\u200e\u200f\u202e\u2066\u2069\u00ad\u034f\u2060\ufeff\ufe0f"  # nothing to see
    "ｶﾞﾊﾟﾗｰ゛ﾞー々ゝ㈱㎏㌔℃½²①Ⅷﬁﷺ™ℹ㊙Ⓜ"  # compatibility
    "ㄱㅏㅋ\u1100\u1161\u11a8가ﾡￂ"  # jamo
    "😀👩🏽🇩🇪1#\u0600\u06dd\u0d4e\u0e33\u0eb3\u0e4d\u0e32\u0640\u02bc'’ ʻĳŉẞßſKÅ\0\ud800\r\n\t"
)
ALPHABET = "".join(dict.fromkeys("".join(SAMPLES) + TRICKY))
PARTS = st.one_of(
    st.sampled_from([word for sample in SAMPLES for word in sample.split()]),
    st.text(ALPHABET, max_size=8),
    st.sampled_from(list(TRICKY)),
    st.just(" "),
)
TEXTS = st.lists(PARTS, max_size=12).map("".join)
TAGS = st.sampled_from(LANGUAGES)
# Text as people write it; with the tricky characters above, a second folding may fold more (jamo that meet, for one).
WORDS = st.lists(
    st.one_of(
        st.sampled_from([word for sample in SAMPLES for word in sample.split()]),
        st.text(
            st.sampled_from("".join(dict.fromkeys("".join(SAMPLES))) + "éñüạ\u0301\u0323\u200c\u200dｶﾞﾊﾟㄱㅏ①²"),
            max_size=6,
        ),
        st.just(" "),
    ),
    max_size=12,
).map("".join)


def boundaries(text: str) -> set[int]:
    found = {0}
    for cluster in regex.finditer(r"\X", text):
        found.add(cluster.end())
    return found


def folded(text: str) -> str:
    return "".join(map(fold, GRAPHEME.findall(text)))


@settings(max_examples=300, deadline=None)
@given(TEXTS, TAGS)
@example("؀١٢ \u0600a", "ar")
@example("ℹ\u200d😀 ㊙\u200dℹ", "en")
@example("\u0eb2\u0301\u0301 \u0301\u0eb3ก", "lo")
@example("!ำก 😀🏽a🏽", "th")
@example("\u094dक a \u094dक", "ar")
def test_places_are_inside_the_text_on_graphemes_and_agree_with_terms(text: str, tag: str) -> None:
    found = analyse(text, tag)
    assert [term.term for term in found] == terms(text, tag)
    cuts = boundaries(text)
    for term in found:
        assert 0 <= term.start < term.end <= len(text)
        assert {term.start, term.end} <= cuts
        assert term.term and not any(c.isspace() for c in term.term)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TAGS, st.data())
def test_matches_and_pieces_give_the_text_back(text: str, tag: str, data: st.DataObject) -> None:
    known = sorted(set(terms(text, tag)))
    wanted = data.draw(st.sets(st.sampled_from(known))) if known else set()
    spans = matches(text, tag, wanted)
    assert all(one[1] < two[0] for one, two in pairwise(spans))
    parts = pieces(text, spans)
    assert "".join(part for part, _ in parts) == text
    assert [part for part, marked in parts if marked] == [text[start:end] for start, end in spans]
    assert bool(spans) == bool(wanted)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TAGS, st.integers(1, 60))
def test_an_excerpt_cuts_no_grapheme(text: str, tag: str, limit: int) -> None:
    start, end = excerpt(text, tag, terms(text, tag)[:3], limit)
    assert 0 <= start <= end <= len(text)
    assert {start, end} <= boundaries(text)
    assert end - start <= limit or len(regex.findall(r"\X", text[start:end])) == 1
    assert end > start or not text.strip()


@settings(max_examples=300, deadline=None)
@given(WORDS, TAGS)
def test_the_form_of_unicode_makes_no_difference(text: str, tag: str) -> None:
    forms = {tuple(terms(unicodedata.normalize(form, text), tag)) for form in ("NFC", "NFD")}
    assert len(forms) == 1
    assert terms(text, tag) in [list(form) for form in forms]


@settings(max_examples=300, deadline=None)
@given(WORDS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_at_all(text: str) -> None:
    for tag in ("ar", "ja", "hi"):
        assert [term.term for term in analyse(text, tag)] == terms(text, tag)
    stored = cleaned(text)
    stored.encode()
    assert len(stored) == len(text) and cleaned(stored) == stored


def test_the_fold_table() -> None:
    assert folded("أإآٱ ىی ک ة ۀ ہ ؤ ئ") == "اااا يي ك ه ه ه و ي"
    assert folded("ıİI łŁ đĐ øØ æ œ ß ẞ ſ") == "iii ll dd oo ae oe ss ss s"
    assert folded("Ё ё Й й Ї") == "е е й й і"
    assert folded("٣ ۳ ३ ๓ ３ 𝟑 ৩ ၃ ៣") == "3 3 3 3 3 3 3 3 3"
    assert folded("ｱ ｶﾞ ﾊﾟ ｰ") == "ア ガ パ ー"
    assert folded("ʼ") == folded("ʻ") == folded("ℹ") == folded("1️⃣") == " "
    assert folded("ـ") == ""
    for key, value in FOLD.items():
        assert folded(str(value)) == value, chr(key)
