"""What a carrier and a recovery need of the place off this machine."""

from pathlib import Path
from typing import Protocol


class Shelf(Protocol):
    """A private folder of immutable files. Every method may raise Unreachable, or another AppError that lasts."""

    name: str

    def ready(self) -> None:
        """Makes it where it is missing. Raises Forbidden when others can read it."""
        ...

    def files(self) -> dict[str, int]:
        """Every file's path and its size in bytes."""
        ...

    def push(self, path: str, content: bytes | Path) -> None:
        """Puts a file there; the same file again changes nothing."""
        ...

    def fetch(self, path: str, into: Path) -> None:
        """Writes a file of the shelf to a path of this machine."""
        ...
