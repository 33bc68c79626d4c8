"""The command line: what the pages do, for scripts and terminals."""

import json
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from core.commands.collections import collection_cli
from core.commands.labels import labels_cli
from core.commands.people import people_cli
from core.commands.quality import quality
from core.commands.sets import sets_cli
from core.commands.space import space
from core.commands.training import train_cli
from core.comparing import Move, movement
from core.errors import BadInput
from core.records import Document, Trace
from core.settings import EMBEDDED
from core.terminal import ensure_built, fail, reported, workbench

COMPARED = 100
"""Ranks of each list that are looked at for where a document was before."""
Moves = dict[str, list[Move]]

cli = typer.Typer(
    help="Multilingual search, side by side.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
export_cli = typer.Typer(help="Take out what was labelled.", no_args_is_help=True)
cli.add_typer(collection_cli, name="collection")
cli.add_typer(export_cli, name="export")
cli.add_typer(labels_cli, name="labels")
cli.add_typer(train_cli, name="train")
cli.add_typer(people_cli, name="people")
cli.add_typer(sets_cli, name="sets")
cli.command()(quality)
cli.command()(space)


class Layout(StrEnum):
    """The layouts of a qrels file."""

    beir = "beir"
    trec = "trec"


Systems = Annotated[list[str] | None, typer.Option("--system", "-s", help="A system's name; several are compared.")]
Name = Annotated[str, typer.Option("--collection", "-c", help="The collection's id.")]


@cli.command()
def index(
    what: Annotated[str, typer.Argument(help="A collection's id or a BEIR folder.")] = "demo",
    name: Annotated[str | None, typer.Option(help="The id a folder gets; its own name otherwise.")] = None,
) -> None:
    """Build or resume the index of a collection; a BEIR folder is taken in first."""
    with workbench() as bench:
        collection_id = (
            what if what in bench.collections() and name is None else bench.add(Path(what), name).collection_id
        )
        with reported() as report:
            built = bench.build(collection_id, progress=report)
        typer.echo(f"'{collection_id}': {built.info.count:,} documents indexed.")


@cli.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for, in any language.")],
    system: Systems = None,
    collection: Name = "demo",
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="The query's language; else detected.")
    ] = None,
    documents: Annotated[
        list[str] | None, typer.Option("--documents", "-d", help="Only documents in this language.")
    ] = None,
    top: Annotated[int, typer.Option("--top", "-n", min=1, max=1000, help="Documents to show.")] = 10,
    reference: Annotated[
        int | None,
        typer.Option("--reference", "-r", min=1, help="Number of the system that the others are compared with."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search with one or several systems."""
    with workbench() as bench:
        ensure_built(bench, collection)
        asked, confidence = bench.query(collection, query, language)
        traces = list(bench.search(asked, system or bench.default, collection_id=collection, languages=documents or ()))
        moves = _moves(traces, reference, top)
        wanted = {hit.doc_id for trace in traces for hit in trace.ranking.first(top)}
        found = bench.documents(collection, sorted(wanted))
        if as_json:
            said = {
                "query_id": asked.query_id,
                "query": asked.text,
                "language": asked.language,
                "confidence": confidence,
            }
            typer.echo(
                json.dumps(
                    said | {"systems": [_as_json(trace, found, top, moves) for trace in traces]}, ensure_ascii=False
                )
            )
        else:
            _print(traces, found, top, moves)
        for trace in traces:
            if trace.fault is not None:
                fail(str(trace.fault))


@cli.command()
def align(
    collection: Name = "demo",
    model: Annotated[str, typer.Option("--model", "-m", help="The encoder.")] = EMBEDDED,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """How well an encoder lines up the languages of a collection's parallel documents."""
    from dataclasses import asdict

    from core.alignment.study import sentence

    with workbench() as bench:
        ensure_built(bench, collection)
        found = bench.align(collection, model)
        if as_json:
            typer.echo(json.dumps(asdict(found) | {"sentence": sentence(found)}, ensure_ascii=False))
            return
        typer.echo(sentence(found))
        typer.echo("\nretrieval@1, a row's language asked in a column's")
        typer.echo("      " + " ".join(f"{tag:>5}" for tag in found.languages))
        shares = {(pair.asked, pair.answering): f"{pair.retrieval:.3f}" for pair in found.pairs}
        for row in found.languages:
            typer.echo(f"{row:<5} " + " ".join(f"{shares.get((row, column), ''):>5}" for column in found.languages))


@cli.command()
def evaluate(
    collection: Name = "demo",
    system: Annotated[
        list[str] | None, typer.Option("--system", "-s", help="A system's name; several are compared.")
    ] = None,
) -> None:
    """Systems × query languages over the collection's judgments, as Markdown."""
    from core.evaluation.tables import markdown, table

    with workbench() as bench:
        names = system or bench.suggested
        with reported() as report:
            index = bench.build(collection, progress=report)
            found = table(names, bench.collection(collection), index=index, service=bench.service, progress=report)
        typer.echo(markdown(found))


@cli.command()
def doctor() -> None:
    """Look at versions, home, disk, grades, models and indexes; say what to do. Exit status 1 if anything is wrong."""
    from core.doctor import findings

    console = Console(highlight=False, soft_wrap=True)
    marks = {"ok": ("ok   ", "green"), "note": ("note ", "yellow"), "wrong": ("WRONG", "red")}
    wrong = 0
    with workbench() as bench:
        for found in findings(bench):
            wrong += found.state == "wrong"
            console.print(Text.assemble(marks[found.state], f"  {found.subject}: {found.sentence}"))
        if wrong:
            fail(f"{wrong} wrong.")


@export_cli.command()
def qrels(
    collection: Name = "demo",
    layout: Annotated[Layout, typer.Option("--format", help="The files' layout.")] = Layout.beir,
    out: Annotated[Path | None, typer.Option(help="File to write; standard output otherwise.")] = None,
) -> None:
    """The grades that were given, as qrels."""
    from core.store.export import qrels as merged
    from core.store.export import qrels_text

    with workbench() as bench:
        found = merged(bench.store, collection)
        if not found:
            bench.collection(collection)  # grades outlive their collection; without any, the name must be one
        text = qrels_text(found, layout.value)
        if out is None:
            sys.stdout.write(text)
            return
        try:
            out.write_text(text, "utf-8")
        except OSError as error:
            fail(f"'{out}' cannot be written ({error.strerror}); name a file in a folder of yours with --out.")


def _moves(traces: list[Trace], reference: int | None, top: int) -> Moves:
    """What became of the reference's first documents in each other system."""
    if reference is None:
        return {}
    if reference > len(traces):
        raise BadInput(f"There are {len(traces)} systems, so none has the number {reference}.")
    first = traces[reference - 1]
    depth = max(top, COMPARED)
    lists = {str(trace.system): trace.ranking.first(depth).doc_ids for trace in traces if not trace.fault}
    before = lists.pop(str(first.system), None)
    return {name: movement(before, ranking, top) for name, ranking in lists.items()} if before is not None else {}


def _as_json(trace: Trace, found: dict[str, Document], top: int, moves: Moves) -> dict[str, Any]:
    hits = [
        {
            "rank": rank,
            "doc_id": hit.doc_id,
            "score": hit.score,
            "language": found[hit.doc_id].language,
            "title": found[hit.doc_id].title,
            "text": found[hit.doc_id].text,
        }
        for rank, hit in enumerate(trace.ranking.first(top), start=1)
    ]
    shown: dict[str, Any] = {"name": str(trace.system), "seconds": trace.seconds, "hits": hits}
    moved = moves.get(str(trace.system))
    return shown if moved is None else shown | {"moves": [asdict(move) for move in moved]}


def _print(traces: list[Trace], found: dict[str, Document], top: int, moves: Moves) -> None:
    console = Console(highlight=False)
    for trace in traces:
        console.print(Text(f"\n{trace.system}", "bold"), Text(f"{trace.seconds * 1000:.0f} ms", "dim"))
        moved = moves.get(str(trace.system), [])
        for at, hit in enumerate(trace.ranking.first(top)):
            sign = f"{_sign(moved[at]):<6}" if moved else ""
            said = f"{at + 1:>3}  {sign}{hit.score:<7.3f} "
            console.print(
                Text.assemble(said, (f"{found[hit.doc_id].language:<4}", "cyan"), f" {_title(found[hit.doc_id])}")
            )
        for move in moved:
            if move.kind == "gone":
                here = f"here {move.rank}" if move.rank else "not found here"
                document = found[move.doc_id]
                console.print(Text(f"     gone: {move.before}  {document.language}  {_title(document)}, {here}", "dim"))
        if not trace.ranking.hits and trace.fault is None:
            console.print(Text("     nothing found", "dim"))


def _title(document: Document) -> str:
    return document.title or document.text[:70]


def _sign(move: Move) -> str:
    """▲3, ▼2, ● new, =: as the page shows it."""
    return {"up": f"▲{move.by}", "down": f"▼{-move.by}", "new": "● new", "same": "="}.get(move.kind, "")
