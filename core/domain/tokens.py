"""The noun of other programs' access: Token."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.people import Person, Role

PREFIX = "dailies_"
"""Lets scanners for leaked secrets recognise one."""
RANDOM_BYTES = 32
SECRET = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Token:
    """What a program shows in place of a sign-in. It acts in the name of `person`, as `role` at
    most; the secret itself is kept nowhere."""

    id: int
    label: str
    person_id: str
    person: str
    role: Role
    made_at: datetime
    secret_hash: str = field(repr=False)
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def owner(self) -> Person:
        return Person(self.person_id, self.person, self.role)


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def is_secret(text: str) -> bool:
    return SECRET.fullmatch(text) is not None


def hash_of(secret: str) -> str:
    """A plain hash is enough for a random secret. A look-up by it tells nothing by its time."""
    return hashlib.sha256(secret.encode()).hexdigest()
