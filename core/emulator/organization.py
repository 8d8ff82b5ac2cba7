"""The organization behind the key: its tasks, how they move on, and its credits."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from threading import RLock
from typing import Any

from core.catalog import Catalog
from core.emulator import answers, clips, failures
from core.emulator.clips import Job
from core.emulator.records import Entry, Folder
from core.emulator.renders import Renders
from core.emulator.rules import Rules
from core.emulator.tasks import Outcome, Status, Task
from core.emulator.validation import Order

_UNPRICED_PER_SECOND = 10
_MONTHLY_SPEND = 50_000
_BAD_OUTPUT = Outcome(
    status=Status.FAILED,
    failure="The generated output could not be used.",
    failure_code="INTERNAL.BAD_OUTPUT.01",
)
_SUCCESS = Outcome(status=Status.SUCCEEDED)


@dataclass(frozen=True)
class Arrival:
    """A create call that passed every check: its order, pictures and their first one's shape."""

    order: Order
    request: dict[str, Any]
    fingerprint: str
    pictures: dict[str, str]
    aspect: float | None
    fate: Outcome | None


class Organization:
    """Thread-safe. Everything happens under one lock, except rendering, which only reports."""

    def __init__(
        self, folder: Folder, rules: Rules, clock: Callable[[], datetime], catalog: Catalog
    ) -> None:
        self.lock = RLock()
        self.rules = rules
        self._folder = folder
        self._clock = clock
        self._catalog = catalog
        self.records = folder.load(rules.credits)

    # -- its life ---------------------------------------------------------------------------------

    def open(self, renders: Renders) -> None:
        """Begin to render: first what an earlier run left open."""
        with self.lock:
            self._renders = renders
            for task in self.records.tasks.values():
                if task.fate is None and not task.deleted and task.status in _WITH_CLIP:
                    renders.order(task.job)

    def reset(self, rules: Rules) -> None:
        """Forget every task, upload and credit; clips stay, they only save time."""
        with self.lock:
            self._renders.clear()
            self.rules = rules
            secret = self.records.secret
            self.records = type(self.records)(balance=rules.credits, secret=secret)
            self.save()

    def adopt(self, rules: Rules, *, refill: bool) -> None:
        """Play by other rules from now on, with their credits as the balance if asked for."""
        with self.lock:
            if refill:
                self.records.balance = rules.credits
            self.rules = rules
            self.save()

    def save(self) -> None:
        """Write the records down."""
        with self.lock:
            self._folder.save(self.records)

    # -- tasks ------------------------------------------------------------------------------------

    def create(self, arrival: Arrival) -> Task:
        """Charge and begin a task, or refuse."""
        with self.lock:
            now = self._clock()
            self._advance(now)
            model = arrival.order.model
            daily = self.rules.daily
            if daily is not None and self._daily(model.id, now) >= daily:
                raise answers.over_daily(model.id)
            price = _price(arrival.order)
            if price > self.records.balance:
                raise answers.no_credits()
            task = self._begin(arrival, price, now)
            self._advance(now)
            self.save()
            return task

    def _begin(self, arrival: Arrival, price: int, now: datetime) -> Task:
        order = arrival.order
        task = Task(
            id=str(uuid.uuid4()),
            endpoint=order.model.endpoint,
            model=order.model.id,
            request=arrival.request,
            fingerprint=arrival.fingerprint,
            created=now,
            estimate=price,
            charged=price,
            job=_job(arrival),
            fate=arrival.fate or failures.fate(order.prompt),
        )
        self.records.tasks[task.id] = task
        self._book(task, price, now)
        if task.fate is None:
            self._renders.order(task.job)
        return task

    def render_needed(self, task_id: str) -> Future[None] | None:
        """The clip that the next look at a task has to wait for, if that look finds it due."""
        with self.lock:
            task = self._find(task_id)
            pace = self.rules.pace
            if task.fate or not task.is_open or pace.kind == "seconds":
                return None
            self._advance(self._clock())
            if task.admitted is None:
                return None
            due = pace.progress(task.admitted, task.looks + 1, self._clock()) >= 1
            return self._renders.order(task.job) if due and task.is_open else None

    def look(self, task_id: str) -> Task:
        """A GET: every task moves on, this one is counted as seen."""
        with self.lock:
            task = self._find(task_id)
            now = self._clock()
            task.polls.append(now)
            self._advance(now)
            if task.admitted and task.is_open:
                task.looks += 1
                self._advance(now)
            self.save()
            return task.model_copy()

    def delete(self, task_id: str) -> None:
        """Cancel a task that runs; forget one that has ended, with its output."""
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
        """End a task as a script says."""
        with self.lock:
            task = self._find(task_id)
            if task.is_open:
                self._end(task, outcome, self._clock())
            self.save()

    def _find(self, task_id: str) -> Task:
        task = self.records.tasks.get(task_id)
        if task is None or task.deleted:
            raise answers.no_task()
        return task

    # -- time -------------------------------------------------------------------------------------

    def _advance(self, now: datetime) -> None:
        """Move every open task to where it stands at `now`, the oldest first."""
        full: set[str] = set()
        for task in [task for task in self.records.tasks.values() if task.is_open]:
            if task.admitted is None and task.model not in full:
                task.admitted = self._admission(task, now)
            if task.admitted is None:
                full.add(task.model)
                task.status = Status.THROTTLED
            else:
                self._move(task, task.admitted, now)

    def _move(self, task: Task, admitted: datetime, now: datetime) -> None:
        progress = self.rules.pace.progress(admitted, task.looks, now)
        if progress < 0:
            task.status = Status.PENDING
        elif progress < 1:
            task.status, task.progress = Status.RUNNING, round(progress, 3)
        elif task.fate:
            task.status = Status.RUNNING
            self._end(task, task.fate, now)
        else:
            self._deliver(task, now)

    def _deliver(self, task: Task, now: datetime) -> None:
        """Due: it ends when its clip is there; until then it is nearly done."""
        task.status, task.progress = Status.RUNNING, 0.99
        state = self._renders.state(task.job)
        if state != "waiting":
            self._end(task, _SUCCESS if state == "ready" else _BAD_OUTPUT, now)

    def _admission(self, task: Task, now: datetime) -> datetime | None:
        """The first moment with a free slot for the task; None while there is none."""
        limit = self.rules.concurrency
        if limit is None:
            return task.created
        rivals = [other for other in self.records.tasks.values() if other.model == task.model]
        # First come, first served: not before those who were admitted earlier.
        floor = max([task.created, *(other.admitted for other in rivals if other.admitted)])
        ends = [self._released(other) for other in rivals if other.admitted]
        later = [end for end in ends if not end or end > floor]
        for moment in sorted({floor, now, *(end for end in later if end and end <= now)}):
            if sum(not end or end > moment for end in later) < limit:
                return moment
        return None

    def _released(self, task: Task) -> datetime | None:
        """When a task gave back its slot. That its clip is still being rendered is our matter."""
        assert task.admitted
        if due := self.rules.pace.due(task.admitted):
            return min(due, task.ended or due)
        return task.ended

    def _end(self, task: Task, outcome: Outcome, now: datetime) -> None:
        cost = outcome.cost(task.charged, task.status)
        self._book(task, cost - task.charged, now)
        task.status, task.charged, task.ended = outcome.status, cost, now
        task.failure, task.failure_code = outcome.failure, outcome.failure_code

    # -- credits ----------------------------------------------------------------------------------

    def _book(self, task: Task, amount: int, now: datetime) -> None:
        if amount:
            self.records.balance -= amount
            entry = Entry(at=now, model=task.model, task=task.id, amount=amount)
            self.records.entries.append(entry)

    def _daily(self, model: str, now: datetime) -> int:
        """How many tasks of a model began in the last 24 hours; a cancelled one counts."""
        since = now - timedelta(days=1)
        tasks = self.records.tasks.values()
        return sum(task.model == model and task.created > since for task in tasks)

    def summary(self) -> dict[str, Any]:
        """The answer to GET /v1/organization."""
        with self.lock:
            now = self._clock()
            self._advance(now)
            models = list(dict.fromkeys(model.id for model in self._catalog))
            limits = {
                "maxConcurrentGenerations": self.rules.concurrency,
                "maxDailyGenerations": self.rules.daily,
            }
            return {
                "creditBalance": self.records.balance,
                "tier": {
                    "maxMonthlyCreditSpend": _MONTHLY_SPEND,
                    "models": dict.fromkeys(models, limits),
                },
                "usage": {"models": {m: {"dailyGenerations": self._daily(m, now)} for m in models}},
            }

    def usage(self, start: date, before: date) -> dict[str, Any]:
        """Net credits by day and model: what was charged that day less what came back that day."""
        with self.lock:
            self._advance(self._clock())
            days: dict[date, Counter[str]] = {}
            for entry in self.records.entries:
                day = entry.at.astimezone(UTC).date()
                if start <= day < before:
                    days.setdefault(day, Counter())[entry.model] += entry.amount
            results = [
                {
                    "date": day.isoformat(),
                    "usedCredits": [{"model": m, "amount": a} for m, a in sorted(used.items())],
                }
                for day, used in sorted(days.items())
            ]
            models = sorted({model for used in days.values() for model in used})
            return {"models": models, "results": results}


_WITH_CLIP = {Status.PENDING, Status.THROTTLED, Status.RUNNING, Status.SUCCEEDED}


def _price(order: Order) -> int:
    """The catalogue's price; what nobody has priced costs something all the same."""
    params = order.model.defaults | order.params
    quote = order.model.quote(params)
    return clips.seconds(params) * _UNPRICED_PER_SECOND if quote is None else quote


def _job(arrival: Arrival) -> Job:
    order = arrival.order
    params = order.model.defaults | order.params
    width, height = clips.frame_size(params, arrival.aspect)
    return Job(
        width=width,
        height=height,
        seconds=clips.seconds(params),
        prompt=order.prompt,
        label=order.model.name,
        seed=int(params.get("seed", 0)),
        audio=bool(params.get("audio", False)),
        pictures=arrival.pictures,
    )
