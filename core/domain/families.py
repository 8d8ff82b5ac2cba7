"""The nouns of a family: what generations were made from, and what was made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.generations import Generation


class Way(StrEnum):
    """How a generation was made from another. The values are stored, so they never change."""

    INPUT = "input"
    """It starts from a file of the other: the whole of it, or a frame."""
    AGAIN = "again"
    """The same order once more."""
    REMIX = "remix"
    """The other's order, changed."""
    MODEL = "model"
    """The other's order on another model."""
    PROMOTED = "promoted"
    """On a better model, since the other was liked."""
    EXTENDED = "extended"
    """It goes on where the other ends."""


@dataclass(frozen=True)
class Origin:
    """What the form was filled from, and by which verb."""

    generation_id: int
    way: Way


@dataclass(frozen=True)
class Parent:
    """What a generation was made from, by the idempotency key, which is the same in every copy of
    the history."""

    key: str
    way: Way


@dataclass(frozen=True)
class Link:
    child: int
    parent: int
    way: Way


@dataclass(frozen=True)
class Cost:
    """Credits that a provider has charged, and the most that the rest may still cost. `unpriced`
    counts generations with neither."""

    settled: int = 0
    pending: int = 0
    unpriced: int = 0


@dataclass(frozen=True)
class Member:
    """A generation below the one that it was made from, by which way, and from which others.
    `parent` is None at the top."""

    generation: Generation
    parent: int | None = None
    way: Way | None = None
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class Family:
    """All that belong together. `members` are the nearest of `size`, each after its parent; a size
    that is not exact is a minimum. Costs are by the provider. The demo's costs are not money."""

    members: tuple[Member, ...]
    size: int
    is_exact: bool
    cost: Mapping[str, Cost]
    demo_cost: Mapping[str, Cost]
