"""What is said of a generation in a word or two, wherever generations are listed."""

from __future__ import annotations

from core.generations import Generation, Status
from core.providers.failures import explain
from pages.ui import formatting

DEMO = ":violet-badge[Demo]"


def badge(generation: Generation) -> str:
    colour = formatting.COLOUR.get(generation.status, "blue")
    icon = formatting.ICON.get(generation.status, ":material/hourglass_empty:")
    return f":{colour}-badge[{icon} {formatting.STATUS[generation.status]}]"


def why(generation: Generation, who: str) -> str:
    """In a few words of ours why there is no clip; empty if there is or will be one. `who` is what
    people call its provider."""
    if generation.status is Status.FAILED:
        if generation.task_id is None:
            return f"{who} did not take it."
        return explain(generation.failure_code, who).title
    if generation.status is Status.UNCONFIRMED:
        return f"Nobody knows whether {who} took it."
    return ""


def seconds(generation: Generation) -> float | None:
    if generation.main:
        return generation.main.duration or None
    return generation.request.length or None
