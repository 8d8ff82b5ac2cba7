"""The examples that an empty history shows, from data/samples."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from core.generations import Request
from core.settings import ROOT

SAMPLES = ROOT / "data" / "samples"


@dataclass(frozen=True)
class Example:
    """A request to try, without its picture and without settings: those come from the model."""

    title: str
    request: Request
    picture: Path | None


def examples() -> list[Example]:
    """Every example, in the order of the file."""
    found = tomllib.loads((SAMPLES / "examples.toml").read_text(encoding="utf-8"))
    return [
        Example(
            title=entry["title"],
            request=Request(entry["endpoint"], entry["model"], entry["prompt"]),
            picture=SAMPLES / entry["picture"] if "picture" in entry else None,
        )
        for entry in found["example"]
    ]
