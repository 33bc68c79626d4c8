"""`babelscope train`: make an encoder."""

from pathlib import Path
from typing import Annotated

import typer

from core.errors import AppError
from core.terminal import fail

train_cli = typer.Typer(help="Make an encoder.", no_args_is_help=True)


@train_cli.callback()
def every() -> None:
    """Make an encoder."""


@train_cli.command("static-26")
def static_26(
    data: Annotated[Path, typer.Option(help="Folder with parallel/, lexicon/, qa/, dev/ and retrieval/.")],
    out: Annotated[Path, typer.Option(help="Folder for the model and for what is kept on the way.")],
    minutes: Annotated[float, typer.Option(min=0.01, help="How long to train; turned into steps.")] = 60.0,
    steps: Annotated[int | None, typer.Option(min=1, help="How many steps to train, instead of minutes.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, data and steps give the same bytes.")] = 1,
    threads: Annotated[int, typer.Option(min=1, help="Blocks worked on at once.")] = 2,
    exclude: Annotated[list[Path] | None, typer.Option(help="A file whose sentences are not learned from.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint.")] = False,
) -> None:
    """Train a static-embedding encoder on aligned text."""
    from core.training.making import Wish, make

    try:
        figures = make(Wish(data, out, minutes, steps, seed, threads, tuple(exclude or ()), resume), typer.echo)
    except AppError as error:
        fail(str(error))
    typer.echo(f"{out / 'model'}: {figures}")
