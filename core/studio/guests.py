"""Stars and notes of people outside: left by a link that takes them, read by the team."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from core.errors import InvalidFeedback, Problem
from core.feedback import Feedback, GuestNote, GuestRating
from core.shares import Share, SharedClip
from core.sharing.links import hash_of
from core.sharing.rates import LinkRate
from core.storage.guests import GuestStore

MINUTES = 600.0
POSTS, POSTS_FROM_EVERYWHERE = 60, 600
"""In ten minutes: who rates fifty clips by a key each is no nuisance."""
MOST_NOTES = 2000
"""By one link."""
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
        """What a guest's browser is known by, for itself to keep."""
        return secrets.token_urlsafe(16)

    def leave(
        self, share: Share, clip: SharedClip, guest: str, given: Feedback, address: str
    ) -> None:
        """Keep what the link takes of it. Raises InvalidFeedback."""
        left = given.allowed(share.terms)
        if problems := left.problems():
            raise InvalidFeedback(problems)
        if not self._posts.allows(share.id, address):
            raise InvalidFeedback([Problem("note", TOO_OFTEN)])
        if left.note and self._store.count_notes(share.id) >= MOST_NOTES:
            raise InvalidFeedback([Problem("note", FULL)])
        self._store.add(share.id, clip.generation.id, _mark(guest), left, self._clock())

    def nickname(self, share: Share, guest: str) -> str:
        return self._store.nickname(share.id, _mark(guest))

    def stars(self, share: Share, guest: str) -> dict[int, int]:
        """A guest's own, by generation."""
        own = self._store.ratings_by(share.id, _mark(guest))
        return {rating.generation_id: rating.stars for rating in own}

    def notes(self, share: Share) -> list[GuestNote]:
        """Those of all guests of a link, oldest first."""
        return self._store.notes(share.id)

    def of(self, generation_id: int) -> tuple[list[GuestRating], list[GuestNote]]:
        return self._store.of(generation_id)


def _mark(guest: str) -> str:
    """A copy of the history lets nobody be somebody else's guest."""
    return hash_of(guest)[:32]
