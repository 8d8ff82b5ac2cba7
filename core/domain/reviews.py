"""The nouns of the review desk: stars, tags, notes, projects, decisions, and who made them.

Who says something is of the team, or a guest of a link. `guest` is a guest's key, and empty for the
team: names alone tell nobody apart, since a guest may choose any.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.errors import InvalidReview
from core.generations import Review
from core.text.names import UNWRITTEN, key
from core.text.visible_text import visible

LONGEST_NOTE = 5000
LONGEST_QUERY = 2000
MOST_STARS = 5
MOST_AT_ONCE = 50_000
"""Most generations in one action: for some seconds nobody else can write."""


class What(StrEnum):
    """What a decision changed.

    The values are stored, so they never change. Each change has a text before and after; `subject`
    tells apart what a generation has several of: whose stars, which tag, which note.
    """

    REVIEW = "review"
    STARS = "stars"
    TAG = "tag"
    PROJECT = "project"
    TRASH = "trash"
    NOTE = "note"
    RESOLVED = "resolved"
    REMOTE = "remote"


IN_TRASH, EMPTIED = "in_trash", "emptied"
"""Values of `What.TRASH`; empty where it is in neither state."""
YES = "yes"
"""The value of a tag that is there, of a note that is resolved, of a task deleted elsewhere."""


@dataclass(frozen=True)
class Decision:
    """A change that a person made, in the order of `id`; never edited, never deleted.

    Those of one click share their `action`, by which it is undone. A project is told by its name.
    """

    id: int
    action: int
    generation_id: int
    at: datetime
    person: str
    what: What
    subject: str
    before: str
    after: str
    guest: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of an action: the generations that it changed, and why it did not change others.
    `action` undoes it; None when nothing was changed."""

    action: int | None = None
    changed: tuple[int, ...] = ()
    refused: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CutOff:
    """An action on `total` generations whose server ended when `done` were changed; `first` is the
    first of its decisions."""

    action: int
    total: int
    done: int
    first: Decision


@dataclass(frozen=True)
class Rating:
    person: str
    stars: int
    at: datetime
    guest: str = ""

    def is_by(self, person: str) -> bool:
        return not self.guest and key(self.person) == key(person)


@dataclass(frozen=True)
class Tag:
    name: str
    person: str
    at: datetime


@dataclass(frozen=True)
class Span:
    """In seconds; without an end it is a moment."""

    start: float
    end: float | None = None


@dataclass(frozen=True)
class Note:
    """A remark, or with a parent an answer to one. A deleted note with answers keeps its place.

    `edited_at`, `resolved_at` and `deleted_at` are None until then.
    """

    id: str
    generation_id: int
    parent: str
    person: str
    text: str
    span: Span | None
    created_at: datetime
    edited_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str = ""
    deleted_at: datetime | None = None
    guest: str = ""

    def is_by(self, person: str) -> bool:
        return not self.guest and key(self.person) == key(person)


@dataclass(frozen=True)
class Guest:
    """A browser at one link, which goes by the hash of its token; `nickname` is the last one."""

    key: str
    share: str
    nickname: str


@dataclass(frozen=True)
class Words:
    """What people say of a generation: stars and notes, oldest first, none that was deleted."""

    ratings: tuple[Rating, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Project:
    """`uid` tells it from others in every history; `generations` counts those not in the trash.

    `people` are the ids of those who see it, besides admins; None is everybody.
    """

    id: int
    uid: str
    name: str
    created_at: datetime
    created_by: str
    archived_at: datetime | None = None
    generations: int = 0
    people: tuple[str, ...] | None = None

    @property
    def is_private(self) -> bool:
        return self.people is not None


@dataclass(frozen=True)
class View:
    """A search kept by name: its owner's, or with an empty owner everyone's."""

    id: int
    name: str
    owner: str
    query: str


@dataclass(frozen=True)
class Record:
    """All that was said of one generation, as it is kept beside the history."""

    project: Project | None = None
    review: Review = Review.NONE
    trashed_at: datetime | None = None
    trashed_by: str = ""
    emptied_at: datetime | None = None
    ratings: tuple[Rating, ...] = ()
    tags: tuple[Tag, ...] = ()
    notes: tuple[Note, ...] = ()
    decisions: tuple[Decision, ...] = ()
    guests: tuple[Guest, ...] = ()


NOTHING_SAID = Record()


def tidy_note(text: str) -> str:
    """A note with its lines, without other control characters. Raises InvalidReview."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    found = visible(
        "".join(c for c in lines if c == "\n" or unicodedata.category(c) not in UNWRITTEN)
    )
    if not found:
        raise InvalidReview("Write a note.")
    if len(found) > LONGEST_NOTE:
        raise InvalidReview(f"Use at most {LONGEST_NOTE:,} characters for a note.")
    return found


def tidy_span(span: Span | None) -> Span | None:
    """Seconds rounded to the millisecond; a stretch that does not go forwards becomes a moment.
    Raises InvalidReview."""
    if span is None:
        return None
    start, end = round(span.start, 3), None if span.end is None else round(span.end, 3)
    if not 0 <= start < float("inf") or end == float("inf"):
        raise InvalidReview("This is no moment of a clip.")
    return Span(start, end if end is not None and end > start else None)
