"""Looks after the history while the server runs: copies it, checks a large one, puts back what it
has lost, and takes a copy back when a person wants that. The leader's work, as the tracker's is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO

from core.errors import DailiesError, InvalidUpload, StoreError
from core.recovery import rescue
from core.recovery.backups import Backup, hourly
from core.recovery.rebuild import Rebuilt, rebuild, record
from core.recovery.rescue import Rescue
from core.recovery.restore import DataFolder, restore
from core.storage.database import HistoryFile, damage
from core.storage.store import Store
from core.worker.tracker import Tracker

log = logging.getLogger(__name__)

PULSE_SECONDS = 1.0
STOP_SECONDS = 2.0
"""A copy that takes longer than this is given up when the server stops; no half one is kept."""


class Maintenance:
    """The background care of one data folder."""

    def __init__(
        self,
        folder: DataFolder,
        file: HistoryFile,
        store: Store,
        tracker: Tracker,
        add_upload: Callable[[str, BinaryIO], Any],
        clock: Callable[[], datetime],
    ) -> None:
        self._folder = folder
        self._file = file
        self._store = store
        self._tracker = tracker
        self._add_upload = add_upload
        self._clock = clock
        self._stopping = threading.Event()
        self._restoring = threading.Lock()
        self._swept = False
        self._looked = False
        self._thread: threading.Thread | None = None
        self.rescue: Rescue | None = rescue.last(folder.history)
        self.rebuilt: Rebuilt | None = None
        self.damage = ""
        """What a check of the open history found; it is set aside at the next start."""

    def step(self) -> None:
        """What is due now: first a look at what lies beside the history, then its hourly copy."""
        if not self._tracker.is_leader:
            return
        if not self._swept:
            self._swept = self._folder.media.sweep()
        if not self._looked:
            self._looked = True
            self._look()
        if not self.damage:
            hourly(self._folder.backups, self._file)

    def backups(self) -> list[Backup]:
        """The copies that there are, the newest first."""
        return self._folder.backups.all()

    def make(self) -> Backup:
        """Copy the history now. Raises DiskFull, StoreError."""
        return self._folder.backups.make(self._file)

    def restore(self, name: str) -> Rebuilt:
        """Let the history become that copy, with all that was paid for since.

        Raises StoreError, and has then changed nothing.
        """
        backup = self._folder.backups.find(name)
        if backup is None:
            raise StoreError("There is no such backup any more.", "Choose another one.")
        if not self._tracker.is_leader:
            raise StoreError(
                "Another server on this folder does the work.", "Restore on its Settings page."
            )
        with self._restoring, self._tracker.paused():
            aside, self.rebuilt = restore(self._folder, self._file, backup, self._clock())
            self._keep_uploads()
        log.warning("restored %s; what was before is %s", backup.name, aside.name)
        return self.rebuilt

    def start(self) -> None:
        """Repeat `step` until `stop`."""
        self._thread = threading.Thread(target=self._repeat, name="maintenance", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what it was at is done again next time."""
        self._stopping.set()
        if self._thread:
            self._thread.join(STOP_SECONDS)

    def _repeat(self) -> None:
        while not self._stopping.wait(PULSE_SECONDS):
            try:
                self.step()
            except DailiesError as error:
                log.warning("the maintenance waits: %s", error.message)
            except Exception:
                log.exception("the maintenance stumbled")

    def _look(self) -> None:
        """Once a start: is the file sound, and does it know all that lies beside it?"""
        if rescue.is_large(self._folder.history):
            self.damage = damage(self._folder.history)
            if self.damage:
                log.error("the history is damaged: %s", self.damage)
                rescue.suspect(self._folder.history)
                return
        folder = self._folder
        self.rebuilt = rebuild(
            self._file, folder.media, folder.catalog, self._clock(), demo=folder.demo
        )
        self._keep_uploads()
        record(self._file, folder.media, self._stopping.is_set)

    def _keep_uploads(self) -> None:
        """Files that people brought, and that the history has lost, are its own again."""
        for path in sorted((self._folder.media.folder / "uploads").iterdir()):
            if self._store.upload(path.stem) is None and path.suffix != ".part":
                try:
                    with path.open("rb") as content:
                        self._add_upload(path.name, content)
                except (InvalidUpload, OSError) as error:
                    log.warning("an upload cannot be read (%s)", type(error).__name__)
