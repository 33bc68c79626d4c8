"""`babelscope people`: who may sign in, where the app runs in the mode `session`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from core.terminal import fail, workbench

if TYPE_CHECKING:
    from core.store.people import People

people_cli = typer.Typer(help="Who may sign in, in the mode 'session'.", no_args_is_help=True)

Ask = Annotated[bool, typer.Option("--ask", help="Type the password, instead of having one made.")]


@people_cli.command()
def add(
    names: Annotated[list[str], typer.Argument(help="Names, each in quotation marks where it has a space.")],
    owner: Annotated[bool, typer.Option(help="They may bring in, take out, and let others in.")] = False,
    ask: Ask = False,
) -> None:
    """Let people sign in; prints each one's password, this once."""
    with _people() as people:
        for name, password in people.add(names, owner=owner, password=_typed() if ask else None).items():
            typer.echo(f"{name}: {'the password you typed' if ask else password}")


@people_cli.command("list")
def list_people() -> None:
    """Who may sign in."""
    with _people(changing=False) as people:
        for member in people.all():
            typer.echo(f"{member.name}{' (owner)' if member.owner else ''}")


@people_cli.command()
def password(name: Annotated[str, typer.Argument(help="Whose.")], ask: Ask = False) -> None:
    """Give somebody a new password; they are signed out everywhere."""
    with _people() as people:
        made = people.renew(name, _typed() if ask else None)
        typer.echo(f"{name}: {'the password you typed' if ask else made}")


@people_cli.command()
def remove(name: Annotated[str, typer.Argument(help="Whom.")]) -> None:
    """Erase a person's name and password; their grades stay, under a number."""
    with _people() as people:
        people.remove(name)
        typer.echo(f"{name} was removed; backups made before still have the name.")


@contextmanager
def _people(*, changing: bool = True) -> Iterator["People"]:
    with workbench() as bench:
        if changing and bench.store.read_only:
            fail("The app is running: change people on its page, behind the owner's name, or stop it first.")
        yield bench.store.people


def _typed() -> str:
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
