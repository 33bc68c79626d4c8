"""`babelscope collection`: look at collections, take them in."""

from pathlib import Path
from typing import Annotated

import typer

from core.terminal import fail, reported, workbench

collection_cli = typer.Typer(help="Look at collections, take them in.", no_args_is_help=True)


@collection_cli.command()
def add(
    path: Annotated[Path, typer.Argument(help="A BEIR folder, or .csv, .tsv, .jsonl (also .gz) or .parquet.")],
    name: Annotated[str | None, typer.Option(help="The collection's id; the file's name otherwise.")] = None,
    columns: Annotated[str, typer.Option(help="Which column is what: id=…,title=…,text=…,language=…,group=…")] = "",
    language: Annotated[str | None, typer.Option("--language", "-l", help="Of all documents; else detected.")] = None,
) -> None:
    """Take documents in; rows that cannot be used go to a quarantine file."""
    from core.collections.columns import asked_columns
    from core.collections.importing import Wish
    from core.collections.summary import summary_text

    with workbench() as bench, reported() as report:
        taken = bench.take(path, Wish(name, asked_columns(columns), language), progress=report)
    typer.echo(summary_text(*taken))


@collection_cli.command()
def preview(
    path: Annotated[Path, typer.Argument(help="A BEIR folder, or .csv, .tsv, .jsonl (also .gz) or .parquet.")],
    columns: Annotated[str, typer.Option(help="Which column is what: id=…,title=…,text=…,language=…,group=…")] = "",
    language: Annotated[str | None, typer.Option("--language", "-l", help="Of all documents; else detected.")] = None,
) -> None:
    """Say what `add` would make of it, from the first rows; nothing is taken in."""
    from core.collections.columns import asked_columns
    from core.collections.importing import Wish
    from core.collections.summary import preview_text

    with workbench() as bench:
        typer.echo(preview_text(bench.preview(path, Wish(None, asked_columns(columns), language))))


@collection_cli.command("list")
def list_collections() -> None:
    """The collections there are."""
    with workbench() as bench:
        for collection_id in bench.collections():
            collection = bench.collection(collection_id)
            languages = " ".join(f"{tag} {count:,}" for tag, count in collection.languages.items())
            typer.echo(
                f"{collection_id}: {collection.name}; {len(collection.documents):,} documents ({languages}), "
                f"{len(collection.queries):,} queries, {len(collection.qrels):,} judgments; "
                f"{collection.provenance}; {collection.licence}"
            )


@collection_cli.command()
def check(what: Annotated[str, typer.Argument(help="A collection's id or a BEIR folder.")] = "demo") -> None:
    """Say what is wrong with a collection; exit status 1 if anything is."""
    from core.collections.beir import read_beir
    from core.collections.checking import faults_of

    with workbench() as bench:
        known = what in bench.collections() and not Path(what, "corpus.jsonl").is_file()
        collection = bench.collection(what) if known else read_beir(Path(what))
        faults = faults_of(collection)
        for fault in faults:
            typer.echo(fault)
        if faults:
            fail(f"'{collection.collection_id}': {len(faults)} faults.")
        typer.echo(f"'{collection.collection_id}': {len(collection.documents):,} documents, no fault found.")
