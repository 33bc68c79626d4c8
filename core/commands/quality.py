"""`babelscope quality`: what an encoder is worth on development sets."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from core.settings import DATA, EMBEDDED
from core.terminal import fail, reported, workbench

Model = Annotated[str, typer.Option("--model", "-m", help="An encoder's name, or the folder of one.")]


def quality(
    data: Annotated[Path, typer.Option(help="A folder with dev/*.tsv(.xz) and retrieval/*/corpus.jsonl.")],
    model: Model = EMBEDDED,
    against: Annotated[str | None, typer.Option(help="Another encoder, or its folder, to compare with.")] = None,
) -> None:
    """Translations found among sentences and passages found for questions, by language and set, as Markdown."""
    from core.encoders.static import declaration
    from core.evaluation.quality import Quality, markdown
    from core.evaluation.quality import quality as measured
    from core.service import LocalService
    from core.workbench import HYBRID

    with workbench() as bench, reported() as report, tempfile.TemporaryDirectory() as scratch:

        def of(given: str) -> Quality:
            own = (Path(given) / "model.toml").is_file()
            service = LocalService(Path(given), DATA / "models") if own else bench.service
            name = declaration(Path(given))["model"] if own else given
            hybrid = HYBRID.replace(f"dense:{EMBEDDED}", f"dense:{name}")
            systems = {
                "BM25": "bm25",
                "the encoder": f"dense:{name}",
                "the default hybrid": hybrid,
                "the hybrid >> MaxSim": f"{hybrid} >> maxsim:{name}@50",
            }
            into = Path(scratch) / service.card(name).identity
            return measured(data, name, systems, service=service, scratch=into, progress=report)

        if not data.is_dir():
            fail(f"There is no folder '{data}'; give one with --data.")
        typer.echo(markdown(of(model), of(against) if against else None))
