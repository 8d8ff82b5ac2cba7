"""The thread that repeats the tracker's step: at each pulse, when something has changed, and in
between whenever something falls due."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

log = logging.getLogger(__name__)

PULSE_SECONDS = 0.25


class Loop:
    """Repeats until it is stopped, whatever errors a step raises."""

    def __init__(
        self,
        step: Callable[[datetime], object],
        start_due: Callable[[datetime], object],
        seconds_until_due: Callable[[float], float],
        clock: Callable[[], datetime],
        stopping: threading.Event,
    ) -> None:
        """`step` reads what is open and starts what is due; `start_due` does only the second.
        `seconds_until_due` is given the longest time that it may return."""
        self._step = step
        self._start_due = start_due
        self._seconds_until_due = seconds_until_due
        self._clock = clock
        self._stopping = stopping
        self._wake = threading.Event()
        self._is_stale = True
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._repeat, name="tracker", daemon=True)
        self._thread.start()

    def read_soon(self) -> None:
        self._is_stale = True
        self._wake.set()

    def stop(self, seconds: float) -> bool:
        """End after the step in progress. Returns whether that took at most so many seconds."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(seconds)
        return not self.is_running

    def join(self) -> None:
        if self._thread:
            self._thread.join()

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _repeat(self) -> None:
        read_at = 0.0
        while not self._stopping.is_set():
            try:
                if self._is_stale or time.monotonic() >= read_at:
                    read_at = time.monotonic() + PULSE_SECONDS
                    self._is_stale = False
                    self._step(self._clock())
                else:
                    self._start_due(self._clock())
            except Exception:
                log.exception("the tracker stumbled")
                self._stopping.wait(PULSE_SECONDS)
            self._wake.wait(self._seconds_until_due(max(0.0, read_at - time.monotonic())))
            self._wake.clear()
