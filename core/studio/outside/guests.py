"""Stars and notes of people outside: left by a link that takes them. The team finds them among its
own reviews."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from core.domain.feedback import Feedback
from core.domain.reviews import Guest, Note
from core.domain.shares import Share, SharedClip
from core.domain.tokens import hash_of
from core.errors import InvalidFeedback, Problem
from core.sharing.rates import LinkRate
from core.storage.desk.guests import GuestStore
from core.text.names import guest_key

MINUTES = 600.0
POSTS, POSTS_FROM_EVERYWHERE = 60, 600
"""Within ten minutes: rating fifty clips by a key each is fine."""
MOST_NOTES = 2000
"""Through one link."""
TOO_OFTEN = "That was a lot at once. Try again in ten minutes."
FULL = "This link has as many notes as it can hold."


class Guests:
    def __init__(
        self, *, store: GuestStore, clock: Callable[[], datetime], ticks: Callable[[], float]
    ) -> None:
        self._store = store
        self._clock = clock
        self._posts = LinkRate(POSTS, POSTS_FROM_EVERYWHERE, MINUTES, ticks)

    def new(self) -> str:
        """The mark of a new guest's browser, for it to keep."""
        return secrets.token_urlsafe(16)

    def leave(
        self, share: Share, clip: SharedClip, guest: str, given: Feedback, address: str
    ) -> None:
        """Keep what the link allows of it. Raises InvalidFeedback."""
        left = given.allowed(share.terms)
        if problems := left.problems():
            raise InvalidFeedback(problems)
        if not self._posts.allows(share.id, address):
            raise InvalidFeedback([Problem("note", TOO_OFTEN)])
        if left.note and self._store.count_notes(share.token_hash) >= MOST_NOTES:
            raise InvalidFeedback([Problem("note", FULL)])
        who = Guest(_key(share, guest), share.token_hash, left.nickname)
        note_id = secrets.token_hex(8)
        self._store.add(who, clip.generation.id, left, note_id=note_id, now=self._clock())

    def nickname(self, share: Share, guest: str) -> str:
        return self._store.nickname(_key(share, guest))

    def stars(self, share: Share, guest: str) -> dict[int, int]:
        return self._store.stars(_key(share, guest))

    def notes(self, share: Share) -> list[Note]:
        """Those of all guests of a link, oldest first; nothing of the team's."""
        return self._store.notes(share.token_hash)


def _key(share: Share, guest: str) -> str:
    """Hashed, so that a copy of the history lets nobody pose as another's guest."""
    return guest_key(share.token_hash, hash_of(guest)[:32])
