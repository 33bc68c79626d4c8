"""The training itself: steps over blocks, progress, checkpoints."""

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from core.errors import BadInput, Damaged
from core.training.blocks import Blocks
from core.training.contrast import Adam, Floats, block_gradient, merged

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: `rate` falls in a line to nothing after `warm` steps; `kept`: steps between checkpoints."""

    steps: int
    seed: int
    dims: tuple[tuple[int, float], ...] = ((256, 1.0), (128, 0.5), (64, 0.25))
    blocks: int = 4
    rate: float = 0.02
    warm: int = 100
    scale: float = 20.0
    spread: float = 0.05
    shown: int = 50
    kept: int = 500

    @property
    def dim(self) -> int:
        return self.dims[0][0]

    def rate_at(self, step: int) -> float:
        return self.rate * min(step / self.warm, (self.steps - step + 1) / max(1, self.steps - self.warm), 1.0)


@dataclass(slots=True)
class State:
    """Where a training stands: the table of vectors, Adam's moments, steps done."""

    table: Floats
    adam: Adam
    done: int = 0


def fresh(size: int, plan: Plan) -> State:
    """Random vectors from the seed."""
    drawn = np.random.default_rng(plan.seed)
    table = drawn.standard_normal((size, plan.dim), np.float32) * np.float32(plan.spread)
    return State(table, Adam(table.shape))


def train(
    state: State, blocks: Blocks, plan: Plan, *, threads: int, say: Say, measure: Callable[[Floats], object],
    checkpoint: Path | None = None,
) -> list[float]:  # fmt: skip
    """Steps from where the state stands to the plan's end; the loss of each."""
    losses: list[float] = []
    began = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        for step in range(state.done + 1, plan.steps + 1):

            def work(number: int, step: int = step) -> tuple[float, tuple[np.ndarray, Floats]]:
                block = blocks.block(step, number)
                loss, gradient = block_gradient(state.table, block, scale=plan.scale, dims=plan.dims)
                return loss, (block.rows, gradient)

            parts = list(pool.map(work, range(plan.blocks)))
            rows, gradient = merged([part for _, part in parts])
            state.adam.step(state.table, rows, gradient, rate=plan.rate_at(step), number=step)
            state.done = step
            losses.append(sum(loss for loss, _ in parts) / plan.blocks)
            if step % plan.shown == 0 or step == plan.steps:
                pace = (time.monotonic() - began) / len(losses)
                recent = losses[-plan.shown :]
                say(f"step {step:,} of {plan.steps:,}: loss {sum(recent) / len(recent):.3f}, {pace:.2f} s a step")
            if step % plan.kept == 0 and step < plan.steps:
                say(f"step {step:,}: {measure(state.table)}")
                if checkpoint is not None:
                    save(state, plan, checkpoint)
    return losses


def seconds_a_step(size: int, blocks: Blocks, plan: Plan, *, threads: int, steps: int = 6) -> float:
    """How long a step takes here: the first steps of a training that is thrown away."""
    trial = Plan(**asdict(plan) | {"steps": steps, "dims": plan.dims})
    state = fresh(size, plan)
    began = 0.0
    for done in (1, steps):
        train(state, blocks, Plan(**asdict(trial) | {"steps": done, "dims": plan.dims}), threads=threads,
              say=lambda _: None, measure=lambda _: "")  # fmt: skip
        began = began or time.monotonic()
    return (time.monotonic() - began) / (steps - 1)


def save(state: State, plan: Plan, path: Path) -> None:
    """Writes the state aside, then puts it in its place."""
    aside = path.with_suffix(".part")
    with aside.open("wb") as stream:
        np.savez(stream, table=state.table, mean=state.adam.mean, square=state.adam.square, done=state.done,
                 plan=json.dumps(asdict(plan)))  # fmt: skip
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)


def load(path: Path) -> tuple[State, Plan]:
    """The state and the plan of a checkpoint. Raises BadInput when there is none, Damaged when it cannot be read."""
    try:
        with np.load(path) as kept:
            adam = Adam(kept["table"].shape)
            adam.mean, adam.square = kept["mean"], kept["square"]
            declared = json.loads(str(kept["plan"]))
            dims = tuple((int(dim), float(weight)) for dim, weight in declared.pop("dims"))
            return State(kept["table"], adam, int(kept["done"])), Plan(**declared, dims=dims)
    except FileNotFoundError as error:
        raise BadInput(f"There is no checkpoint {path} to resume from.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"The checkpoint {path} cannot be read ({error}); start again without --resume.") from error
