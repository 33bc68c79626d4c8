"""The Dockerfile's steps run for real, as far as that goes without a daemon; and SIGTERM ends the app cleanly."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from core.store.verifying import verify
from tests.deploy.container import Container, missing
from tests.faults.figures import record
from tests.serving import start

pytestmark = pytest.mark.slow

ENDS_SECONDS = 10  # then `docker stop` kills

GRADE = """
import json, sys, urllib.request
base = "http://127.0.0.1:7860"
assert urllib.request.urlopen(base + "/").status == 200
parts = json.load(urllib.request.urlopen(base + "/config"))["components"]
part = next(part["id"] for part in parts if "save_grade" in str(part["props"]))
data = {"event_id": "01900000-0000-7000-8000-000000000001", "annotator": "4a8b1c9e-0d52-4e0e-9a53-2f6d0b7c1e11",
        "annotator_name": "Ada", "collection": "demo", "query": "nyuki", "language": "sw", "doc": "honey.sw",
        "grade": 3, "expected_version": None, "system": "bm25", "rank": 1, "client_time": "2026-01-01T00:00:00+00:00"}
body = {"data": data, "component_id": part, "fn_name": "save_grade", "session_hash": "s"}
request = urllib.request.Request(base + "/gradio_api/component_server/", json.dumps(body).encode(),
                                 {"Content-Type": "application/json"})
print(urllib.request.urlopen(request).read().decode())
"""


@pytest.fixture(scope="module")
def container(tmp_path_factory):
    why = missing()
    if why:
        pytest.skip(f"the Dockerfile's steps were not run: {why}")
    made = Container(tmp_path_factory.mktemp("container"))
    try:
        made.build()
        yield made
    finally:
        made.close()


def started(container: Container) -> tuple[subprocess.Popen[bytes], int, float]:
    """The app, its process id as this machine counts, and the seconds until it was healthy."""
    begun = time.monotonic()
    process = container.start()
    while not container.healthy():
        assert process.poll() is None, container.log.read_text()
        assert time.monotonic() < begun + 120
        time.sleep(0.5)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return process, int(children[0]), time.monotonic() - begun


def computed(pid: int) -> float:
    """Seconds of a processor that it has had: waiting for others on a busy machine is not its own."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ended(process: subprocess.Popen[bytes], pid: int) -> float:
    """Seconds from SIGTERM to the end."""
    begun = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    process.wait(timeout=60)
    return time.monotonic() - begun


def test_it_serves_without_network_on_a_read_only_root_and_ends_in_time(container):
    process, pid, seconds = started(container)
    busy = computed(pid)
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    assert status["Uid"].split() == ["1000"] * 4
    assert status["NSpid"].split()[-1] == "1"
    assert int(status["CapEff"], 16) == 0
    devices = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
    assert [line.split(":")[0].strip() for line in devices if "sit0" not in line and "tunl0" not in line] == ["lo"]
    assert container.run(["touch", "/home/user/x"]).returncode != 0
    assert container.run(["touch", "/venv/x"]).returncode != 0

    answer = container.run(["python", "-c", GRADE])
    assert json.loads(answer.stdout)["ok"] is True, answer.stderr
    last = ended(process, pid)
    assert process.returncode == 0, container.log.read_text()
    assert last < ENDS_SECONDS
    assert not (container.volume / "store.db-wal").exists()
    report = verify(container.volume / "store.db")
    assert (report.faults, report.events) == ((), 1)

    process, pid, again = started(container)
    assert ended(process, pid) < ENDS_SECONDS
    assert busy < 60
    record(
        "32",
        "the Dockerfile's steps as uid 1000, process 1, no network, read-only root, one volume",
        f"healthy after {seconds:.0f} s ({busy:.0f} s of a processor) at the first start, {again:.0f} s at the second; "
        f"a grade saved; SIGTERM ends it in {last:.1f} s",
    )


def test_sigterm_ends_the_app_while_a_page_is_open_and_the_log_is_folded_in(tmp_path):
    process, url = start(tmp_path)
    streaming = urllib.request.urlopen(f"{url}/gradio_api/heartbeat/abc", timeout=30)
    threading.Thread(target=lambda: streaming.read(1), daemon=True).start()
    assert urllib.request.urlopen(f"{url}/health").status == 200  # has written to the log
    assert (tmp_path / "store.db-wal").stat().st_size > 0
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert time.monotonic() - begun < ENDS_SECONDS
    assert not (tmp_path / "store.db-wal").exists()
    assert verify(tmp_path / "store.db").faults == ()


def test_sigterm_while_the_index_is_built_ends_at_once(tmp_path):
    from tests.serving import ROOT, environment, free_port

    process = subprocess.Popen(
        [sys.executable, "-c", "import sys, app; sys.argv = ['babelscope', 'app', '--port', sys.argv[1]]; app.main()",
         str(free_port())],
        cwd=ROOT, env=environment(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not (tmp_path / "index").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=ENDS_SECONDS) != -signal.SIGTERM
