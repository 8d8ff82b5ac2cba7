"""The nouns of who asks: Person, Role."""

from __future__ import annotations

from dataclasses import dataclass
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
    """Who asks for something.

    `id` stays the same as long as the sign-in does, and is empty where nobody signs in. `name`
    signs clips, stars and notes, and is empty until it is told.
    """

    id: str
    name: str
    role: Role

    @property
    def is_signed_in(self) -> bool:
        return bool(self.id)


LOCAL = Person(id="", name="", role=Role.ADMIN)
"""Whoever uses a Dailies that has no sign-in: all who reach it are trusted alike."""
