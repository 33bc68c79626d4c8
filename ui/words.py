"""The words of the interface, from words.toml."""

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("words.toml")


@cache
def words() -> dict[str, str]:
    """Every sentence and label by its key."""
    with FILE.open("rb") as file:
        return tomllib.load(file)


def say(key: str, **values: object) -> str:
    """The interface's words for `key`, filled in."""
    return words()[key].format(**values)
