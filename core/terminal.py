"""What every command needs: a Workbench, one sentence for what is wrong, a bar for what takes long."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from core.errors import AppError
from core.protocols import Progress as Report
from core.settings import Settings
from core.workbench import Workbench


@contextmanager
def workbench() -> Iterator[Workbench]:
    """A Workbench for one command; an error for people is one line and exit status 1."""
    from pydantic import ValidationError

    bench: Workbench | None = None
    try:
        bench = Workbench(Settings())
        yield bench
    except AppError as error:
        fail(str(error))
    except ValidationError as error:
        found = error.errors()[0]
        name = "_".join(map(str, found["loc"])).upper()
        given = "" if name in ("SECRET", "LABELS_TOKEN") else f"={found['input']!s}"
        fail(f"BABELSCOPE_{name}{given} cannot be used: {found['msg']}.")
    finally:
        if bench is not None:
            bench.close()


def fail(sentence: str) -> NoReturn:
    """Ends the program with that sentence on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(sentence))
    raise typer.Exit(1)


@contextmanager
def reported() -> Iterator[Report]:
    """A progress bar on standard error: `report(done, total, what)`."""
    columns = (TextColumn("{task.description:<24}"), BarColumn(), TextColumn("{task.completed:,.0f}/{task.total:,.0f}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def report(done: int, total: int, what: str) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield report


def ensure_built(bench: Workbench, collection_id: str) -> None:
    """Builds the index with a bar, where there is anything to build."""
    if not bench.is_built(collection_id):
        with reported() as report:
            bench.build(collection_id, progress=report)
