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
    """A request to try, without its settings, which come from the model.

    `picture` is what it starts from, if anything; `still` is what to show of it.
    """

    title: str
    request: Request
    picture: Path | None
    still: Path


def examples() -> list[Example]:
    """Every example, in the order of the file."""
    found = tomllib.loads((SAMPLES / "examples.toml").read_text(encoding="utf-8"))
    return [
        Example(
            title=entry["title"],
            request=Request(entry["endpoint"], entry["model"], entry["prompt"]),
            picture=SAMPLES / entry["picture"] if "picture" in entry else None,
            still=SAMPLES / entry.get("still", entry.get("picture")),
        )
        for entry in found["example"]
    ]
