"""Tokens of other programs: made, shown once, recognised, revoked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from core.domain.people import Person, Role
from core.domain.tokens import Token, hash_of, is_secret, new_secret
from core.storage.identity.tokens import TokenStore
from core.text.names import tidy

BETWEEN_NOTES = timedelta(minutes=1)
"""A use so soon after the last is not noted, as each would cost a write to the disk."""
FRESH_SECONDS = 1.0
"""How old what is known may be: another server on this folder may have revoked some."""
AHEAD_SECONDS = 0.5
"""The age at which it is read again in the background, so that nobody waits for that."""


class Tokens:
    def __init__(
        self,
        *,
        store: TokenStore,
        changed: Callable[[], None],
        clock: Callable[[], datetime],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`changed` is called after one was made or revoked."""
        self._store = store
        self._changed = changed
        self._clock = clock
        self._ticks = ticks
        self._lock = threading.Lock()
        self._working: dict[str, Token] = {}
        self._read_at = float("-inf")
        self._used: dict[int, datetime] = {}

    def make(self, label: str, owner: Person, role: Role) -> tuple[Token, str]:
        """A token and its secret, which nobody can read again. It may never do more than its owner.
        Raises InvalidReview for an invalid name."""
        lent = role if owner.role.includes(role) else owner.role
        named = Person(owner.id, tidy(owner.name), lent)
        secret = new_secret()
        made = self._store.add(tidy(label), named, hash_of(secret), self._clock())
        self._changed()
        return made, secret

    def all(self) -> list[Token]:
        return self._store.all()

    def any_works(self) -> bool:
        return self._store.any_works()

    def remembered(self, secret: str) -> Token | None:
        """As `recognise`, from memory alone: None where the history would be needed."""
        if self._ticks() - self._read_at > FRESH_SECONDS:
            return None
        return self._in_use(self._working.get(hash_of(secret)))

    def recognise(self, secret: str) -> Token | None:
        """The token of that secret, unless it was revoked; its use is noted."""
        if not is_secret(secret):
            return None
        with self._lock:
            if known := self.remembered(secret):
                return known  # another thread has looked while this one waited
            self._read()
            found = self._in_use(self._working.get(hash_of(secret)))
        self._note_uses()
        return found

    def is_due(self) -> bool:
        return bool(self._used) or self._ticks() - self._read_at > AHEAD_SECONDS

    def refresh(self) -> None:
        """Read the history again before what is known gets too old, and write down what was
        used."""
        with self._lock:
            self._read()
        self._note_uses()

    def _read(self) -> None:
        began = self._ticks()
        self._working = {one.secret_hash: one for one in self._store.working()}
        self._read_at = began

    def _in_use(self, token: Token | None) -> Token | None:
        now = self._clock()
        if token and (token.last_used_at is None or now - token.last_used_at > BETWEEN_NOTES):
            self._used[token.id] = now
        return token

    def _note_uses(self) -> None:
        used, self._used = self._used.copy(), {}
        if not used:
            return
        self._store.note_uses(used)
        with self._lock:
            self._working = {
                key: replace(one, last_used_at=used.get(one.id, one.last_used_at))
                for key, one in self._working.items()
            }

    def revoke(self, token_id: int) -> None:
        """For good: also noted beside the history at once, in case an older copy takes its
        place."""
        self._store.revoke(token_id, self._clock())
        with self._lock:
            self._read_at = float("-inf")
        self._changed()
