"""Reliability 4: the disk fills, files may not grow, rights or the home go, all while people grade.

A sentence within a second, nothing acknowledged that is not stored, and grading goes on without a restart afterwards.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.figures import record
from tests.faults.outages import SCENARIOS

ROOT = Path(__file__).resolve().parents[2]
GOES_ON = ("folder read-only", "file without rights")  # the files are open already, and what is acknowledged is stored
TOLD = {
    "disk full": "disk is full",
    "file-size limit": "disk I/O error",
    "folder without rights": "Permission denied",
    "home moved away": "moved or deleted",
    "home deleted": "moved or deleted",
}


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of 8 MiB at that folder; skips where none can be made."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def seen(level: str, home: Path, scenario: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.outages", level, str(home), scenario],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("level", ["store", "app"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_disk_goes_and_comes_back(level, scenario):
    folder = Path(tempfile.mkdtemp())  # pytest's own is closed to others, and rights need another user than root
    folder.chmod(0o755)
    home = folder / "home"
    try:
        if scenario == "disk full":
            with small_disk(home):
                result = seen(level, home, scenario)
        else:
            result = seen(level, home, scenario)
    finally:
        shutil.rmtree(folder)
    if scenario in GOES_ON:
        assert (result["told"], result["meanwhile"]) == ("", 20)
        said = "grading goes on in the open file"
    else:
        assert TOLD[scenario] in result["told"]
        assert "\n" not in result["told"]
        said = f"sentence in {result['seconds']:.2f} s"
    record("4", "faults injected", "1")
    record("4", f"{scenario}, {level}", f"{said}, {result['lost']} lost, {len(result['faults'])} faults, no restart")
    assert result["seconds"] <= 1
    assert (result["lost"], result["unacknowledged"], result["faults"]) == (0, 0, [])


@pytest.mark.skipif(os.name != "posix", reason="needs rights")
def test_a_folder_that_takes_nothing_is_told_at_the_start(tmp_path):
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom core.errors import AppError\n"
        "from core.store.store import Store\n"
        "home = Path(sys.argv[1]); Store.open(home / 'warm' / 'store.db').close(); home.chmod(0o555)\n"
        f"os.getuid() or os.setuid({65_534})\n"
        "try:\n    Store.open(home / 'store.db')\nexcept AppError as error:\n    print(error)\n"
    )
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", code, folder], cwd=ROOT, capture_output=True, text=True, check=False)
    folder.chmod(0o755)
    shutil.rmtree(folder)
    assert "Permission denied" in done.stdout and "mend its rights" in done.stdout, done.stderr
