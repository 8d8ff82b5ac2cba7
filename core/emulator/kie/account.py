"""One account: its credits, its tasks and how they move on, the files that it has sent."""

from __future__ import annotations

import secrets
import uuid
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import RLock
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.emulator.kie.answers import Refusal
from core.emulator.kie.failure_words import failure_of
from core.emulator.kie.orders import Aleph, Extend, Generate
from core.emulator.kie.records import Records, Task
from core.emulator.state.conditions import Tempo
from core.emulator.state.records import Folder
from core.emulator.state.renders import Renders

BURST, BURST_SPAN = 20, timedelta(seconds=10)
OUTPUT_LIFE, UPLOAD_LIFE = timedelta(days=14), timedelta(hours=24)


class Rules(BaseModel):
    """`real_status`: errors have their status in HTTP too. `lost_answers`: so many create calls
    are carried out, and never answered. `refuses`: a code that every create call is answered
    with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tempo: str = "instant"
    credits: int = Field(1000, ge=0)
    real_status: bool = False
    lost_answers: int = Field(0, ge=0)
    refuses: int | None = None

    @field_validator("tempo")
    @classmethod
    def _is_a_tempo(cls, text: str) -> str:
        Tempo.parse(text)
        return text


class Account:
    """Thread-safe."""

    def __init__(
        self, rules: Rules, folder: Folder, renders: Renders, clock: Callable[[], datetime]
    ) -> None:
        self.rules = rules
        self.folder = folder
        self.clock = clock
        self._renders = renders
        self._file = folder.state("kie.json", Records)
        self._records = self._file.load() or Records(balance=rules.credits)
        self._creates: deque[datetime] = deque()
        self._lock = RLock()
        for task in self._records.tasks.values():
            self._renders.order(task.job)

    @property
    def balance(self) -> int:
        with self._lock:
            return self._fresh().balance

    def tasks(self) -> list[Task]:
        with self._lock:
            return list(self._fresh().tasks.values())

    def configure(self, rules: Rules) -> None:
        with self._lock:
            if rules.credits != self.rules.credits:
                self._fresh().balance = rules.credits
                self._file.save(self._records)
            self.rules = rules

    def reset(self, rules: Rules) -> None:
        """Clips stay, since they only save time."""
        with self._lock:
            self._renders.clear()
            self._creates.clear()
            self.rules, self._records = rules, Records(balance=rules.credits)
            self._file.save(self._records)

    def _fresh(self) -> Records:
        self._records = self._file.newer() or self._records
        return self._records

    # -- making tasks ---------------------------------------------------------------------------

    def create(self, order: Generate | Aleph | Extend) -> Task:
        """Raises Refusal. The credits are taken at once."""
        with self._lock:
            records = self._fresh()
            self._admit()
            if isinstance(order, Extend):
                earlier = self._extendable(order)
                job, parent = order.job(earlier.job), earlier.id
            else:
                job, parent = order.job(self._source(order.source)), ""
            if order.price > records.balance:
                raise Refusal(402)
            task = Task(
                id=str(uuid.uuid4()),
                order=order,
                job=job,
                price=order.price,
                made_at=self.clock(),
                parent=parent,
            )
            records.balance -= order.price
            records.tasks[task.id] = task
            self._file.save(records)
            self._renders.order(job)
            return task

    def loses_answer(self) -> bool:
        with self._lock:
            left = self.rules.lost_answers
            if left:
                self.rules = self.rules.model_copy(update={"lost_answers": left - 1})
            return left > 0

    def _admit(self) -> None:
        if self.rules.refuses is not None:
            raise Refusal(self.rules.refuses)
        now = self.clock()
        while self._creates and now - self._creates[0] >= BURST_SPAN:
            self._creates.popleft()
        if len(self._creates) >= BURST:
            raise Refusal(429)
        self._creates.append(now)

    def _extendable(self, order: Extend) -> Task:
        earlier = self.look(order.taskId, Generate, Extend)
        if earlier.state != "success":
            raise Refusal(422, "Only a finished video can be extended")
        if not isinstance(earlier.order, Aleph) and earlier.order.quality == "1080p":
            raise Refusal(422, "A video of 1080p cannot be extended")
        return earlier

    # -- following them -------------------------------------------------------------------------

    def look(self, task_id: str, *kinds: type[BaseModel]) -> Task:
        """Raises Refusal."""
        with self._lock:
            task = self._fresh().tasks.get(task_id)
            if task is None or not isinstance(task.order, kinds):
                raise Refusal(404)
            if task.is_open:
                before = task.state
                task.looks += 1
                self._move(task)
                if task.state != before or self.rules.tempo.startswith("polls"):
                    self._file.save(self._records)
            return task.model_copy()

    def _move(self, task: Task) -> None:
        now = self.clock()
        progress = Tempo.parse(self.rules.tempo).progress(task.made_at, task.looks, now)
        rendered = self._renders.state(task.job)
        failure = failure_of(task.order.prompt)
        if progress >= 1 and (failure or rendered == "failed"):
            task.state, task.failure, task.ended_at = "fail", failure or "Please try again", now
            self._records.balance += task.price
        elif progress >= 1 and rendered == "ready":
            task.state, task.ended_at = "success", now
        elif progress < 0:
            task.state = "wait"
        else:
            task.state = "queueing" if progress < 1 / 3 else "generating"

    def is_expired(self, task: Task) -> bool:
        return bool(task.ended_at and self.clock() - task.ended_at >= OUTPUT_LIFE)

    # -- files ----------------------------------------------------------------------------------

    def keep(self, content: bytes, suffix: str) -> str:
        name = f"{secrets.token_hex(12)}{suffix}"
        (self.folder.path / "uploads" / name).write_bytes(content)
        with self._lock:
            self._fresh().uploads[name] = self.clock()
            self._file.save(self._records)
        return name

    def has(self, name: str) -> bool:
        with self._lock:
            sent = self._fresh().uploads.get(name)
            return sent is not None and self.clock() - sent < UPLOAD_LIFE

    def _source(self, address: str) -> str:
        """The uploaded file behind an address, empty for one elsewhere. Nothing is fetched: names
        below `.invalid`, and uploads that are gone, cannot be. Raises Refusal."""
        if not address:
            return ""
        name = address.partition("/uploads/")[2]
        if name and self.has(name):
            return f"uploads/{name}"
        url = urlsplit(address)
        if name or url.scheme != "https" or (url.hostname or "").endswith(".invalid"):
            raise Refusal(451)
        return ""
