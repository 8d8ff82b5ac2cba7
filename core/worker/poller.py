"""Follows a task at its provider to its end: polls, cancels, and has its outputs fetched."""

from __future__ import annotations

import logging
from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.errors import DownloadError, NotCancellable, NotFound, TooLarge
from core.generations import AT_PROVIDER, Generation, Status
from core.media.library import Media
from core.providers.connections import Connections
from core.providers.failures import TOO_LARGE
from core.providers.tasks import Task
from core.settings import Settings
from core.storage.open_rows import OpenRow
from core.storage.store import Store
from core.worker import poll_figures
from core.worker.fetcher import Fetched, Fetcher
from core.worker.poll_times import Course, Look, until_next_poll

log = logging.getLogger(__name__)

MISSES = 4
"""One 404 may be a hiccup; so many in a row mean that the task is gone."""
TICK = timedelta(milliseconds=1)
"""How far a stored moment is rounded down."""
ASKED = AT_PROVIDER | {Status.DOWNLOADING}
"""The statuses in which the next thing to do is to poll the task."""


@dataclass
class Memory:
    """What was learned about one task since its first poll; all of it can be learned again. `asked`
    is the moment of the last poll in ticks; `links` are the outputs still to be fetched."""

    asked: float = float("-inf")
    course: Course = field(default_factory=Course)
    misses: int = 0
    links: tuple[str, ...] = field(default=(), repr=False)
    fetched: Fetched = field(default_factory=Fetched)


