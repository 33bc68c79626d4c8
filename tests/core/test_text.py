"""Terms, worked out by hand for every script, and what is shown of a text."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import core.analysis
from core.analysis import TERM_LIMIT
from core.errors import UnknownName
from core.text import ANALYSIS, Term, analyse, cleaned, excerpt, matches, pieces, terms


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Wie machen Bienen Honig? Straße", "wie mach bien honig strass"),
        ("en", "The bees’ honey isn't e\u00adasy, O\u02bcNeill", "the bee honey isn t easi o neill"),
        ("fr", "L'été déjà, l’œuf", "l ete dej l oeuf"),
        ("es", "¿Cómo hacen las abejas la miel?", "com hac las abej la miel"),
        ("vi", "Tiếng Việt, đường", "tieng viet duong"),
        ("pl", "żółty Łódź", "zolt lodz"),
        ("tr", "İstanbul'da ılık IRMAK", "istanbul da ilik irmak"),
        ("sw", "Nyuki wa ng’ombe 12", "nyuki wa ng ombe 12"),
        ("ru", "Ёлка пчёлами, йогурт Berlin", "елк пчел йогурт berlin"),
        ("uk", "її й ґанок", "іі й ґанок"),
        ("el", "θάλασσας ΘΆΛΑΣΣΑ", "θαλασσ θαλασσ"),
        ("ar", "النَّحْلَة نحله مدرســة أُمّ ١٢", "نحل نحل مدرس ام 12"),
        ("fa", "می‌خواهم کتاب‌های ایران ۱۲", "مي خواهم كتاب هاي ايران 12"),
        ("ur", "کتاب ہے", "كتاب هے"),
        ("he", "שָׁלוֹם צה״ל", "שלום צה ל"),
        ("hi", "किताबें हिन्दी १२", "किताब हिन्द 12"),
        ("bn", "বাংলা র\u200d্যাব ৩", "বাংলা র্যাব 3"),
        ("ja", "東京都に", "東京 京都 都に"),
        ("ja", "ｶﾞﾗｽ ガラス 水", "ガラ ラス ガラ ラス 水"),
        ("ja", "2024年iPhoneケース", "2024 年 iphone ケー ース"),
        ("ja", "㈱日立 ３㎏ ㌔", "株 日立 3kg キロ"),
        ("zh", "地震预警，系统", "地震 震预 预警 系统"),
        ("ko", "꿀벌은 물 USB케이블", "꿀벌은 꿀벌 벌은 물 usb 케이블 케이 이블"),
        ("ko", "ㅋㅋ ㅎㅎㅎ", "ㅋㅋ ㅎㅎㅎ ㅎㅎ ㅎㅎ"),
        ("th", "น้ำผึ้ง ๑๒ ผึ้ง2ตัว", "น้ำผึ้ ผึ้ง 12 ผึ้ง 2 ตัว"),
        ("km", "ភាសាខ្មែរ", "ភាសា សាខ្មែ ខ្មែរ"),
        ("am", "ማር እና ንብ", "ማር እና ንብ"),
        ("en", "x² ﬁn ½ ＡＢＣ", "x2 fin 1 2 abc"),
        ("tlh", "bees Honey", "bees honey"),
    ],
)
def test_terms_by_hand(language: str, text: str, expected: str) -> None:
    assert terms(text, language) == expected.split()
    assert [term.term for term in analyse(text, language)] == expected.split()


def test_places_by_hand() -> None:
    assert analyse("Das Honigglas, süß", "de")[1:] == [Term("honigglas", 4, 13), Term("suss", 15, 18)]
    assert analyse("x ｶﾞﾗｽ", "ja") == [Term("x", 0, 1), Term("ガラ", 2, 5), Term("ラス", 4, 6)]
    assert analyse("꿀벌은", "ko") == [Term("꿀벌은", 0, 3), Term("꿀벌", 0, 2), Term("벌은", 1, 3)]
    assert analyse("می\u200cخواهم", "fa") == [Term("مي", 0, 3), Term("خواهم", 3, 8)]
    assert analyse("e\u0301te\u0301 co\u00adop", "fr") == [Term("ete", 0, 5), Term("coop", 6, 11)]


def test_the_stem_is_the_language_s_and_leaves_other_scripts_alone() -> None:
    assert terms("Bienen пчёлами", "de") == ["bien", "пчелами"]
    assert terms("Bienen пчёлами", "ru") == ["bienen", "пчел"]
    assert terms("Bienen", "sw") == ["bienen"]


def test_thai_am_is_one_letter_however_it_is_typed() -> None:
    assert terms("น้ำ", "th") == terms("น้\u0e4d\u0e32", "th") == terms("น\u0e4d้\u0e32", "th") == ["น้ำ"]
    assert matches("น้\u0e4d\u0e32ผึ้ง", "th", terms("น้ำผึ้ง", "th")) == [(0, 8)]


@pytest.mark.parametrize(
    "text", ["", " \n", "?!… «»", "😀👩‍👩‍👧🇩🇪", "1️⃣ #️⃣", "™ ㊙ ℹ️ Ⓜ", "\u200d\u00ad\u0301", "\ud800\0", "ـَ"]
)
def test_nothing_to_search_for(text: str) -> None:
    assert terms(text, "en") == [] == analyse(text, "en")
    assert matches(text, "en", {"a"}) == []


def test_a_language_that_is_none() -> None:
    with pytest.raises(UnknownName):
        terms("x", "no such")
    assert ANALYSIS == "1"


def test_a_word_over_the_limit_is_cut_and_found_again() -> None:
    word = "acgt" * 60
    assert terms(word, "de") == [word[:TERM_LIMIT], word[TERM_LIMIT:]]
    assert [(t.start, t.end) for t in analyse(word, "de")] == [(0, 200), (200, 240)]
    assert all(len(term) <= TERM_LIMIT for term in terms("꿀" * 1000, "ko"))


def test_a_heap_of_marks_is_one_short_term() -> None:
    heap = "क" + "\u0951\u0952" * 50_000
    assert [len(term) for term in terms(heap, "hi")] == [32]
    assert [(t.start, t.end) for t in analyse(heap, "hi")] == [(0, 100_001)]


LONG = {
    "letters": "a", "accents": "e\u0301\u0323", "han": "水", "thai": "น้ำผึ้ง", "hangul": "꿀벌", "zwnj": "می\u200c",
    "soft": "co\u00adop", "flags": "🇩🇪", "dots": ".", "closed": ".)", "conjuncts": "क्", "joined": "👩\u200d",
    "space": " ", "lines": "\n ", "prefix": "\u0600a", "kana": "ｶﾞ", "rlm": "ب\u200f", "sentences": "a. ",
}  # fmt: skip


@pytest.mark.parametrize("unit", LONG.values(), ids=LONG)
def test_time_is_linear(unit: str) -> None:
    """Eight times the text takes less than 32 times as long; quadratic would be 64."""

    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        core.analysis._cached.cache_clear()
        started = time.process_time()
        analyse(text, "ar")
        excerpt(text, "th", ["a"])
        return time.process_time() - started

    short = min(seconds(4_000) for _ in range(3))
    long = min(seconds(32_000) for _ in range(3))
    assert long < 32 * max(short, 0.001)  # eight times the text; a quadratic step would be 64 times the time


@pytest.mark.parametrize("unit", ["a", "水", "꿀", "🇩🇪", "e\u0301\u0323"])
def test_100_000_characters_take_less_than_a_second(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.process_time()
    terms(text, "en")
    assert time.process_time() - started < 1


def test_threads_agree() -> None:
    text = "Die Bienen machten Honig aus dem Nektar der Blumen. " * 20
    expected = [terms(text, tag) for tag in ("de", "ru", "en")]
    found: list[bool] = []

    def work() -> None:
        for _ in range(20):
            core.analysis._cached.cache_clear()
            found.append([terms(text, tag) for tag in ("de", "ru", "en")] == expected)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80 and all(found)


def test_what_is_stored() -> None:
    assert cleaned("a\0b\ud800c\udfffd\r\n\u202e\ufeff é") == "a\u2400b\ufffdc\ufffdd\r\n\u202e\ufeff é"
    assert cleaned("\ud83d\ude00") == "\ufffd\ufffd"
    cleaned("x\ud83dy").encode()


@pytest.mark.parametrize(
    ("language", "text", "query", "expected"),
    [
        ("de", "Die Biene und die Bienen", "bienen", [(4, 9), (18, 24)]),
        ("ja", "東京都と京都", "東京都", [(0, 3), (4, 6)]),
        ("zh", "关于地震预警系统", "地震预警", [(2, 6)]),
        ("th", "ชอบน้ำผึ้งมาก", "น้ำผึ้ง", [(3, 10)]),
        ("ko", "꿀벌은 난다", "꿀벌", [(0, 2)]),
        ("ar", "هذه المَكْتَبَة", "مكتبه", [(4, 15)]),
        ("en", "a ﬁne day", "fine", [(2, 5)]),
        ("en", "nothing here", "", []),
    ],
)
def test_matches(language: str, text: str, query: str, expected: list[tuple[int, int]]) -> None:
    assert matches(text, language, terms(query, language)) == expected


def test_pieces() -> None:
    assert pieces("abcdef", [(1, 3), (5, 6)]) == [("a", 0), ("bc", 1), ("de", 0), ("f", 1)]
    assert pieces("abc", []) == [("abc", 0)]
    assert pieces("abc", [(0, 3)]) == [("abc", 1)]
    assert pieces("", []) == []
    assert pieces("abcdef", [(0, 2), (1, 4)]) == [("ab", 1), ("cd", 1), ("ef", 0)]


def shown(text: str, language: str, query: str, limit: int) -> str:
    start, end = excerpt(text, language, terms(query, language), limit)
    return text[start:end]


def test_excerpts() -> None:
    text = "One is here. Two bees fly. Three bees make honey! Four is there? Five."
    assert shown(text, "en", "honey bees", 100) == text
    assert shown(text, "en", "honey bees", 24) == "Three bees make honey!"
    assert shown(text, "en", "honey bees", 40) == "Three bees make honey! Four is there?"
    assert shown(text, "en", "honey bees", 64) == "Two bees fly. Three bees make honey! Four is there? Five."
    assert shown(text, "en", "bees", 14) == "Two bees fly."
    assert shown(text, "en", "nothing", 14) == "One is here."
    assert shown("地震です。津波です！火山です？", "ja", "津波", 6) == "津波です！"
    assert shown("यह पहला है। यह शहद है। अंत।", "hi", "शहद", 12) == "यह शहद है।"
    assert shown("ما هذا؟ هذا عسل. نعم.", "ar", "عسل", 10) == "هذا عسل."
    assert shown("ผึ้งบิน ทำน้ำผึ้ง ในรัง", "th", "น้ำผึ้ง", 11) == "ทำน้ำผึ้ง"
    assert shown("first line\nsecond bee\r\nthird", "en", "bee", 12) == "second bee"
    assert shown("Version 3.14 is fine. Yes.", "en", "fine", 24) == "Version 3.14 is fine."


def test_an_excerpt_of_a_sentence_over_the_limit() -> None:
    text = "x" * 500 + " honey " + "y" * 500
    found = shown(text, "en", "honey", 100)
    assert len(found) == 100 and "honey" in found
    accents = "e\u0301" * 400
    assert shown(accents, "fr", "", 99) == "e\u0301" * 49
    assert shown("e" + "\u0301" * 900, "fr", "", 99) == "e" + "\u0301" * 900


def test_import_is_quick() -> None:
    code = "import time; t = time.perf_counter(); import core.text; print(time.perf_counter() - t)"
    root = Path(core.analysis.__file__).parent.parent
    runs = [subprocess.run([sys.executable, "-c", code], check=True, cwd=root, capture_output=True) for _ in range(3)]
    assert min(float(run.stdout) for run in runs) < 0.06


def test_letters_that_show_nothing_are_no_terms():
    fillers = "\u115f\u1160\u3164\uffa0"
    assert terms(fillers, "ko") == []
    assert terms(f"{fillers} honey", "en") == ["honey"]
