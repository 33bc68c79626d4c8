"""The scripts: whole, known to the language, and without a way to read HTML."""

import re
import shutil
import subprocess

import pytest

from ui.assets import ALIGNMENT_SCRIPTS, COLLECTIONS_SCRIPTS, HERE, SEARCH_SCRIPTS, head, script
from ui.words import words

FILES = sorted((HERE / "js").glob("*.js"))


def test_every_file_is_used():
    assert {path.stem for path in FILES} == {*SEARCH_SCRIPTS, *ALIGNMENT_SCRIPTS, *COLLECTIONS_SCRIPTS, "theme"}
    assert script(*SEARCH_SCRIPTS).count("function makeSearch") == 1
    assert head().count("<style>") == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scripts_parse(path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the scripts were not parsed")
    subprocess.run([node, "--check", path], check=True)


PAGES = {"search": SEARCH_SCRIPTS, "alignment": ALIGNMENT_SCRIPTS, "collections": COLLECTIONS_SCRIPTS}


@pytest.mark.parametrize("names", PAGES.values(), ids=PAGES)
def test_the_files_of_a_page_are_one_script(names, tmp_path):
    """Two files must not define the same name."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the scripts were not parsed")
    (tmp_path / "page.js").write_text(script(*names))
    subprocess.run([node, "--check", tmp_path / "page.js"], check=True)


def test_text_never_becomes_html():
    dangerous = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function|</script"
    assert re.findall(dangerous, script(*SEARCH_SCRIPTS, *ALIGNMENT_SCRIPTS, *COLLECTIONS_SCRIPTS, "theme")) == []


def test_every_word_that_is_said_exists_and_none_is_left_over():
    source = script(*SEARCH_SCRIPTS, *ALIGNMENT_SCRIPTS, *COLLECTIONS_SCRIPTS) + "".join(
        path.read_text() for path in HERE.rglob("*.py") if path.name != "words.py"
    )
    families = ("provenance.", "undo.", "redo.", "strip.overlap.", "strip.rbo.", "match.", "panel.", "why.")
    assert [key for key in words() if f'"{key}"' not in source and not key.startswith(families)] == []
    assert set(re.findall(r'say\("([^"]+)"', source)) - set(words()) == set()
