"""`babelscope labels`: look after the grades."""

import json
from pathlib import Path
from typing import Annotated

import typer

from core.terminal import fail, workbench

labels_cli = typer.Typer(help="Look after the grades.", no_args_is_help=True)


@labels_cli.command()
def verify() -> None:
    """Read every grade and say what is wrong; exit status 1 if anything is."""
    from core.store.verifying import verify as verified

    with workbench() as bench:
        report = verified(_there(bench.settings.store_path))
        for fault in report.faults:
            typer.echo(fault)
        if report.faults:
            fail(f"{len(report.faults)} faults. Put a backup in its place: babelscope labels restore FILE.")
        typer.echo(
            f"{report.events:,} events, {report.pairs:,} pairs, nothing wrong; chain ends in {report.head[:12]}."
        )


@labels_cli.command()
def backup(
    folder: Annotated[Path | None, typer.Argument(help="Where to; the home's backups folder otherwise.")] = None,
) -> None:
    """Copy the grades, also while people grade; the copy is verified and says what it holds."""
    from core.store.backup import backup as copied

    with workbench() as bench:
        into = folder or bench.settings.home / "backups"
        made = copied(_there(bench.settings.store_path), into)
        typer.echo(f"{into / made.file}: {made.events:,} events, chain ends in {made.head[:12]}.")


@labels_cli.command()
def restore(file: Annotated[Path, typer.Argument(help="A backup.")]) -> None:
    """Put a backup in the place of the grades; what was there is kept beside it."""
    from core.store.backup import restore as restored

    with workbench() as bench:
        report = restored(file, bench.settings.store_path)
        typer.echo(
            f"Restored {report.events:,} events, {report.pairs:,} judged pairs; chain ends in {report.head[:12]}."
        )


@labels_cli.command()
def history(
    collection: Annotated[str | None, typer.Option("--collection", "-c", help="Only of this collection.")] = None,
    query: Annotated[str | None, typer.Option(help="Only of this query id.")] = None,
    document: Annotated[str | None, typer.Option(help="Only of this document id.")] = None,
) -> None:
    """Every event in its order, one JSON object a line."""
    with workbench() as bench:
        _there(bench.settings.store_path)
        for one in bench.store.history(collection_id=collection, query_id=query, doc_id=document):
            event = one.event
            said = {
                "seq": one.seq, "time": one.server_time, "kind": event.kind, "annotator": event.key.annotator,
                "collection": event.key.collection_id, "query": event.key.query_id, "document": event.key.doc_id,
                "grade": event.grade, "version": one.version, "event": event.event_id, "undoes": event.undoes,
            }  # fmt: skip
            typer.echo(json.dumps(said, ensure_ascii=False))


def _there(path: Path) -> Path:
    if not path.exists():
        fail(f"There are no grades yet: {path} is made when the app first starts.")
    return path
