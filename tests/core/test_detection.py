"""Short queries in twelve languages, written for this test, and the cases that scripts decide."""

import threading

import pytest

from core.detection import detect, warm
from core.errors import UnknownName

DEMO = ("ar", "de", "en", "es", "fr", "hi", "ja", "ko", "ru", "sw", "th", "zh")
STATIC_26 = (
    *("ar", "bn", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "id", "it"),
    *("ja", "ko", "nl", "pl", "pt", "ro", "ru", "sw", "th", "tr", "uk", "vi", "zh"),
)

QUERIES = {
    "ar": ["كيف يصنع النحل العسل", "أسباب المد والجزر", "فوائد النوم", "تاريخ الورق", "هل القهوة مضرة", "زلزال"],
    "de": ["wie machen Bienen Honig", "Ursachen von Ebbe und Flut", "Erdbeben Vorhersage", "warum ist der Himmel blau",
           "Geschichte des Papiers", "gesunder Schlaf"],
    "en": ["how do bees make honey", "what causes the tides", "earthquake prediction", "why is the sky blue",
           "history of paper", "healthy sleep"],
    "es": ["cómo hacen la miel las abejas", "por qué hay mareas", "predicción de terremotos", "el cielo azul",
           "historia del papel", "dormir bien"],
    "fr": ["comment les abeilles font le miel", "causes des marées", "prévoir un tremblement de terre",
           "pourquoi le ciel est bleu", "histoire du papier", "bien dormir la nuit"],
    "hi": ["मधुमक्खियाँ शहद कैसे बनाती हैं", "ज्वार भाटा क्यों आता है", "भूकंप", "आसमान नीला क्यों है", "कागज़ का इतिहास",
           "अच्छी नींद"],
    "ja": ["ミツバチはどうやって蜂蜜を作るのか", "潮の満ち引きの原因", "地震の予測", "空が青い理由", "紙の歴史",
           "駅前図書館"],
    "ko": ["꿀벌은 어떻게 꿀을 만드나", "밀물과 썰물의 원인", "지진 예측", "하늘은 왜 파란가", "종이의 역사", "수면"],
    "ru": ["как пчёлы делают мёд", "причины приливов", "землетрясение", "почему небо голубое", "история бумаги", "сон"],
    "sw": ["nyuki hutengenezaje asali", "sababu za kujaa na kupwa kwa maji", "utabiri wa tetemeko la ardhi",
           "kwa nini anga ni la buluu", "historia ya karatasi", "usingizi mzuri"],
    "th": ["ผึ้งทำน้ำผึ้งอย่างไร", "น้ำขึ้นน้ำลงเกิดจากอะไร", "แผ่นดินไหว", "ทำไมท้องฟ้าเป็นสีฟ้า", "ประวัติกระดาษ", "การนอนหลับ"],
    "zh": ["蜜蜂怎样酿蜜", "潮汐的成因", "地震预警", "天空为什么是蓝色的", "纸的历史", "睡眠"],
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    warm()


@pytest.mark.parametrize("among", [DEMO, STATIC_26], ids=["demo", "static-26"])
def test_short_queries(among: tuple[str, ...]) -> None:
    asked = [(tag, query) for tag, queries in QUERIES.items() for query in queries]
    wrong = [(tag, query, detect(query, among)) for tag, query in asked if detect(query, among)[0] != tag]
    assert len(wrong) <= 0.05 * len(asked), wrong


def test_confidence_is_between_nothing_and_certainty_and_grows_with_the_text() -> None:
    for tag, queries in QUERIES.items():
        for query in queries:
            assert 0 < detect(query, DEMO)[1] <= 1, (tag, query)
    short, long = detect("no", DEMO)[1], detect("why is the sky blue and how do the bees make their honey", DEMO)[1]
    assert short < long


@pytest.mark.parametrize("text", ["", "   ", "?!", "12345", "😀🎉", "\ud800", "1️⃣"])
def test_no_letters(text: str) -> None:
    assert detect(text, ("sw", "en")) == ("sw", 0.0)
    assert detect(text, ()) == ("und", 0.0)


def test_nothing_to_choose_from() -> None:
    assert detect("hello", ()) == ("und", 0.0)


@pytest.mark.parametrize(
    ("text", "among", "tag"),
    [
        ("USBケーブル", DEMO, "ja"),
        ("iPhone 电池更换", DEMO, "zh"),
        ("iPhone 배터리", DEMO, "ko"),
        ("東京", ("ja", "en"), "ja"),
        ("東京", ("ja", "zh"), "zh"),
        ("空気", ("zh", "ja"), "ja"),
        ("臺灣歷史", ("zh", "zh-Hant", "ja"), "zh-Hant"),
        ("台湾历史", ("zh-Hant", "zh", "ja"), "zh"),
        ("what does 東京 mean in English", DEMO, "en"),
        ("मराठी भाषा आणि साहित्य", ("en", "mr"), "mr"),
        ("добрий день, як справи", ("ru", "uk", "en"), "uk"),
        ("این کتاب را دوست دارم", ("ar", "fa", "ur"), "fa"),
        ("o livro que eu não li", ("es", "pt-BR"), "pt-BR"),
        ("boken som jeg ikke har lest", ("sv", "nb", "fi"), "nb"),
    ],
)
def test_scripts_and_neighbours(text: str, among: tuple[str, ...], tag: str) -> None:
    assert detect(text, among)[0] == tag


def test_a_script_that_nobody_writes() -> None:
    assert detect("ผึ้งทำน้ำผึ้ง", ("de", "en")) == ("de", 0.0)


def test_languages_that_the_identifier_does_not_know() -> None:
    assert detect("Mbote na yo", ("su", "wo")) == ("su", 0.0)
    assert detect("the cat sat on the mat", ("su", "en"))[0] == "en"


def test_a_long_text_is_read_from_its_start() -> None:
    assert detect("nyuki hutengenezaje asali " * 100_000, DEMO)[0] == "sw"


def test_the_package_s_own_identifier_is_left_alone() -> None:
    import py3langid.langid

    detect("how do bees make honey", ("en", "de"))
    assert py3langid.langid.IDENTIFIER is None


def test_threads() -> None:
    found: list[str] = []
    asked = [(tag, query) for tag, queries in QUERIES.items() for query in queries] * 4

    def work(part: int) -> None:
        found.extend(tag for tag, query in asked[part::4] if detect(query, DEMO) != detect(query, DEMO))

    threads = [threading.Thread(target=work, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == []


def test_a_tag_that_is_none() -> None:
    with pytest.raises(UnknownName):
        detect("hello", ("en", "not a tag"))
