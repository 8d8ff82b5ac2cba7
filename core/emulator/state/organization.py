"""The organization behind the key: its tasks, and how they move on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import date, datetime
from threading import RLock
from typing import Any

from core.catalog.catalog import Catalog
from core.emulator.checks import refusals
from core.emulator.state import billing, concurrency
from core.emulator.state.arrivals import Arrival
from core.emulator.state.conditions import Rules
from core.emulator.state.records import Folder, Records
from core.emulator.state.renders import Renders
from core.emulator.state.tasks import Outcome, Status, Task

_BAD_OUTPUT = Outcome(
    status=Status.FAILED,
    failure="The generated output could not be used.",
    failure_code="INTERNAL.BAD_OUTPUT.01",
)
_SUCCESS = Outcome(status=Status.SUCCEEDED)


class Organization:
    """Thread-safe. Everything happens under one lock except rendering, which only reports."""

    def __init__(
        self, folder: Folder, rules: Rules, clock: Callable[[], datetime], catalog: Catalog
    ) -> None:
        self.lock = RLock()
        self.rules = rules
        self._clock = clock
        self._catalog = catalog
        self._file = folder.state("state.json", Records)
        self.records = self._file.load() or Records(balance=rules.credits)
        self._saved = self._standing()

    # -- its life ---------------------------------------------------------------------------------

    def open(self, renders: Renders) -> None:
        with self.lock:
            self._renders = renders
            self._order_clips()

    def refresh(self) -> None:
        with self.lock:
            newer = self._file.newer()
            if newer is not None:
                self.records = newer
                self._saved = self._standing()
                self._order_clips()

    def _order_clips(self) -> None:
        for task in self.records.tasks.values():
            if task.forced_outcome is None and not task.deleted and task.status in _WITH_CLIP:
                self._renders.order(task.job)

    def reset(self, rules: Rules) -> None:
        """Forget every task, upload and credit; clips stay, since they only save time."""
        with self.lock:
            self._renders.clear()
            self.rules = rules
            secret = self.records.secret
            self.records = Records(balance=rules.credits, secret=secret)
            self.save()

    def adopt(self, rules: Rules, *, refill: bool) -> None:
        """Follow other rules from now on; with `refill`, their credits become the balance."""
        with self.lock:
            if refill:
                self.records.balance = rules.credits
            self.rules = rules
            self.save()

    def save(self) -> None:
        with self.lock:
            self._file.save(self.records)
            self._saved = self._standing()

    def _standing(self) -> dict[str, tuple[Any, ...]]:
        """The state of each open task that time alone does not tell; other changes by a poll
        need not be saved."""
        counts = self.rules.pace.kind == "polls"
        return {
            task.id: (task.status, task.admitted, task.looks if counts else 0)
            for task in self.records.tasks.values()
            if task.is_open
        }

    # -- tasks ------------------------------------------------------------------------------------

    def create(self, arrival: Arrival) -> Task:
        with self.lock:
            self.refresh()
            now = self._clock()
            self._advance(now)
            model = arrival.order.model
            daily = self.rules.daily
            if daily is not None and billing.daily(self.records, model.id, now) >= daily:
                raise refusals.over_daily(model.id)
            job = arrival.job(self.records.tasks)
            most, final = billing.price(arrival.order, arrival.assets, job)
            if most > self.records.balance:
                raise refusals.no_credits()
            task = arrival.task(job, most, final, now)
            self._begin(task, now)
            self._advance(now)
            self.save()
            return task

    def _begin(self, task: Task, now: datetime) -> None:
        self.records.tasks[task.id] = task
        billing.book(self.records, task, task.charged, now)
        if task.forced_outcome is None:
            self._renders.order(task.job)

    def render_needed(self, task_id: str) -> Future[None] | None:
        """The clip that the next poll of a task must wait for, if that poll finds it due."""
        with self.lock:
            task = self._find(task_id)
            pace = self.rules.pace.of(task_id)
            if task.forced_outcome or not task.is_open or pace.kind == "seconds":
                return None
            self._advance(self._clock())
            if task.admitted is None:
                return None
            due = pace.progress(task.admitted, task.looks + 1, self._clock()) >= 1
            return self._renders.order(task.job) if due and task.is_open else None

    def look(self, task_id: str) -> Task:
        with self.lock:
            task = self._find(task_id)
            now = self._clock()
            task.polls.append(now)
            self._advance(now)
            if task.admitted and task.is_open:
                task.looks += 1
                self._advance(now)
            if self._standing() != self._saved:
                self.save()
            return task.model_copy()

    def delete(self, task_id: str) -> None:
        with self.lock:
            task = self._find(task_id)
            now = self._clock()
            self._advance(now)
            was_open = task.is_open
            if was_open:
                self._end(task, Outcome(status=Status.CANCELLED), now)
            task.deleted = not (was_open and self.rules.cancelled_visible)
            self.save()

    def end(self, task_id: str, outcome: Outcome) -> None:
        with self.lock:
            task = self._find(task_id)
            if task.is_open:
                self._end(task, outcome, self._clock())
            self.save()

    def _find(self, task_id: str) -> Task:
        self.refresh()
        task = self.records.tasks.get(task_id)
        if task is None or task.deleted:
            raise refusals.no_task()
        return task

    # -- time -------------------------------------------------------------------------------------

    def _advance(self, now: datetime) -> None:
        full: set[str] = set()
        for task in [task for task in self.records.tasks.values() if task.is_open]:
            if task.admitted is None and task.model not in full:
                task.admitted = concurrency.admission(task, self._rivals(task), self.rules, now)
            if task.admitted is None:
                full.add(task.model)
                task.status = Status.THROTTLED
            else:
                self._move(task, task.admitted, now)

    def _move(self, task: Task, admitted: datetime, now: datetime) -> None:
        progress = self.rules.pace.of(task.id).progress(admitted, task.looks, now)
        if progress < 0:
            task.status = Status.PENDING
        elif progress < 1:
            task.status, task.progress = Status.RUNNING, round(progress, 3)
        elif task.forced_outcome:
            task.status = Status.RUNNING
            self._end(task, task.forced_outcome, now)
        else:
            self._deliver(task, now)

    def _deliver(self, task: Task, now: datetime) -> None:
        task.status, task.progress = Status.RUNNING, 0.99
        state = self._renders.state(task.job)
        if state != "waiting":
            self._end(task, _SUCCESS if state == "ready" else _BAD_OUTPUT, now)

    def _rivals(self, task: Task) -> list[Task]:
        return [other for other in self.records.tasks.values() if other.model == task.model]

    def _end(self, task: Task, outcome: Outcome, now: datetime) -> None:
        cost = outcome.cost(task.charged, task.final, task.status)
        billing.book(self.records, task, cost - task.charged, now)
        task.status, task.charged, task.ended = outcome.status, cost, now
        task.failure, task.failure_code = outcome.failure, outcome.failure_code

    # -- credits ----------------------------------------------------------------------------------

    def summary(self) -> dict[str, Any]:
        with self.lock:
            now = self._clock()
            self._advance(now)
            models = list(dict.fromkeys(model.id for model in self._catalog))
            return billing.summary(self.records, self.rules, models, now)

    def usage(self, start: date, before: date) -> dict[str, Any]:
        with self.lock:
            self._advance(self._clock())
            return billing.usage(self.records, start, before)


_WITH_CLIP = {Status.PENDING, Status.THROTTLED, Status.RUNNING, Status.SUCCEEDED}
