"""Makes missing previews in the background, first those of outputs that were just stored."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from pathlib import Path

from core.errors import DailiesError
from core.files import Output
from core.media.previews import Previews
from core.sandbox import inspection

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0
SHARE = 1.0
"""The pause after an old clip, as a share of the time it took: half of a processor stays free."""


class Previewer:
    """One thread. Nothing waits for it, and its failures stay in it."""

    def __init__(self, previews: Previews) -> None:
        self._previews = previews
        self._fresh: deque[str] = deque()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def soon(self, output: Output) -> None:
        """Make the previews of a newly stored output before those of older ones."""
        if output.poster:
            self._fresh.append(Path(output.poster).stem)
            self._wake.set()

    def step(self) -> None:
        while self._fresh and not self._stopping.is_set():
            self._make(self._fresh.popleft())

    def start(self) -> None:
        self._thread = threading.Thread(target=self._repeat, name="previews", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread:
            inspection.rest()
            self._thread.join(STOP_SECONDS)

    def _repeat(self) -> None:
        for stem in self._previews.missing():
            self.step()
            began = time.monotonic()
            self._make(stem)
            if self._stopping.wait(SHARE * (time.monotonic() - began)):
                return
        while not self._stopping.is_set():
            self.step()
            inspection.rest()  # frees the memory of the idle child
            self._wake.wait()
            self._wake.clear()

    def _make(self, stem: str) -> None:
        try:
            self._previews.make(stem)
        except (DailiesError, OSError) as error:
            log.warning("no preview for now (%s)", type(error).__name__, extra={"file": stem})
        except Exception:
            log.exception("a preview stumbled")
