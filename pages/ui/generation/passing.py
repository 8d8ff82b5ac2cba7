"""How the time of a generation passed: waited, ran, fetched, each with its seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.generations import Event, Status

KINDS = {
    Status.QUEUED: "waited",
    Status.SUBMITTING: "waited",
    Status.PENDING: "waited",
    Status.THROTTLED: "waited",
    Status.RUNNING: "ran",
    Status.DOWNLOADING: "fetched",
}
NOW = {"waited": "Waiting", "ran": "Rendering", "fetched": "Saving"}
THEN = {"waited": "Waited", "ran": "Rendered", "fetched": "Saved"}


@dataclass
class Stretch:
    """A part of the time with a name. `goes` while it has not ended."""

    kind: str
    seconds: float
    goes: bool = False

    @property
    def name(self) -> str:
        return (NOW if self.goes else THEN)[self.kind]


def stretches(events: Sequence[Event], now: datetime) -> list[Stretch]:
    """From the states with their moments, oldest first. The last stretch lasts until `now` if
    nothing has ended it; a clip fetched again after its end counts too."""
    found: list[Stretch] = []
    for event, after in zip(events, [*events[1:], None], strict=True):
        kind = KINDS.get(event.status)
        if kind is None:
            continue
        seconds = ((after.at if after else now) - event.at).total_seconds()
        if found and found[-1].kind == kind:
            found[-1].seconds += seconds
        else:
            found.append(Stretch(kind, seconds))
    if events and events[-1].status in KINDS:
        found[-1].goes = True
    return found