@dataclass
class Poller:
    """From pending to succeeded, failed or cancelled. Safe to use from many threads."""

    settings: Settings
    store: Store
    connections: Connections
    media: Media
    fetcher: Fetcher
    clock: Callable[[], datetime]
    ticks: Callable[[], float]
    _begun: float = float("-inf")
    _memories: dict[int, Memory] = field(default_factory=dict)

    def poll(self, generation: Generation, now: datetime) -> float:
        """Ask how the task stands. Returns the seconds until the next look. Raises
        ProviderError."""
        if (wait := self.seconds_until_poll(generation, now)) > 0:
            if generation.cancel_requested and generation.status is not Status.RUNNING:
                self._cancel(generation, now)  # at once: what has not begun costs nothing
            return wait
        task = self._ask(generation, now)
        if task is None:
            return self.settings.poll_seconds
        figures = poll_figures.told(task, generation, self.fetcher.catalog.suppliers, self.clock())
        stage = task.stage or generation.status
        if stage is Status.DOWNLOADING:
            figures["progress"] = 1.0
            self._memory(generation).links = task.outputs
            late = "It was finished before it could be cancelled."
            detail = late if generation.cancel_requested else ""
            self.store.move(generation, stage, now, detail=detail, **figures)
            return 0.0
        if stage.is_final:
            self.store.move(generation, stage, now, **figures)
            return 0.0
        changed = poll_figures.news(figures, generation)
        if changed or stage is not generation.status:
            self.store.move(generation, stage, now, **changed)
        if generation.cancel_requested:
            # Only after asking: to delete a finished task is to lose its clip.
            self._cancel(replace(generation, status=stage), now)
            return self.settings.poll_seconds
        return self._until_next(generation, task, now)

    def download(self, generation: Generation, now: datetime) -> float:
        """Bring every output of a succeeded task to our disk. Raises DiskFull, DownloadError,
        ProviderError."""
        self.media.disk.check()
        memory = self._memory(generation)
        links, memory.links = memory.links, ()
        if not links:
            if (wait := self.seconds_until_poll(generation, now)) > 0:
                return wait
            task = self._ask(generation, now)
            if task is None:
                return self.settings.poll_seconds
            self.store.move(generation, Status.DOWNLOADING, now, polled_at=self.clock())
            links = task.outputs
        if not links:
            there = self.connections.to(generation).title
            raise DownloadError(f"{there} says that it succeeded, but shows no output yet.")
        try:
            outputs = tuple(
                self.fetcher.once(generation, memory.fetched, position, link)
                for position, link in enumerate(links)
            )
        except TooLarge as error:
            self._give_up(generation, memory, error)
            return 0.0
        ended = self.clock()  # a download takes its time
        self.store.move(generation, Status.SUCCEEDED, ended, outputs=outputs, reason="")
        return 0.0

    def _give_up(self, generation: Generation, memory: Memory, error: TooLarge) -> None:
        self.store.move(
            generation,
            Status.FAILED,
            self.clock(),
            outputs=tuple(output for _place, output in sorted(memory.fetched.outputs.items())),
            reason=error.message,
            failure_code=TOO_LARGE,
        )

    def has_link(self, generation_id: int) -> bool:
        """Whether a download can begin without asking the provider."""
        memory = self._memories.get(generation_id)
        return bool(memory and memory.links)

    def forget(self) -> None:
        """Forget what was learned, after the history was replaced: the same numbers may now mean
        other generations, whose tasks may have been polled a moment ago."""
        self._memories.clear()
        self.begin()

    def recover(self, generation: Generation) -> None:
        """Fetch the outputs of an ended generation again, or follow it again if its provider is
        still working on it. Raises DiskFull, DownloadError, ProviderError."""
        self.media.disk.check()
        assert generation.task_id is not None
        provider = self.connections.to(generation)
        task = provider.task(generation.task_id)
        figures = poll_figures.told(task, generation, self.fetcher.catalog.suppliers, self.clock())
        if task.stage and task.stage.is_at_provider:
            figures["finished_at"], figures["cancel_requested"] = None, False
            detail = f"{provider.title} is still at work on it"
            self.store.move(generation, task.stage, self.clock(), detail=detail, **figures)
            return
        if not task.outputs:
            raise DownloadError(f"{provider.title} has no output for this task.")
        outputs = tuple(
            self.fetcher.again(generation, position, link)
            for position, link in enumerate(task.outputs)
        )
        charged = figures["credits_charged"]
        self.store.move(
            generation,
            Status.SUCCEEDED,
            self.clock(),
            detail=f"Fetched again from {provider.title}",
            reason="",
            failure_code="",
            credits_charged=generation.credits_charged if charged is None else charged,
            outputs=outputs,
        )

    def _ask(self, generation: Generation, now: datetime) -> Task | None:
        assert generation.task_id is not None
        there = self.connections[generation.provider]
        try:
            task = there.provider.task(generation.task_id)
        except NotFound:
            there.breakers.answered()
            self._missed(generation, now)
            return None
        finally:
            self._memory(generation).asked = self.ticks()
        there.breakers.answered()
        self._memory(generation).misses = 0
        return task

    def _missed(self, generation: Generation, now: datetime) -> None:
        """After a 404. A 404 is expected after our own cancel, where a cancel ends the task;
        otherwise it counts only when several come in a row."""
        memory, there = self._memory(generation), self.connections.to(generation).title
        memory.misses += 1
        suppliers = self.fetcher.catalog.suppliers
        status, reason = generation.status, f"{there} does not know this task at the moment."
        if generation.cancel_requested and suppliers[generation.provider].ends_tasks:
            status, reason = Status.CANCELLED, ""
        elif memory.misses >= MISSES:
            status = Status.FAILED
            reason = f"{there} no longer knows this task: it was deleted there, or has expired."
        self.store.move(generation, status, now, reason=reason, polled_at=now)

    def _cancel(self, generation: Generation, now: datetime) -> None:
        """Where the provider cannot cancel, the task goes on, and its clip is kept."""
        assert generation.task_id is not None
        try:
            self.connections.to(generation).delete(generation.task_id)
        except NotCancellable as error:
            status, detail = generation.status, error.message
            self.store.move(generation, status, now, detail=detail, cancel_requested=False)

    def begin(self) -> None:
        """Called when this server becomes the leader: another one may have polled any task a moment
        ago."""
        self._begun = self.ticks()

    def keep(self, open_ids: Set[int]) -> None:
        for gone in set(self._memories) - open_ids:  # a set in one step, as threads add to it
            self._memories.pop(gone, None)

    def _memory(self, generation: Generation) -> Memory:
        return self._memories.setdefault(generation.id, Memory())

    def seconds_until_poll(self, row: OpenRow | Generation, now: datetime) -> float:
        """Seconds until the task may be asked for: never twice within the poll interval."""
        if row.status not in ASKED:
            return 0.0
        interval = self.settings.poll_seconds
        wait = max(self._begun, self._asked(row.id)) + interval - self.ticks()
        if row.polled_at is None or row.polled_at > now + timedelta(seconds=interval):
            return wait  # noted by a clock that was ahead
        written = (row.polled_at + TICK - now).total_seconds() + interval
        return max(wait, written)

    def _asked(self, generation_id: int) -> float:
        memory = self._memories.get(generation_id)
        return memory.asked if memory else float("-inf")

    def _until_next(self, generation: Generation, task: Task, now: datetime) -> float:
        memory, status = self._memory(generation), task.stage or generation.status
        course = memory.course
        if course.is_new:  # the create answer, or what an earlier server has seen
            since = (now - (generation.polled_at or now)).total_seconds()
            course.note(Look(memory.asked - max(0.0, since), generation.progress or 0.0))
        course.note(Look(memory.asked, task.progress or 0.0))
        age = (now - (generation.submitted_at or now)).total_seconds()
        wait = until_next_poll(status, age, course.seconds_left(), self.settings.poll_seconds)
        return wait - (self.ticks() - memory.asked)
