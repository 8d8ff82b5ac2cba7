"""What a Dockerfile says, step by step."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from core.settings import ROOT


@dataclass(frozen=True)
class Step:
    """An instruction, such as COPY, and what stands behind it, on one line."""

    word: str
    text: str


@dataclass
class Stage:
    """What begins with a FROM: the image that it begins with, its name, its steps."""

    base: str
    name: str
    steps: list[Step] = field(default_factory=list)

    def texts(self, word: str) -> list[str]:
        return [step.text for step in self.steps if step.word == word]

    def words(self, word: str) -> list[str]:
        """What the last such instruction says as a list."""
        return [str(one) for one in json.loads(self.texts(word)[-1])]

    @property
    def environment(self) -> dict[str, str]:
        pairs = [pair.partition("=") for text in self.texts("ENV") for pair in shlex.split(text)]
        return {name: value for name, _, value in pairs}

    @property
    def health_check(self) -> list[str]:
        return [str(one) for one in json.loads(self.texts("HEALTHCHECK")[-1].split("CMD ")[1])]


@dataclass(frozen=True)
class Copy:
    """A COPY: from which stage, if from one, what, and where to."""

    stage: str
    sources: tuple[str, ...]
    target: str

    @classmethod
    def of(cls, text: str) -> Copy:
        words = shlex.split(text)
        options = [word for word in words if word.startswith("--")]
        stage = next((one[7:] for one in options if one.startswith("--from=")), "")
        *sources, target = [word for word in words if not word.startswith("--")]
        return cls(stage, tuple(sources), target)


def read(path: Path = ROOT / "Dockerfile") -> list[Stage]:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    stages: list[Stage] = []
    for word, _, text in (line.partition(" ") for line in whole.splitlines() if line):
        if word == "FROM":
            base, _, name = text.partition(" AS ")
            stages.append(Stage(base, name))
        else:
            stages[-1].steps.append(Step(word, text.strip()))
    return stages
