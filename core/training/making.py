"""From a folder of text to a model: read, learn a tokenizer, train, choose a form, export."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import BadInput, Damaged, NotWritable
from core.training import loop, pools
from core.training.blocks import Blocks, Mix
from core.training.card import Facts, card
from core.training.contrast import Floats
from core.training.corpora import corpora
from core.training.exclusion import measured
from core.training.exporting import FORMS, Model, export, export_float32, stored
from core.training.loop import Plan, Say
from core.training.measuring import Development, Figures
from core.training.reading import Table, tables
from core.training.vocabulary import Budget, fertility, prose, tokenizer, uneven


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for; `steps` win over `minutes`."""

    data: Path
    out: Path
    minutes: float = 60.0
    steps: int | None = None
    seed: int = 1
    threads: int = 2
    exclude: tuple[Path, ...] = ()
    resume: bool = False
    name: str = "static-26"
    budget: Budget = field(default_factory=Budget)
    mix: Mix = field(default_factory=Mix)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Read and tokenised data; `facts` are what the card needs of it."""

    tokenizer: Any
    corpora: pools.Corpora
    facts: dict[str, Any]


def make(wish: Wish, say: Say) -> Figures:
    """The model in OUT/model, and for other libraries in OUT/float32; what it took on the way in OUT/work."""
    work = wish.out / "work"
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(work, error) from error
    prepared = _kept(work) if wish.resume else _prepared(wish, work, say)
    development = Development(wish.data, prepared.tokenizer)
    blocks = Blocks(prepared.corpora, wish.mix, wish.seed)
    state, plan = _begun(wish, prepared, blocks, work / "checkpoint.npz", say)
    loop.train(
        state, blocks, plan, threads=wish.threads, say=say, measure=development.figures,
        checkpoint=work / "checkpoint.npz",
    )  # fmt: skip
    return _finished(wish, prepared, plan, state.table, development, say)


def _prepared(wish: Wish, work: Path, say: Say) -> Prepared:
    read = _read(wish, work, say)
    texts = prose(read, wish.budget.characters, seed=wish.seed)
    made = tokenizer(texts, wish.budget)
    pieces = fertility(made, texts)
    say(f"tokenizer: {made.get_vocab_size():,} entries; for 10 characters "
        + " ".join(f"{tag} {value:.1f}" for tag, value in pieces.items()))  # fmt: skip
    if high := uneven(pieces):
        say(f"tokenizer: {', '.join(high)} need more than twice the median.")
    found = pools.corpora(read, made)
    say(f"tokenised: {len(found.texts.starts) - 1:,} texts, {len(found.texts.ids):,} entries")
    used: dict[str, list[str]] = {}
    for table in read:
        used.setdefault(table.corpus.name, []).append(table.kind)
    languages = sorted({tag for table in read if table.kind != "questions" for tag in table.languages})
    facts = {"used": used, "fertility": pieces, "languages": languages}
    made.save(str(work / "tokenizer.json"), pretty=False)
    pools.save(found, work / "corpora.npz")
    (work / "facts.json").write_text(json.dumps(facts), "utf-8")
    return Prepared(made, found, facts)


def _read(wish: Wish, work: Path, say: Say) -> list[Table]:
    excluded = measured(wish.data, wish.exclude)
    quarantine = work / "quarantine.tsv"
    quarantine.unlink(missing_ok=True)
    read, counts = [], Counter[str]()
    for found in tables(wish.data, corpora(), excluded, quarantine):
        if isinstance(found, str):
            say(found)
            continue
        for remark in found.remarks:
            say(remark)
        counts += found.counts
        read.append(found)
    say(f"{counts.pop('rows', 0):,} rows read; left out: "
        + (", ".join(f"{reason} {count:,}" for reason, count in counts.most_common()) or "none"))  # fmt: skip
    if not any(table.rows for table in read if table.kind != "questions"):
        raise BadInput(f"Nothing in {wish.data} can be learned from.")
    return read


def _kept(work: Path) -> Prepared:
    """What an earlier run prepared. Raises BadInput when there is none."""
    from tokenizers import Tokenizer

    try:
        facts = json.loads((work / "facts.json").read_text("utf-8"))
        return Prepared(Tokenizer.from_file(str(work / "tokenizer.json")), pools.load(work / "corpora.npz"), facts)
    except FileNotFoundError as error:
        raise BadInput(f"There is nothing to resume in {work.parent}; leave --resume out.") from error
    except (OSError, ValueError, KeyError) as error:
        raise Damaged(f"What is kept in {work} cannot be read ({error}); leave --resume out.") from error


def _begun(wish: Wish, prepared: Prepared, blocks: Blocks, checkpoint: Path, say: Say) -> tuple[loop.State, Plan]:
    size = prepared.tokenizer.get_vocab_size()
    if wish.resume and checkpoint.exists():
        state, plan = loop.load(checkpoint)
        say(f"resumed after step {state.done:,} of {plan.steps:,}, seed {plan.seed}")
        return state, plan
    steps = wish.steps
    if steps is None:
        pace = loop.seconds_a_step(size, blocks, Plan(steps=1, seed=wish.seed), threads=wish.threads)
        steps = max(1, round(wish.minutes * 60 / pace))
        say(f"{wish.minutes:g} minutes are {steps:,} steps of {pace:.2f} s; the same again: --steps {steps}")
    plan = Plan(steps=steps, seed=wish.seed)
    return loop.fresh(size, plan), plan


def _finished(wish: Wish, prepared: Prepared, plan: Plan, table: Floats, development: Development, say: Say) -> Figures:
    for form in FORMS:
        say(f"{form}: {development.figures(stored(table, form))}")
    figures = development.figures(stored(table, "int8"))
    known = corpora()
    used = {name: (known[name], kinds) for name, kinds in prepared.facts["used"].items()}
    facts = Facts(
        wish.name, len(table), prepared.facts["languages"], plan, figures, prepared.facts["fertility"], used,
        f"babelscope train {wish.name} --data DIR --out DIR --steps {plan.steps} --seed {plan.seed}",
    )  # fmt: skip
    model = Model(wish.name, prepared.tokenizer, table, prepared.facts["languages"], card(facts))
    export(model, wish.out / "model")
    export_float32(model, wish.out / "float32")
    return figures
