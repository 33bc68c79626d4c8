"""How much of something one party may have: a bucket that fills steadily and never over its brim."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second after that."""

    burst: float
    per_second: float


class Buckets:
    """One bucket a key. The least used are forgotten, so that strangers cannot fill the memory."""

    def __init__(self, rate: Rate, *, most: int = 10_000, now: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.most, self.now = rate, most, now
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key → level, and when it was that
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Takes one; gives the seconds to wait where there is none, else 0."""
        with self._lock:
            now = self.now()
            level = self._level(key, now)
            wait = max(0.0, 1.0 - level) / self.rate.per_second
            self._keep(key, level if wait else level - 1.0, now)
            return wait

    def give_back(self, key: str) -> None:
        """One that was taken and should not count."""
        with self._lock:
            now = self.now()
            self._keep(key, min(self.rate.burst, self._level(key, now) + 1.0), now)

    def __len__(self) -> int:
        return len(self._levels)

    def _level(self, key: str, now: float) -> float:
        level, since = self._levels.get(key, (self.rate.burst, now))
        return min(self.rate.burst, level + max(0.0, now - since) * self.rate.per_second)

    def _keep(self, key: str, level: float, now: float) -> None:
        self._levels[key] = (level, now)
        self._levels.move_to_end(key)
        while len(self._levels) > self.most:
            self._levels.popitem(last=False)
