"""`babelscope sets`: the saved sets of systems of this machine, as its pages show them in the mode `private`."""

from typing import TYPE_CHECKING, Annotated

import typer

from core.errors import UnknownName
from core.terminal import workbench
from core.workbench import Workbench

if TYPE_CHECKING:
    from core.store.sets import SystemSet

sets_cli = typer.Typer(help="Saved sets of systems.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The set's name.")]


@sets_cli.command("list")
def list_sets() -> None:
    """Every set, with how many systems it has."""
    with workbench() as bench:
        for one in bench.sets(""):
            typer.echo(f"{one.name}\t{len(one.systems)}")


@sets_cli.command()
def show(name: Name) -> None:
    """The systems of a set, one a line, as `babelscope search -s` takes them."""
    with workbench() as bench:
        for system in _named(bench, name).systems:
            typer.echo(system)


@sets_cli.command()
def save(
    name: Name,
    system: Annotated[list[str], typer.Option("--system", "-s", help="A system's name; one to eight.")],
    replace: Annotated[bool, typer.Option(help="In the place of a set of that name.")] = False,
) -> None:
    """Save systems under a name."""
    with workbench() as bench:
        saved = bench.save_set("", name, system, replace=replace)
        typer.echo(f"{saved.name}: {len(saved.systems)} systems.")


@sets_cli.command()
def delete(name: Name) -> None:
    """Delete a set; prints its systems, so that it can be saved again."""
    with workbench() as bench:
        for system in bench.delete_set("", _named(bench, name).id).systems:
            typer.echo(system)


def _named(bench: Workbench, name: str) -> "SystemSet":
    from core.store.people import folded  # loads sqlalchemy, which no other command should wait for

    found = {folded(one.name): one for one in bench.sets("")}
    if folded(name) not in found:
        raise UnknownName("saved set", name, [one.name for one in found.values()])
    return found[folded(name)]
