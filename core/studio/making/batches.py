"""Orders of many: checked and priced whole, recorded whole or not at all, then followed as one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from core.compose.variations import variations
from core.domain.batches import LONGEST_NAME, MOST, MOST_VARIATIONS, Batch, Tally, UnknownBatch
from core.domain.caps import Order
from core.domain.families import Origin, Way
from core.errors import InvalidRequest, Problem
from core.generations import Generation, Request
from core.providers.failures import may_repeat
from core.storage.history import History
from core.storage.making.batches import BatchStore
from core.storage.rows import Entry
from core.studio.making.caps import Caps
from core.studio.making.composer import Composer
from core.worker.tracker import Tracker

UNPRICED = "Nobody knows yet what one of these costs, and so not what all of them do."
UNNAMED = "Without words"


@dataclass(frozen=True)
class Wanted:
    """One generation of a batch, the id of the project that it goes to, and what it was made
    from."""

    request: Request
    project_id: int | None = None
    origin: Origin | None = None


class Batches:
    def __init__(
        self,
        *,
        store: BatchStore,
        compose: Composer,
        caps: Caps,
        history: History,
        tracker: Tracker,
        record_soon: Callable[[Iterable[int]], None],
        changed: Callable[[], None],
        clock: Callable[[], datetime],
        demo: bool,
    ) -> None:
        """`record_soon` is given the ids of generations that are new or withdrawn; `changed` is
        called after a change of the list of batches."""
        self._store = store
        self._compose = compose
        self._caps = caps
        self._history = history
        self._tracker = tracker
        self._record_soon = record_soon
        self._changed = changed
        self._clock = clock
        self._demo = demo

    # -- ordering -------------------------------------------------------------------------------

    def quote(self, wanted: Sequence[Wanted]) -> Mapping[str, int] | None:
        """Credits of all together, at most, by the provider; None where nobody knows of one."""
        total: Counter[str] = Counter()
        for one in wanted:
            order = self._compose.order(one.request)
            if order.price is None:
                return None
            total[order.provider] += order.price
        return total

    def problems(self, wanted: Sequence[Wanted], *, author: str = "") -> list[Problem]:
        found = self._compose.wrong_in([one.request for one in wanted])
        return list(dict.fromkeys(chain(*found))) or self._unaffordable(
            self._orders(wanted, author)
        )

    def unaffordable(self, wanted: Sequence[Wanted], author: str = "") -> list[Problem]:
        """The caps that have no room for all of them, or cannot judge an unknown price."""
        return self._unaffordable(self._orders(wanted, author))

    def problems_of_variations(
        self, request: Request, count: int, *, author: str = "", project_id: int | None = None
    ) -> list[Problem]:
        """As `problems`, for so many of the same."""
        order = self._compose.order(request, author, project_id)
        return self._compose.wrong(request) or self._unaffordable([order] * count)

    def vary(
        self,
        request: Request,
        count: int,
        key: str,
        *,
        author: str = "",
        project_id: int | None = None,
        origin: Origin | None = None,
    ) -> tuple[Batch, bool]:
        """Order so many of the same, each with a seed of its own. As `submit` does."""
        model = self._compose.model(request)
        if model is None or not 1 < count <= MOST_VARIATIONS:
            wrong = f"There are 2 to {MOST_VARIATIONS} variations."
            raise InvalidRequest([Problem("batch", wrong)])
        wanted = [Wanted(one, project_id, origin) for one in variations(model, request, count)]
        return self.submit(request.words.strip() or model.name, wanted, key, author=author)

    def submit(
        self, name: str, wanted: Sequence[Wanted], key: str, *, author: str = ""
    ) -> tuple[Batch, bool]:
        """Record all of them for sending, or none. Returns the batch, and whether it is new.

        The same `key` never makes a second batch. Raises InvalidRequest with every problem, or
        every cap that has no room for all of them. Sends nothing itself.
        """
        batch_id = hashlib.sha256(key.encode()).hexdigest()[:16]
        with suppress(UnknownBatch):
            return self._store.get(batch_id), False
        if not 0 < len(wanted) <= MOST:
            raise InvalidRequest([Problem("batch", f"A batch has 1 to {MOST:,} generations.")])
        batch = Batch(
            id=batch_id,
            name=" ".join(name.split())[:LONGEST_NAME].rstrip() or UNNAMED,
            author=author,
            size=len(wanted),
            demo=self._demo,
            created_at=self._clock(),
        )
        if problems := self.problems(wanted, author=author):
            raise InvalidRequest(problems)
        orders = self._orders(wanted, author)
        entries = [
            self._entry(batch, place, one, order, f"batch_{batch.id}_{place}")
            for place, (one, order) in enumerate(zip(wanted, orders, strict=True), 1)
        ]
        added = self._store.add(batch, entries, admit=lambda: self._caps.admit_all(orders))
        self._look_at(added)
        self._changed()
        return self._store.get(batch.id), bool(added)

    def _entry(self, batch: Batch, place: int | None, one: Wanted, order: Order, key: str) -> Entry:
        model = self._compose.model(one.request)
        assert model is not None
        return Entry(
            request=one.request,
            idempotency_key=key,
            kind=model.kind,
            provider=model.provider,
            quoted=order.price,
            author=order.author,
            project_id=one.project_id,
            parents=self._compose.parents(one.request, one.origin),
            batch_id=batch.id,
            batch_place=place,
        )

    def _orders(self, wanted: Sequence[Wanted], author: str) -> list[Order]:
        return [self._compose.order(one.request, author, one.project_id) for one in wanted]

    def _unaffordable(self, orders: Sequence[Order]) -> list[Problem]:
        if any(order.price is None for order in orders):
            return [Problem("price", UNPRICED)]
        return self._caps.problems_of_all(orders)

    def _look_at(self, numbers: Iterable[int]) -> None:
        self._record_soon(numbers)
        for number in numbers:
            self._tracker.look_at(number)

    # -- following ------------------------------------------------------------------------------

    def get(self, batch_id: str) -> Batch:
        """Raises UnknownBatch."""
        return self._store.get(batch_id)

    def newest(self, most: int) -> list[Batch]:
        return self._store.newest(most, demo=self._demo)

    def names(self, batch_ids: Sequence[str]) -> Mapping[str, str]:
        return self._store.names(batch_ids)

    def open(self) -> list[str]:
        return self._store.open(demo=self._demo)

    def tally(self, batch_id: str) -> Tally:
        return self._store.tally(batch_id)

    def numbers(self, batch_id: str) -> list[int]:
        """The ids of its generations in order; of what was tried again, the last try."""
        return self._store.places(batch_id)

    def seconds_left(self, batch_id: str, tally: Tally) -> float | None:
        """Estimated from each model's recent times here, with as many at once as run now; None
        where those are unknown, or nothing is left."""
        waiting = self._store.waiting(batch_id)
        typical = self._history.typical_seconds(waiting, demo=self._demo)
        if not waiting or typical.keys() != waiting.keys():
            return None
        work = sum(count * typical[model] for model, count in waiting.items())
        to_do = max(0.0, 1 - tally.rendered / sum(waiting.values()))
        return work * to_do / max(1, tally.running)

    # -- what is left of it ---------------------------------------------------------------------

    def pause(self, batch_id: str) -> None:
        """What has not been sent waits until `resume`; what has been sent goes on. Raises
        UnknownBatch, as the others do."""
        self._store.pause(self.get(batch_id).id, self._clock())
        self._changed()

    def resume(self, batch_id: str) -> None:
        self._store.pause(self.get(batch_id).id, None)
        self._changed()

    def cancel_rest(self, batch_id: str) -> int:
        """Withdraw what has not been sent, which costs nothing. Returns how many."""
        withdrawn = self._store.withdraw(self.get(batch_id).id, self._clock())
        self._record_soon(withdrawn)
        return len(withdrawn)

    def retryable(self, batch_id: str) -> list[Generation]:
        """Failures that cost nothing by the provider's own figure, and may pass another time."""
        return [failed for failed in self._store.failed(batch_id) if _may_pass(failed)]

    def retry(self, batch_id: str, failed: Sequence[Generation], *, author: str = "") -> int:
        """Order those of `retryable` again, each in its place. Returns how many, which is none for
        the second of two clicks. Raises InvalidRequest."""
        batch = self._store.get(batch_id)
        wanted = [Wanted(one.request, one.project_id, Origin(one.id, Way.AGAIN)) for one in failed]
        if problems := self.problems(wanted, author=author):
            raise InvalidRequest(problems)
        orders = self._orders(wanted, author)
        entries = [
            self._entry(batch, before.batch_place, one, order, f"again_{before.idempotency_key}")
            for before, one, order in zip(failed, wanted, orders, strict=True)
        ]
        added = self._store.add_again(
            batch, entries, admit=lambda: self._caps.admit_all(orders), now=self._clock()
        )
        self._look_at(added)
        return len(added)


def _may_pass(failed: Generation) -> bool:
    was_refused = failed.task_id is None
    return failed.credits_charged == 0 and (was_refused or may_repeat(failed))
