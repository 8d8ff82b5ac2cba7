"""Tokens of other programs: made, shown once, recognised, revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from core.people import Person, Role
from core.reviews import tidy
from core.storage.tokens import TokenStore
from core.tokens import Token, hash_of, is_secret, new_secret

BETWEEN_NOTES = timedelta(minutes=1)
"""A use within that of the last is not written down: each would cost a write to the disk."""


class Tokens:
    def __init__(
        self, *, store: TokenStore, changed: Callable[[], None], clock: Callable[[], datetime]
    ) -> None:
        """`changed` is called after one was made or revoked."""
        self._store = store
        self._changed = changed
        self._clock = clock

    def make(self, label: str, owner: Person, role: Role) -> tuple[Token, str]:
        """A token and its secret, which nobody can read again. It never may more than its owner.
        Raises InvalidReview for a name that is none."""
        lent = role if owner.role.includes(role) else owner.role
        named = Person(owner.id, tidy(owner.name), lent)
        secret = new_secret()
        made = self._store.add(tidy(label), named, hash_of(secret), self._clock())
        self._changed()
        return made, secret

    def all(self) -> list[Token]:
        """The newest first."""
        return self._store.all()

    def any_works(self) -> bool:
        return self._store.any_works()

    def recognise(self, secret: str) -> Token | None:
        """The token of that secret, unless it was revoked; its use is noted."""
        found = self._store.with_hash(hash_of(secret)) if is_secret(secret) else None
        if found is None or found.revoked_at:
            return None
        now = self._clock()
        if found.last_used_at is None or now - found.last_used_at > BETWEEN_NOTES:
            self._store.note_use(found.id, now)
        return found

    def revoke(self, token_id: int) -> None:
        """For good: it is noted beside the history at once, in case an older copy of that takes
        its place."""
        self._store.revoke(token_id, self._clock())
        self._changed()
