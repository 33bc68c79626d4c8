"""Starts Babelscope: settings, workbench, pages, server. A Hugging Face Space runs this file."""

import signal
from types import FrameType
from typing import Annotated, NoReturn

import typer

from core.cli import cli
from core.errors import Busy, NotReady
from core.settings import Settings
from core.terminal import ensure_built, workbench
from core.workbench import Workbench


@cli.command("app")
def serve(
    host: Annotated[str | None, typer.Option(help="Address to serve on; 127.0.0.1 otherwise.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to serve on; 7860 otherwise.")] = None,
) -> None:
    """Serve the pages; the demo's index is built at the first start."""
    signal.signal(signal.SIGTERM, interrupted)
    with workbench() as bench:
        given = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
        bench.settings = bench.settings.model_copy(update=given)
        refuse_taken(bench.settings)
        prepare(bench)
        from ui.pages import build_app, launch

        blocks = build_app(bench)
        launch(bench, blocks)
        typer.echo(f"Babelscope is at http://{bench.settings.host}:{bench.settings.port} (Ctrl+C stops it).")
        blocks.block_thread()


def prepare(bench: Workbench) -> None:
    """Opens the grades and the collection that pages start with, which is indexed where it is not."""
    refuse_without_owner(bench)
    ensure_built(bench, bench.settings.collection)
    store = bench.store  # opened now, so that a damaged file is named before anybody grades
    if store.read_only:
        typer.echo(f"Grades are read-only here: '{store.path}' is open in another Babelscope.")
    if bench.offsite.recovered:
        typer.echo(bench.offsite.recovered)
    if bench.offsite.ephemeral:
        typer.echo("Grades live only as long as this machine: no BABELSCOPE_LABELS_TO, or no token for it, is set.")
    elif not store.read_only:
        bench.offsite.start(store.path)
    bench.warm(bench.settings.collection)


def interrupted(_number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM ends as Ctrl+C does, once: the store is closed, and what it has not yet put into its file is."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def refuse_without_owner(bench: Workbench) -> None:
    """Raises NotReady for a session that nobody could look after."""
    if bench.settings.mode == "session" and not any(member.owner for member in bench.store.people.all()):
        raise NotReady(
            "Nobody owns this session yet, so nobody could sign in: babelscope people add NAME --owner makes the first."
        )


def refuse_taken(settings: Settings) -> None:
    """Raises Busy when something listens there already."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Busy(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}); choose another with "
                "--port, or stop what runs there."
            ) from error


def main() -> None:
    """The command `babelscope`."""
    cli()


if __name__ == "__main__":
    import sys

    if len(sys.argv) == 1:
        sys.argv.append("app")
    main()
