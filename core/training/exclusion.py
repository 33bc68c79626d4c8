"""What a model is measured on, so that training can leave it out."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from core.errors import BadInput
from core.training.reading import SHORTEST, key, lines, sentences


def measured(data: Path, more: Iterable[Path] = ()) -> frozenset[str]:
    """Keys of the texts and sentences in DIR/dev, DIR/retrieval and the files given. Raises BadInput without a file."""
    given = list(more)
    for path in given:
        if not path.is_file():
            raise BadInput(f"There is no file {path} to exclude.")
    paths = [*sorted((data / "dev").glob("*.tsv*")), *sorted((data / "retrieval").glob("*/*.jsonl")), *given]
    found = (key(part) for path in paths for text in _texts(path) for part in sentences(text))
    return frozenset(part for part in found if len(part) > SHORTEST)


def _texts(path: Path) -> Iterator[str]:
    for line in lines(path):
        text = line.decode("utf-8", "replace")
        if ".jsonl" in path.name:
            try:
                record = json.loads(text)
            except ValueError as error:
                raise BadInput(f"{path} is not JSON Lines ({error}).") from error
            yield from (value for value in record.values() if isinstance(value, str))
        else:
            yield from text.split("\t")
