"""The nouns of who asks: Person, Role, Identity, Account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """Each includes those before it. The values are stored, so they never change."""

    VIEWER = "viewer"
    MAKER = "maker"
    ADMIN = "admin"

    def includes(self, needed: Role) -> bool:
        roles = list(Role)
        return roles.index(self) >= roles.index(needed)


@dataclass(frozen=True)
class Person:
    """Who asks for something. `id` stays the same as long as the sign-in does, and is empty where
    nobody signs in. `name` signs clips, stars and notes, and is empty until it is given."""

    id: str
    name: str
    role: Role

    @property
    def is_signed_in(self) -> bool:
        return bool(self.id)


LOCAL = Person(id="", name="", role=Role.ADMIN)
"""Whoever uses a Dailies that has no sign-in: all who reach it are trusted alike."""

NOBODY = Person(id="nobody", name="", role=Role.VIEWER)
"""Somebody not let in, or no longer: what they set up goes on, and shows what everybody sees."""


@dataclass(frozen=True)
class Identity:
    """What a sign-in tells about somebody. `email` is empty if the sign-in says that it is not
    verified; a proxy may give another name in its place."""

    id: str
    name: str = ""
    email: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Account:
    """Somebody who has signed in. `given` is the role that an admin chose; None while the settings
    decide. Somebody removed has none, whatever the settings say."""

    id: str
    name: str
    email: str
    groups: tuple[str, ...]
    joined_at: datetime
    seen_at: datetime
    given: Role | None = None
    is_removed: bool = False
