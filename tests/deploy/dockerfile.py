"""A Dockerfile as values, for the tests that hold it to the rest of the project and that run its steps."""

import json
import re
import shlex
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One instruction: `COPY core core` has the word COPY and the argument `core core`."""

    word: str
    argument: str

    @property
    def parts(self) -> list[str]:
        """The argument's words; those of the exec form (`["python", "-c", "…"]`) as they are."""
        if self.argument.startswith("["):
            return json.loads(self.argument)
        return shlex.split(self.argument)


@dataclass
class Stage:
    base: str
    name: str
    steps: list[Step] = field(default_factory=list)

    def of(self, word: str) -> list[Step]:
        return [step for step in self.steps if step.word == word]


def stages(text: str) -> list[Stage]:
    """The stages in order. Comment lines go, lines that end in a backslash are joined."""
    lines = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    found: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", lines).split("\n"):
        word, _, argument = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = argument.partition(" AS ")
            found.append(Stage(base, name))
        elif word:
            found[-1].steps.append(Step(word, argument.strip()))
    return found
