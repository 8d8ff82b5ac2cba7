"""Mixtures of faults for the emulator: so many per cent of an operation, spread over kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

Do = dict[str, Any]
HTML = "<html>Please log in</html>"
SOON = {"Retry-After": "1"}
REFUSALS: Sequence[Do] = (
    {"status": 429, "headers": SOON},
    {"status": 502},
    {"status": 503},
    {"status": 503, "delay": 0.1},
)
"""Answers to a create call by which Runway itself says: nothing was made."""
AMBIGUOUS: Sequence[Do] = (
    {"after": "accept", "drop": True},
    {"after": "accept", "status": 500},
    {"after": "accept", "status": 502, "body": HTML},
    {"after": "accept", "status": 503, "body": HTML},
    {"after": "accept", "status": 504, "body": HTML},
    {"after": "accept", "status": 200, "body": HTML},
    {"after": "accept", "cut_at": 12},
    {"drop": True},
    {"status": 500},
    {"status": 502, "body": HTML},
)
"""Answers that leave open whether a task was made; the last three made none. A gateway between us
and Runway says 502 and 503 in HTML, whatever Runway has done."""
POLLS: Sequence[Do] = (
    {"status": 429, "headers": SOON},
    {"status": 500},
    {"status": 502, "body": HTML},
    {"status": 503},
    *({"status": code, "body": HTML} for code in (401, 403, 404)),
    {"drop": True},
    {"status": 200, "body": HTML},
    {"after": "accept", "cut_at": 30},
)
DOWNLOADS: Sequence[Do] = (
    {"after": "accept", "cut_at": 0},
    {"after": "accept", "cut_at": 5_000},
    {"after": "accept", "cut_at": 20_000},
    {"after": "accept", "cut_at": 60_000},
    {"status": 403},
    {"status": 500},
    {"drop": True},
    {"status": 200, "body": HTML},
)


def mixture(operation: str, *shares: tuple[str, float, Sequence[Do]]) -> list[dict[str, Any]]:
    """Faults for `operation`, for ever: each share has a name, a part of all calls, and kinds.

    The first fault that fits a call is met, so each one's chance is of what the others leave.
    """
    faults, left = [], 1.0
    for name, chance, do in chain.from_iterable(_spread(*share) for share in shares):
        fault = {"on": operation, "name": name, "times": None, "do": do}
        faults.append(fault | {"chance": chance / left})
        left -= chance
    return faults


def late(operation: str, *seconds: float) -> list[dict[str, Any]]:
    """Faults that only keep an operation waiting, each of these times equally often."""
    kinds: list[Do] = [{"hang": time} for time in seconds]
    return mixture(operation, ("late", 0.999, kinds))


def _spread(name: str, share: float, kinds: Sequence[Do]) -> Iterator[tuple[str, float, Do]]:
    yield from ((name, share / len(kinds), do) for do in kinds)
