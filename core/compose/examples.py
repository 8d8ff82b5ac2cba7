"""What there is to try before anything was made, from data/samples: single requests, and a week."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.catalog.model import Model
from core.generations import Input, Request
from core.settings import ROOT

SAMPLES = ROOT / "data" / "samples"


@dataclass(frozen=True)
class Example:
    """A request to try; its settings are the model's own. `picture` is what it starts from, if
    anything; `still` is the picture to show for it."""

    title: str
    request: Request
    picture: Path | None
    still: Path


def examples() -> list[Example]:
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


@dataclass(frozen=True)
class Planned:
    """A generation of the demo's week. `request` holds only settings that differ from the model's
    own; its `files` are by role."""

    request: Request
    files: Mapping[str, Path]
    cancelled: bool
    favourite: bool

    def complete(self, model: Model, kept: Mapping[Path, str]) -> Request:
        return replace(
            self.request,
            params={**model.defaults, **self.request.params},
            inputs=tuple(Input(role, kept[file]) for role, file in self.files.items()),
        )


def week() -> list[Planned]:
    """Oldest first."""
    found = tomllib.loads((SAMPLES / "week.toml").read_text(encoding="utf-8"))
    return [
        Planned(
            request=Request(
                entry["endpoint"], entry["model"], entry["prompt"], entry.get("params", {})
            ),
            files={role: SAMPLES / name for role, name in entry.get("files", {}).items()},
            cancelled=entry.get("cancelled", False),
            favourite=entry.get("favourite", False),
        )
        for entry in found["generation"]
    ]
