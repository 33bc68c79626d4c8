"""The corpora that training may read: corpora.toml says whence each is and under which licence."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from core.errors import Damaged

_TABLE = Path(__file__).with_name("corpora.toml")


@dataclass(frozen=True, slots=True)
class Corpus:
    """A source of text and what may be done with it.

    `weight`: how often a row is drawn beside others; `running`: rows follow each other in a text; `prose`: whole
    sentences, fit to learn words from; `sources`: GitHub repository@revision.
    """

    name: str
    licence: str
    alignment: str
    sources: tuple[str, ...]
    weight: float = 1.0
    running: bool = False
    prose: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the sources are, one address each."""
        return tuple(f"https://github.com/{source.partition('@')[0].partition('#')[0]}" for source in self.sources)


def corpora(table: Path = _TABLE) -> dict[str, Corpus]:
    """Every declared corpus by name. Raises Damaged when the table is not as it should be."""
    try:
        declared = tomllib.loads(table.read_text("utf-8"))
        rows = {name: Corpus(name, **row | {"sources": tuple(row["sources"])}) for name, row in declared.items()}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Damaged(f"The table of corpora {table} cannot be read ({error}).") from error
    unlicensed = [name for name, row in rows.items() if not row.licence.strip()]
    if unlicensed:
        raise Damaged(f"The table of corpora {table} names no licence for {', '.join(unlicensed)}.")
    return rows
