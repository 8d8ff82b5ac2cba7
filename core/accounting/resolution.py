"""What a person decides where the program cannot: what became of a request, what it cost.

They attach a task, send again, mark as not charged, settle a figure or import a task, and see the
evidence to decide by. The program never does any of this by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from core.accounting import evidence, task_search
from core.accounting.evidence import Booking, Doubt, Figures, Verdict
from core.accounting.untold import is_untold
from core.catalog.model import Model
from core.catalog.suppliers import Suppliers
from core.domain.families import Origin, Way
from core.errors import InvalidRequest, Problem, TaskExpected, TaskTaken
from core.generations import Generation, Request, Status
from core.providers.account import Account, AccountReader
from core.providers.connections import Connections
from core.providers.provider import Provider
from core.providers.tasks import Task
from core.storage.spending.ledger import Ledger
from core.storage.store import Store
from core.text import visible_text

OLDEST = timedelta(days=3 * 365)
"""A task that claims to be older has a wrong date."""
MIDNIGHT = timedelta(minutes=2)
"""A request sent so shortly before a day's end may be booked on the next."""


@dataclass
class Resolution:
    """Carries out what a person decides. `submit` records a request for sending; `look_at` tells
    the tracker of a change."""

    store: Store
    ledger: Ledger
    connections: Connections
    suppliers: Suppliers
    submit: Callable[..., tuple[Generation, bool]]
    look_at: Callable[[int], None]
    clock: Callable[[], datetime]
    demo: bool

    # -- the evidence ---------------------------------------------------------------------------

    def doubt(self, generation: Generation) -> Doubt:
        sent, noticed = generation.submitted_at, generation.finished_at
        before = Figures.of(generation.evidence.get("before"), sent)
        after = Figures.of(generation.evidence.get("after"), noticed)
        found = self._examined(generation, before, after or self._figures(generation))
        is_balance_alone = after is not None and after.today is None  # it may fall late
        if found.verdict is Verdict.OPEN and is_balance_alone:
            found = self._examined(generation, before, self._figures(generation) or after)
        return replace(found, again=self.ledger.with_key(_again(generation)))

    def _examined(
        self, generation: Generation, before: Figures | None, after: Figures | None
    ) -> Doubt:
        booking = self._booking(generation)
        starts = [one for one in (generation.submitted_at, booking and booking.start) if one]
        ends = [one for one in (after and after.at, booking and booking.end) if one]
        works = self.ledger.around(min(starts), max(ends), generation) if starts and ends else []
        who = self.suppliers[generation.provider].title
        return evidence.examine(generation, before, after, booking, works, who)

    def _is_reached(self, generation: Generation) -> bool:
        return generation.demo is self.demo and generation.provider in self.connections

    def _account(self, generation: Generation) -> AccountReader:
        return self.connections[generation.provider].account

    def _figures(self, generation: Generation) -> Figures | None:
        seen = self._account(generation).seen() if self._is_reached(generation) else Account()
        noticed = generation.finished_at or generation.updated_at
        if seen.organization is None or seen.asked_at is None or seen.asked_at < noticed:
            return None  # older figures say nothing about it
        today = seen.organization.counted_today(generation.request.model)
        return Figures(seen.organization.credit_balance, today, seen.asked_at)

    def _booking(self, generation: Generation) -> Booking | None:
        if not self._is_reached(generation) or generation.submitted_at is None:
            return None
        used = self._account(generation).usage()
        sent = generation.submitted_at.astimezone(UTC)
        days = sorted({sent.date(), (sent + MIDNIGHT).date()})
        if used.credits is None or used.asked_at is None or days[0] < used.since:
            return None
        credits = sum(used.credits.get((day, generation.request.model), 0) for day in days)
        start = sent.replace(hour=0, minute=0, second=0, microsecond=0)
        return Booking(credits, start, start + timedelta(days=len(days)), used.asked_at)

    # -- unconfirmed ----------------------------------------------------------------------------

    def attach(self, generation_id: int, task_id: str, *, anyway: bool = False) -> None:
        """Give an unconfirmed generation the task that it became, after asking its provider.

        `task_id` may be pasted as it was found: in a link, or among other words. Raises NotFound
        when the provider does not know the task; TaskTaken when it belongs to another generation;
        InvalidRequest when there is no task id in the text, when the generation is no longer
        unconfirmed, or, on the field `unlikely` and unless `anyway`, when that task is hardly this
        request.
        """
        generation = self._unconfirmed(generation_id)
        task_id = visible_text.task_id(task_id)
        _provider, task = self._task([self.connections.to(generation)], task_id)
        of = self.suppliers[generation.provider]
        if not anyway and (reason := evidence.doubtful(generation, task, of)):
            raise InvalidRequest([Problem("unlikely", reason)])
        now = self.clock()
        moved = self.store.move(
            generation,
            Status.PENDING,
            now,
            detail="Task id attached by hand",
            task_id=task_id,
            polled_at=now,
            reason="",
            finished_at=None,
            cancel_requested=False,
        )
        if not moved:
            raise InvalidRequest([GONE])
        self.look_at(generation_id)

    def send_again(self, generation_id: int) -> tuple[Generation, bool]:
        """Submit the request of an unconfirmed generation once more, and only once; the first one
        stays unconfirmed.

        Returns the new generation, and whether this call made it. Raises InvalidRequest when it
        cannot be sent, or is no longer unconfirmed.
        """
        first = self.store.get(generation_id)
        if first.status is not Status.UNCONFIRMED:
            raise InvalidRequest([GONE])
        second, new = self.submit(
            first.request,
            _again(first),
            author=first.author,
            project_id=first.project_id,
            origin=Origin(first.id, Way.AGAIN),
        )
        if new:
            detail = f"Sent again as generation {second.id}, by hand."
            self.store.move(first, Status.UNCONFIRMED, self.clock(), detail=detail)
        return second, new

    def write_off(self, generation_id: int) -> None:
        """Close an unconfirmed generation as not charged, because a person has made sure. Raises
        InvalidRequest when it is no longer unconfirmed."""
        reason = "Marked by hand as not charged."
        moved = self.store.move(
            self._unconfirmed(generation_id),
            Status.FAILED,
            self.clock(),
            detail=reason,
            reason=reason,
            credits_charged=0,
        )
        if not moved:
            raise InvalidRequest([GONE])

    def _unconfirmed(self, generation_id: int) -> Generation:
        """The generation as the person saw it, so that a move from any other status fails."""
        return replace(self.store.get(generation_id), status=Status.UNCONFIRMED)

    # -- figures and tasks from elsewhere -------------------------------------------------------

    def settle(self, generation_id: int, credits: int) -> Generation:
        """Write down what an ended generation cost, where its provider has not said and a person
        knows. One that has the provider's figure, or is still open, stays as it is. Returns what
        it was."""
        generation = self.store.get(generation_id)
        of = self.suppliers[generation.provider]
        if is_untold(generation, of):
            detail = f"Marked by hand: {of.counted(credits)} charged."
            self.store.move(
                generation,
                generation.status,
                self.clock(),
                detail=detail,
                credits_charged=credits,
            )
        return generation

    def import_task(
        self,
        task_id: str,
        model: Model | None = None,
        prompt: str = "",
        *,
        anyway: bool = False,
    ) -> tuple[Generation, bool]:
        """Take in a task that was made elsewhere with this account, to be followed like any other.

        `task_id` is as for `attach`. Returns its row, and whether it is new: of two calls for one
        task only one makes it. Raises NotFound, InvalidRequest when there is no task id in the
        text, TaskTaken when it is in the history already, and, unless `anyway`, TaskExpected when
        an unconfirmed generation probably became it.
        """
        task_id = visible_text.task_id(task_id)
        known = [self.connections[model.provider]] if model else [*self.connections]
        provider, task = self._task([one.provider for one in known], task_id)
        now, made = self.clock(), task.created_at
        since, until = now - OLDEST, now + evidence.EARLY
        if made and since < made <= now:
            since, until = made - evidence.LATE, made + evidence.EARLY
        else:
            made = now
        if not anyway and (expected := self._expected(provider, task, since, until)):
            raise TaskExpected(expected)
        endpoint, name, kind = (model.endpoint, model.id, model.kind) if model else ("", "", "")
        generation, new = self.store.add_task(
            Request(endpoint, name, visible_text.visible(prompt)),
            task_id,
            kind=kind,
            demo=self.demo,
            estimated=task.credits_estimated,
            made_at=made,
            now=now,
            provider=provider.name,
        )
        self.look_at(generation.id)
        return generation, new

    def _expected(
        self, provider: Provider, task: Task, since: datetime, until: datetime
    ) -> int | None:
        fitting = self.ledger.unconfirmed(since, until, demo=self.demo, provider=provider.name)
        is_doubtful = partial(evidence.doubtful, task=task, of=self.suppliers[provider.name])
        return next((n for n in fitting if not is_doubtful(self.store.get(n))), None)

    def _task(self, providers: Sequence[Provider], task_id: str) -> tuple[Provider, Task]:
        """The task, and the provider that knows it. Raises TaskTaken, and what `task_search`
        raises."""
        if owner := self.ledger.with_task(task_id):
            raise TaskTaken(owner)
        return task_search.find(providers, task_id)


GONE = Problem("task_id", "This generation is unconfirmed no more.")


def _again(generation: Generation) -> str:
    """The idempotency key for sending it again: the same from every tab, so that it happens
    once."""
    return f"again_{generation.id}"
