"""The nouns of sharing: a link, what it lets its guests see, and the clips behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import Problem
from core.generations import Generation
from core.text.visible_text import visible

LONGEST_TITLE, LONGEST_NAME, LONGEST_PASSWORD = 120, 60, 200
SHORTEST_PASSWORD = 6
MOST_GENERATIONS = 200
"""Clips on one link: each is a card of a page that a phone loads."""


@dataclass(frozen=True)
class Terms:
    shows_prompts: bool = False
    shows_settings: bool = False
    """Model, seed and every other setting."""
    shows_cost: bool = False
    takes_ratings: bool = False
    takes_notes: bool = False

    @property
    def tells_everything(self) -> bool:
        return self.shows_prompts and self.shows_settings


@dataclass(frozen=True)
class NewShare:
    """A link as its sharer wants it. `by` is the name that guests see; an empty password is
    none."""

    title: str
    by: str
    terms: Terms = Terms()
    ends_at: datetime | None = None
    password: str = field(default="", repr=False)

    def problems(self, now: datetime) -> list[Problem]:
        return [
            *_named(self.title, "title", "Give it a title.", LONGEST_TITLE),
            *_named(self.by, "by", "Say who shares it.", LONGEST_NAME),
            *_guarded(self.password),
            *_ending(self.ends_at, now),
        ]


@dataclass(frozen=True)
class Share:
    """`clips` counts the generations behind it that exist now. `live` is the view behind it, as the
    history writes it; empty for a link to chosen clips."""

    id: int
    token_hash: str = field(repr=False)
    nonce: str = field(repr=False)
    title: str
    by: str
    made_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    password_hash: str = field(repr=False)
    terms: Terms = Terms()
    visits: int = 0
    last_visit_at: datetime | None = None
    clips: int = 0
    live: str = field(default="", repr=False)

    def is_open(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.ends_at is None or now < self.ends_at)

    def was_open(self, since: datetime) -> bool:
        ends = (at for at in (self.revoked_at, self.ends_at) if at)
        return all(at >= since for at in ends)

    @property
    def has_password(self) -> bool:
        return bool(self.password_hash)


@dataclass(frozen=True)
class SharedClip:
    """A generation behind a link. `place` stays when others come and go: it counts from 1, or is
    the generation's number where the link leads to a view."""

    place: int
    generation: Generation


@dataclass(frozen=True)
class SharedPage:
    """Some of what is behind a link; `number` counts from 1 to `pages`."""

    clips: Sequence[SharedClip]
    number: int = 1
    pages: int = 1


def _named(text: str, field: str, missing: str, longest: int) -> list[Problem]:
    if not visible(text):
        return [Problem(field, missing)]
    return [Problem(field, f"Use at most {longest} characters.")] if len(text) > longest else []


def _guarded(password: str) -> list[Problem]:
    if not password or SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return []
    return [Problem("password", f"Use {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")]


def _ending(ends_at: datetime | None, now: datetime) -> list[Problem]:
    is_past = ends_at is not None and ends_at <= now
    return [Problem("ends_at", "Choose an end that is still to come.")] if is_past else []
