"""The checks that a collection declares: numbers and units of translations, languages, overlap."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.collections.agreement import disagreements
from core.collections.beir import read_beir, write_beir
from core.collections.checking import faults_of
from core.collections.numbers import numbers, table
from core.errors import BadInput, UnknownName
from core.records import Difference, Document
from tests.core.conftest import small

READ = [
    ("en", "In 1796, 1,400 of 23.4 million, the 8th century, the 1990s", ["1796", "1400", "23400000", "8", "1990"]),
    ("en", "B12, CO2 and GPS3 are no numbers; 5–10 are two", ["5", "10"]),
    ("de", "70.000 km, 23,4 Grad, 200 Milliarden, 1,5 Mio. und im 8. Jahrhundert",
     ["70000", "23.4", "200000000000", "1500000", "8"]),
    ("es", "70 000, 70\u202f000, 200 mil millones y el siglo XIV", ["70", "0", "70000", "200000000000", "14"]),
    ("fr", "1\u202f000 litres, 9,5, le VIIIe siècle, le 20e siècle", ["1000", "9.5", "8", "20"]),
    ("ru", "70\u00a0000, 9,5 и 147 миллионах, в 1990-х, в XX веке", ["70000", "9.5", "147000000", "1990", "20"]),
    ("sw", "kilomita milioni 147.5, elfu 70, bilioni 200 na milioni elfu 2",
     ["147500000", "70000", "200000000000", "2000000000"]),
    ("hi", "१४.७ करोड़, 1,00,000 और 2 लाख, 8वीं सदी", ["147000000", "100000", "200000", "8"]),
    ("bn", "২০,০০০-এর বেশি, ৫৮টি", ["20000", "58"]),
    ("ar", "٧٠٬٠٠٠ و٩٫٥ و147 مليون و200 مليار", ["70000", "9.5", "147000000", "200000000000"]),
    ("fa", "۲۰٬۰۰۰ واحد و ۹٫۵", ["20000", "9.5"]),
    ("he", "כ־20,000 ו־147 מיליון", ["20000", "147000000"]),
    ("ja", "約1億4700万キロメートル、２０００億、2万2000", ["147000000", "200000000000", "22000"]),
    ("zh", "5000千米，1.47亿，100多万，14000兆瓦", ["5000", "147000000", "1000000", "14000"]),
    ("ko", "1억 4700만 킬로미터, 2000억, 10만큼", ["147000000", "200000000000", "10"]),
    ("th", "200 พันล้านมาร์ก ๑๔๗ ล้านกิโลเมตร 20 พันธุ์", ["200000000000", "147000000", "20"]),
    ("id", "20.000 satuan, 9,5 dan 3 juta", ["20000", "9.5", "3000000"]),
    ("pt", "9,5 e 1.000 e 1,000", ["9.5", "1000", "1000"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "values"), READ, ids=[row[0] + str(i) for i, row in enumerate(READ)])
def test_numbers_are_read_as_their_language_writes_them(language, text, values):
    assert [number.name for number in numbers(text, language)] == values


DIGITS = {"ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹", "hi": "०१२३४५६७८९", "bn": "০১২৩৪৫৬৭৮৯", "th": "๐๑๒๓๔๕๖๗๘๙"}
WAYS = [
    ("en", ",", "."), ("de", ".", ","), ("es", "\u202f", ","), ("fr", "\u202f", ","), ("ru", "\u00a0", ","),
    ("id", ".", ","), ("sw", ",", "."), ("hi", ",", "."), ("bn", ",", "."), ("ar", "٬", "٫"), ("ar", ",", "."),
    ("fa", "٬", "٫"), ("he", ",", "."), ("ja", ",", "."), ("zh", "", "."), ("ko", ",", "."), ("th", ",", "."),
    ("de", "'", ","),
]  # fmt: skip
SCALES = [row for row in table("numbers.tsv", ("language", "kind", "word", "factor")) if row[3]]


@given(st.sampled_from(WAYS), st.integers(0, 10**15), st.integers(0, 999), st.booleans())
def test_a_formatted_value_reads_back(way, whole, thousandths, own_digits):
    language, thousands, decimal = way
    value = Decimal(whole) + Decimal(thousandths) / 1000
    text = f"{whole:,}".replace(",", thousands) + (f"{decimal}{thousandths:03}" if thousandths else "")
    if own_digits and language in DIGITS:
        text = text.translate(str.maketrans("0123456789", DIGITS[language]))
    found = numbers(f"({text}); {text}", language)
    assert [number.value for number in found] == [value, value]


@given(st.sampled_from(SCALES), st.integers(1, 999))
def test_every_scale_word_multiplies(scale, count):
    language, kind, word, factor = scale
    word = word.removesuffix("*")
    text = f"{word} {count} ." if kind == "before" else f"{count} {word} ."
    assert [number.value for number in numbers(text, language)] == [count * int(factor)]


def agreeing(*texts: tuple[str, str], exceptions: tuple[Difference, ...] = ()) -> list[str]:
    documents = tuple(Document(f"g.{tag}.{i}", tag, "", text, "g") for i, (tag, text) in enumerate(texts))
    return list(disagreements(replace(small(), documents=documents, checks=("numbers",), exceptions=exceptions)))


FLIGHT = (
    ("en", "They flew 70,000 kilometres at 5 degrees Celsius in 3 weeks."),
    ("hi", "वे ५ डिग्री सेल्सियस पर 3 हफ़्तों में ७०,००० किलोमीटर उड़े।"),
    ("ja", "彼らは5℃で3週間に7万キロメートル飛んだ。"),
    ("sw", "Waliruka kilomita 70,000 kwa nyuzi 5 za Selsiasi kwa wiki 3."),
    ("ru", "Они пролетели 70\u00a0000 километров при 5 °C за 3 недели."),
)


def test_texts_that_agree_in_several_scripts_have_no_fault():
    assert agreeing(*FLIGHT) == []


@pytest.mark.parametrize(
    ("at", "old", "new", "said"),
    [
        (0, "70,000", "7,000", ["'g.en.0' lacks the number 70000", "'g.en.0' has the number 7000 that"]),
        (1, "3 ", "", ["'g.hi.1' lacks the number 3,"]),
        (2, "7万", "7億", ["'g.ja.2' lacks the number 70000", "'g.ja.2' has the number 700000000 that"]),
        (4, "70\u00a0000", "70 000", ["lacks the number 70000", "the number 70 that", "the number 0 that"]),
        (1, "किलोमीटर", "मीटर", ["'g.hi.1' has 70000 without kilometre, unlike other texts of 'g'."]),
        (2, "週間", "日間", ["'g.ja.2' has 3 without week, unlike other texts of 'g'."]),
        (3, "kilomita", "mita", ["'g.sw.3' has 70000 without kilometre, unlike other texts of 'g'."]),
        (4, "°C", "градусов", ["'g.ru.4' has 5 without degree-celsius"]),
        (0, "weeks", "moons", ["'g.en.0' has 3 without week"]),
    ],
)  # fmt: skip
def test_a_wrong_number_or_unit_is_one_sentence(at, old, new, said):
    texts = list(FLIGHT)
    assert old in texts[at][1]
    texts[at] = (texts[at][0], texts[at][1].replace(old, new))
    found = agreeing(*texts)
    assert len(found) == len(said)
    for part in said:
        assert any(part in sentence for sentence in found), (part, found)


def test_a_unit_may_stand_at_another_number_of_the_same_list():
    assert agreeing(("en", "Sleep 7 to 9 hours."), ("ru", "Спать 7–9 часов."), ("es", "Dormir de 7 a 9 horas.")) == []


def test_east_asian_dates_ask_for_no_year_elsewhere():
    assert (
        agreeing(("en", "In 1796 it began."), ("ja", "1796年に始まった。"), ("zh", "始于1796年。"), ("de", "1796."))
        == []
    )


def test_declared_differences_are_no_fault_and_idle_ones_are():
    texts = (("en", "1 hour"), ("de", "1 Stunde"), ("ar", "ساعة واحدة"), ("ja", "1時間、1日に"), ("sw", "kwa saa 1"))
    assert len(agreeing(*texts)) == 2
    right = (Difference("g.ar.2", "missing", "1", "a word"), Difference("g.ja.3", "extra", "1", "a day"))
    assert agreeing(*texts, exceptions=right) == []
    idle = (*right, right[0], Difference("gone", "extra", "7", "?"))
    assert agreeing(*texts, exceptions=idle) == [
        "The exception 'missing 1' of document 'g.ar.2' does not apply; take it out.",
        "The exception 'extra 7' of document 'gone' does not apply; take it out.",
    ]
    unit = (("en", "16 metres"), ("de", "16 Meter"), ("fr", "16 pas"))
    assert agreeing(*unit, exceptions=(Difference("g.fr.2", "missing", "16 metre", "paces"),)) == []


def test_texts_without_a_group_are_not_compared():
    documents = (Document("a", "en", "", "1"), Document("b", "de", "", "2"))
    assert list(disagreements(replace(small(), documents=documents, checks=("numbers",)))) == []


def languages(wrong: int, right: int) -> list[str]:
    good = [Document(f"r{i}", "sw", "", f"Nyuki hukausha nekta katika sega lao {i}.") for i in range(right)]
    bad = [Document(f"w{i}", "en", "", f"ミツバチは花の蜜を巣で乾かす {i}。") for i in range(wrong)]
    japanese = Document("j", "ja", "", "酵母が出すガスを生地が包む。")
    collection = replace(small(), documents=(*good, *bad, japanese), checks=("languages",))
    return list(disagreements(collection))


def test_wrong_languages_are_listed_when_they_are_more_than_one_in_a_hundred():
    assert languages(1, 98) == []  # 1 of 100
    assert languages(1, 97) == ["Document 'w0' is said to be en, but reads as ja."]
    assert len(languages(2, 98)) == 2


def overlapping(shared: int, *, near: tuple[tuple[str, str], ...] = (), group: str = "b") -> list[str]:
    """Two texts of 10 words, `shared` of them the same, when the commonest two of 22 to 27 words are left out."""
    common = ["water", "stone"]  # in all three documents
    first = [f"word{chr(97 + i)}" for i in range(10)]
    second = first[:shared] + [f"other{chr(97 + i)}" for i in range(10 - shared)]
    third = common + [f"third{chr(97 + i)}" for i in range(10)]
    documents = (
        Document("a.en", "en", "", " ".join(common + first), "a"),
        Document("b.en", "en", "", " ".join(common + second), group),
        Document("c.en", "en", "", " ".join(third), "c"),
    )
    return list(disagreements(replace(small(), documents=documents, checks=("overlap",), near=near)))


def test_overlap_counts_from_more_than_half():
    assert overlapping(5) == []
    assert overlapping(6) == ["Documents 'a.en' and 'b.en' share 60 % of their index terms, more than half."]


def test_overlap_is_right_in_near_misses_and_in_one_group():
    assert overlapping(9, near=(("b", "a"),)) == []
    assert overlapping(9, group="a") == []
    assert overlapping(5, near=(("a", "gone"),)) == ["near-misses.tsv names the group 'gone', which is not there."]


def test_checks_near_misses_and_exceptions_are_read_back(tmp_path):
    exceptions = (
        Difference("honey.ar", "missing", "1", "the word wāḥid"),
        Difference("honey.ja", "extra", "9.5", "a day"),
    )
    collection = replace(small(), checks=("overlap", "numbers"), near=(("honey", "bread"),), exceptions=exceptions)
    write_beir(collection, tmp_path / "small")
    assert read_beir(tmp_path / "small") == collection
    assert faults_of(collection) == [
        "The exception 'missing 1' of document 'honey.ar' does not apply; take it out.",
        "The exception 'extra 9.5' of document 'honey.ja' does not apply; take it out.",
    ]


def test_without_checks_nothing_is_looked_at():
    assert list(disagreements(replace(small(), exceptions=(Difference("gone", "extra", "1", ""),)))) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("collection.toml", 'checks = ["number"]', "No check 'number'. Did you mean 'numbers'?"),
        ("collection.toml", 'checks = "numbers"', "`checks` of collection.toml is a list"),
        ("near-misses.tsv", "a\tb\n", "line 1 is not the heading a, b, why"),
        ("near-misses.tsv", "a\tb\twhy\nhoney\tbread\n", "line 2 is not a, b, why"),
        ("exceptions.tsv", "doc_id\tkind\tvalue\twhy\nx\tmore\t1\t\n", "line 2: the kind is missing or extra"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(folder, name, content, said):
    (folder / name).write_text(content, "utf-8")
    with pytest.raises(BadInput) as found:
        read_beir(folder)
    assert said in str(found.value)
    assert isinstance(found.value, UnknownName) == said.startswith("No check")
