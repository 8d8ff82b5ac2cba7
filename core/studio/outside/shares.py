"""Links for people outside, to clips or to a view: made, shown again, revoked, opened by guests."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from core.domain.shares import MOST_GENERATIONS, NewShare, Share, SharedClip, SharedPage
from core.domain.tokens import hash_of
from core.errors import InvalidShare, Problem
from core.sharing.links import Links, is_token
from core.sharing.passes import Passes
from core.sharing.passwords import Passwords
from core.sharing.rates import LinkRate, Rate, network
from core.storage.history import History
from core.storage.outside.live_views import LiveView, LiveViewTexts
from core.storage.outside.shares import ShareStore
from core.storage.search.selection import Filter, Order
from core.storage.store import LARGEST_ID, Store

QUARTER_HOUR = 900.0
GUESSES, GUESSES_FROM_EVERYWHERE = 8, 100
"""Passwords tried in a quarter of an hour: with six letters that is hopeless."""
NEVER = "Only finished clips outside the trash are shared, and this view is of others."
BETWEEN_VISITS = 1800.0
"""A guest who returns sooner is still on the same visit."""


class Shares:
    def __init__(
        self,
        *,
        store: ShareStore,
        views: LiveViewTexts,
        generations: Store,
        history: History,
        seen_as: Callable[[str], AbstractContextManager[None]],
        changed: Callable[[], None],
        secret: bytes,
        passwords: Passwords,
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
    ) -> None:
        """Within `seen_as`, the history holds what the person of this name may see: a link never
        shows more than its sharer may see at that moment."""
        self._store = store
        self._views = views
        self._generations = generations
        self._history = history
        self._seen_as = seen_as
        self._changed = changed
        self._links = Links(secret)
        self._passes = Passes(secret)
        self._passwords = passwords
        self._clock = clock
        self._guesses = LinkRate(GUESSES, GUESSES_FROM_EVERYWHERE, QUARTER_HOUR, ticks)
        self._visits = Rate(1, BETWEEN_VISITS, ticks)

    # -- for the sharer -------------------------------------------------------------------------

    def make(self, wanted: NewShare, numbers: Sequence[int]) -> Share:
        """A link to these generations. Raises InvalidShare."""
        made = [number for number in dict.fromkeys(numbers) if self._has_files(number)]
        return self._add(wanted, _countable(made), made)

    def make_live(self, wanted: NewShare, chosen: Filter, order: Order) -> Share:
        """A link to a view: to whatever is in it when somebody looks. Raises InvalidShare."""
        view = LiveView.of(chosen, order)
        problems = [] if view else [Problem("clips", NEVER)]
        return self._add(wanted, problems, live=self._views.write(view) if view else "")

    def count_live(self, chosen: Filter, order: Order) -> int:
        view = LiveView.of(chosen, order)
        return self._history.sums(view.chosen, view.order).totals.generations if view else 0

    def all(self) -> list[Share]:
        return [self._counted(share) for share in self._store.all()]

    def is_open(self, share: Share) -> bool:
        return share.is_open(self._clock())

    def token(self, share: Share) -> str | None:
        return self._links.token(share)

    def revoke(self, share_id: int) -> None:
        """For good: also noted beside the history at once, in case an older copy takes its
        place."""
        self._store.revoke(share_id, self._clock())
        self._changed()

    # -- for guests -----------------------------------------------------------------------------

    def open(self, token: str) -> Share | None:
        found = self._store.with_hash(hash_of(token)) if is_token(token) else None
        if not found or not self.is_open(found):
            return None
        with self._seen_as(found.by):
            return self._store.with_hash(found.token_hash)

    def is_admitted(self, share: Share, guest_pass: str) -> bool:
        if not share.has_password:
            return True
        return self._passes.holds(share, guest_pass, self._clock())

    def may_guess(self, share: Share, address: str) -> bool:
        """Whether a password from this address is checked at all; if so, the try is counted."""
        return self._guesses.allows(share.id, address)

    def admit(self, share: Share, password: str) -> str | None:
        if not self._passwords.matches(password, share.password_hash):
            return None
        return self._passes.issue(share, self._clock())

    def note_visit(self, share: Share, address: str) -> None:
        if self._visits.allows((share.id, network(address))):
            self._store.count_visit(share.id, self._clock())

    def page(self, share: Share, number: int, size: int, holding: int = 0) -> SharedPage:
        """A page of what is behind the link now. For chosen clips, `holding` asks for the page with
        this place, or the next later one."""
        with self._seen_as(share.by):
            if share.live:
                return self._live_page(share, number, size)
            clips = [clip for clip in self._store.clips(share.id) if clip.generation.outputs]
        before = sum(clip.place < holding for clip in clips)
        pages = max(1, math.ceil(len(clips) / size))
        number = min(max(number, before // size + 1), pages)
        return SharedPage(clips[(number - 1) * size : number * size], number, pages)

    def clip(self, share: Share, place: int) -> SharedClip | None:
        """Only what the link shows at this moment."""
        with self._seen_as(share.by):
            if share.live:
                return self._live_clip(share, place)
            return self._store.clip(share.id, place)

    def _live_clip(self, share: Share, place: int) -> SharedClip | None:
        view = self._views.read(share.live)
        if view is None or not 0 < place <= LARGEST_ID:
            return None
        if not self._history.holds(view.chosen, view.order, place):
            return None
        found = self._generations.get(place)
        return None if found.trashed_at else SharedClip(place, found)

    def _live_page(self, share: Share, number: int, size: int) -> SharedPage:
        view = self._views.read(share.live)
        if view is None:
            return SharedPage([])
        count = self._history.sums(view.chosen, view.order).totals.generations
        pages = max(1, math.ceil(count / size))
        number = min(max(number, 1), pages)
        found = self._history.page(view.chosen, view.order, number, size)
        seen = [SharedClip(one.id, one) for one in found if one.outputs and not one.trashed_at]
        return SharedPage(seen, number, pages)

    def _add(
        self,
        wanted: NewShare,
        problems: Sequence[Problem],
        numbers: Sequence[int] = (),
        live: str = "",
    ) -> Share:
        now = self._clock()
        if found := [*wanted.problems(now), *problems]:
            raise InvalidShare(found)
        nonce, token_hash = self._links.new()
        made = self._store.add(
            wanted,
            numbers,
            live=live,
            nonce=nonce,
            token_hash=token_hash,
            password_hash=self._passwords.hashed(wanted.password) if wanted.password else "",
            now=now,
        )
        self._changed()
        return self._counted(made)

    def _counted(self, share: Share) -> Share:
        view = self._views.read(share.live) if share.live else None
        return replace(share, clips=self.count_live(view.chosen, view.order)) if view else share

    def _has_files(self, number: int) -> bool:
        found = self._generations.find(number)
        return found is not None and bool(found.outputs) and found.trashed_at is None


def _countable(numbers: Sequence[int]) -> list[Problem]:
    if not numbers:
        return [Problem("clips", "Nothing of this has a file to share.")]
    if len(numbers) > MOST_GENERATIONS:
        return [Problem("clips", f"Share at most {MOST_GENERATIONS} at once.")]
    return []
