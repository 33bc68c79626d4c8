import subprocess
import sys
from pathlib import Path

import pytest
import Stemmer

import core.languages
from core.errors import Damaged, UnknownName
from core.languages import Language, language, languages

STATIC_26 = (
    *("ar", "bn", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "id", "it"),
    *("ja", "ko", "nl", "pl", "pt", "ro", "ru", "sw", "th", "tr", "uk", "vi", "zh"),
)


def test_the_table() -> None:
    rows = languages()
    tags = [row.tag for row in rows]
    assert tags == sorted(set(tags)) and len(tags) == 123
    assert set(STATIC_26) <= set(tags)
    assert {"te", "ta", "yo", "ur", "km", "my", "lo", "am", "zu", "ha", "hu", "sv", "da", "no", "cs", "zh-Hant"} <= set(
        tags
    )
    for row in rows:
        assert row.name and row.endonym and len(row.script) == 4, row
        assert row.stemmer in {"", *Stemmer.algorithms()}, row
        assert row.line_height == (1.7 if row.script in {"Thai", "Deva", "Beng", "Arab"} else 1.5), row
        assert (row.direction == "rtl") == (row.script in {"Arab", "Hebr"}), row


def test_rows_by_hand() -> None:
    assert language("sw") == Language("sw", "Swahili", "Kiswahili", "Latn", "ltr", "words", "", 1.5)
    assert language("ar") == Language("ar", "Arabic", "العربية", "Arab", "rtl", "words", "arabic", 1.7)
    assert language("th") == Language("th", "Thai", "ไทย", "Thai", "ltr", "sea", "", 1.7)
    assert language("ja").segmentation == "cjk" and language("ko").segmentation == "hangul"


@pytest.mark.parametrize(
    ("tag", "kept", "name"),
    [
        ("pt-BR", "pt-BR", "Portuguese"),
        ("sr-Latn-RS", "sr-Latn-RS", "Serbian"),
        ("iw", "he", "Hebrew"),
        ("iw-IL", "he-IL", "Hebrew"),
        ("in", "id", "Indonesian"),
        ("zh-Hans", "zh-Hans", "Chinese"),
        ("zh-Hant-HK", "zh-Hant-HK", "Traditional Chinese"),
        ("zh-TW", "zh-TW", "Traditional Chinese"),
    ],
)
def test_longer_and_withdrawn_tags(tag: str, kept: str, name: str) -> None:
    row = language(tag)
    assert (row.tag, row.name) == (kept, name)


def test_a_language_without_a_row() -> None:
    assert language("tlh") == Language("tlh", "tlh", "tlh", "Zyyy", "auto", "words", "", 1.5)
    assert language("xx-Latn").name == "xx-Latn"


@pytest.mark.parametrize(
    "tag", ["", "x", "EN", "english", "en_US", "en-", "-en", "en us", "en\n", "en-é", "日本", "en-x"]
)
def test_what_is_no_tag(tag: str) -> None:
    with pytest.raises(UnknownName, match="No language"):
        language(tag)


@pytest.mark.parametrize("content", [b"", b"tag\tname\n", b"\xff\xfe"])
def test_a_damaged_table(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "languages.tsv").write_bytes(content)
    monkeypatch.setattr(core.languages, "_TABLE", tmp_path / "languages.tsv")
    with pytest.raises(Damaged, match=r"languages\.tsv"):
        languages.__wrapped__()


@pytest.mark.parametrize("row", ["en\tEnglish", "en\tEnglish\tEnglish\tLatn\tup\twords\t\t1.5"])
def test_a_damaged_row(row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "\t".join(core.languages._COLUMNS)
    (tmp_path / "languages.tsv").write_text(f"{head}\n{row}\n")
    monkeypatch.setattr(core.languages, "_TABLE", tmp_path / "languages.tsv")
    with pytest.raises(Damaged, match="Line 2 of"):
        languages.__wrapped__()


def test_a_missing_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.languages, "_TABLE", tmp_path / "none.tsv")
    with pytest.raises(Damaged):
        languages.__wrapped__()


def test_importing_reads_and_loads_nothing() -> None:
    code = (
        "import sys, core.text, core.detection\n"
        "heavy = {'Stemmer', 'py3langid', 'numpy', 'pydantic'} & set(sys.modules)\n"
        "from core.languages import languages\n"
        "sys.exit(f'{heavy} {languages.cache_info()}' if heavy or languages.cache_info().currsize else 0)"
    )
    root = Path(core.languages.__file__).parent.parent
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
