"""Threads for calls that wait; a stopping server waits for them only until a deadline.

The standard pool joins its threads at exit, even one that reads from a dead connection for a
minute. Ours may be cut off anywhere in their work, since all of it survives a `kill -9`.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from core.generations import BEFORE_PROVIDER, Status

SENDERS, POLLERS, LOADERS, UPLOADERS = 4, 32, 4, 2

Job = tuple[Future[None], Callable[..., None], tuple[Any, ...]]


class Pool:
    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []

    def submit(self, work: Callable[..., None], *arguments: Any) -> Future[None]:
        future: Future[None] = Future()
        self._jobs.put((future, work, arguments))
        if not self._idle.acquire(blocking=False) and len(self._threads) < self._size:
            name = f"{self._name}-{len(self._threads)}"
            thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()
        return future

    def stop(self, deadline: float) -> bool:
        """Begin nothing more, and wait until `deadline` (monotonic clock) for what has begun.
        Returns whether all of it has ended."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job:
                job[0].cancel()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def wait(self) -> None:
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while job := self._jobs.get():
            future, work, arguments = job
            if future.set_running_or_notify_cancel():
                try:
                    work(*arguments)
                except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
                    future.set_exception(error)
                else:
                    future.set_result(None)
            self._idle.release()


class Pools:
    """One pool for each kind of work: a slow download never delays a poll, nor a poll a submit."""

    def __init__(self) -> None:
        self._submits = Pool(SENDERS, "submit")
        self._polls = Pool(POLLERS, "poll")
        self._downloads = Pool(LOADERS, "download")
        self.uploads = Pool(UPLOADERS, "upload")
        self._all = (self._submits, self._polls, self._downloads, self.uploads)

    def of(self, status: Status) -> Pool:
        if status in BEFORE_PROVIDER:
            return self._submits
        return self._downloads if status is Status.DOWNLOADING else self._polls

    def stop(self, deadline: float) -> bool:
        ended = [pool.stop(deadline) for pool in self._all]
        return all(ended)

    def wait(self) -> None:
        for pool in self._all:
            pool.wait()
