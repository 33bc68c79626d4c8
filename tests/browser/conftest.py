"""The real app in a process of its own, a real browser, a page that fails its test on any console error."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from hostile import write_corpus, write_hostile

try:
    from playwright import sync_api as playwright
except ImportError:
    playwright = None
else:
    playwright.expect.set_options(timeout=15_000)  # a loaded machine

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("BABELSCOPE_CHROMIUM", "/usr/bin/chromium")

READY = (
    ".babelscope .empty:not([hidden]) h2, .babelscope article.card, .babelscope .notes .error, .babelscope .failed, "
    ".babelscope .atlas[data-done], .babelscope .shelf[data-done]"
)


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    sources = tmp_path_factory.mktemp("source")
    for name, write in (("hostile", write_hostile), ("corpus", write_corpus)):
        write(sources / name)
        command(["index", str(sources / name)], folder)
    return folder


@contextmanager
def serving(home, program):
    """That program with a home and a port of its own, as long as one needs it: its address."""
    port = free_port()
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *program, str(port)], cwd=ROOT, env=environment(home), stdout=log, stderr=log
        )
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url, process, home / "server.log")
            yield url
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def server(home):
    with serving(home, ["app.py", "app", "--port"]) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    if playwright is None:
        pytest.skip("NOT TESTED IN A BROWSER: playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"NOT TESTED IN A BROWSER: there is no {CHROMIUM}; set BABELSCOPE_CHROMIUM")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser, server):
    """Opens pages; the test fails when one of them logged an error."""
    contexts, errors = [], []

    def open_one(path="/", init="", **options):
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
        context.set_default_timeout(15_000)
        context.add_init_script(init)
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
        page.goto(server + path)
        page.wait_for_function(f"document.querySelector('{READY}')")
        contexts.append(context)
        return page

    open_one.errors = errors
    yield open_one
    for context in contexts:
        context.close()
    assert errors == []


def command(arguments, folder):
    done = subprocess.run(
        [sys.executable, "app.py", *arguments], cwd=ROOT, env=environment(folder), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment(folder):
    return os.environ | {"BABELSCOPE_HOME": str(folder), "GRADIO_ANALYTICS_ENABLED": "False", "PYTHONPATH": str(ROOT)}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, process, log):
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"The server ended: {log.read_text()}")
        try:
            urllib.request.urlopen(url, timeout=2).read(1)
            return
        except urllib.error.HTTPError:
            return  # it asks for a sign-in
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"The server did not answer: {log.read_text()}")
