"""The app on a slow encoder, for what is shown meanwhile: words of the query say how slow it is, and if it fails."""

import sys
import time
from pathlib import Path

from core.errors import AppError
from core.service import LocalService
from core.settings import DATA, Settings
from core.terminal import ensure_built
from core.workbench import Workbench
from ui.pages import build_app, launch

SECONDS = {"slow": 1.5, "slower": 4.0}
SENTENCE = "The encoder 'static-26' does not answer; start it again."


class Slow(LocalService):
    """`slow` in a query waits, `broken` fails every time, `once` fails the first time it is asked."""

    def __init__(self, *folders: Path) -> None:
        super().__init__(*folders)
        self.failed = set()

    def encode(self, model, texts, side):
        words = set(" ".join(texts).split()) if side == "query" else set()
        time.sleep(sum(seconds for word, seconds in SECONDS.items() if word in words))
        if "broken" in words or ("once" in words and tuple(texts) not in self.failed):
            self.failed.add(tuple(texts))
            raise AppError(SENTENCE)
        return super().encode(model, texts, side)


if __name__ == "__main__":
    bench = Workbench(Settings(host="127.0.0.1", port=int(sys.argv[1])), Slow(DATA / "models"))
    ensure_built(bench, bench.settings.collection)
    bench.warm(bench.settings.collection)
    blocks = build_app(bench)
    launch(bench, blocks)
    blocks.block_thread()
