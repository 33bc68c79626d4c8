"""The real app in a process of its own, for tests that talk to it as a browser does."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def environment(home: Path) -> dict[str, str]:
    return os.environ | {"BABELSCOPE_HOME": str(home), "GRADIO_ANALYTICS_ENABLED": "False", "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(home: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The app with that home on a free port: the process, and its address once it answers."""
    port, log = free_port(), home / "server.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "app.py", "app", "--port", str(port)],
            cwd=ROOT, env=environment(home), stdout=out, stderr=out,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"The server ended: {log.read_text()}")
        try:
            urllib.request.urlopen(url, timeout=2).read(1)
            return process, url
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"The server did not answer: {log.read_text()}")
