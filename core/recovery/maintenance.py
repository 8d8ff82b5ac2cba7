"""Looks after the history while the server runs: backs it up, checks a large one, puts lost rows
back, restores a backup on request, empties the trash, and removes originals by rule. Like tracking,
this is the leader's work, but for the manifests that only this server was asked for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO

from core import visibility
from core.errors import DailiesError, InvalidUpload, StoreError
from core.recovery import rescue
from core.recovery.backups import Backup, hourly
from core.recovery.beside.audit_log import AuditLog
from core.recovery.beside.desk import DeskFile
from core.recovery.beside.recorded_store import RecordedStore
from core.recovery.beside.votes import VoteFiles
from core.recovery.rebuild import Rebuilt, rebuild, record
from core.recovery.rescue import Rescue
from core.recovery.restore import DataFolder, restore
from core.recovery.room.cleanup import Cleanup
from core.recovery.room.emptying import Emptying
from core.storage.database import HistoryFile, damage
from core.worker.tracker import Tracker

log = logging.getLogger(__name__)

PULSE_SECONDS = 1.0
STOP_SECONDS = 2.0
"""When the server stops, a backup that takes longer is given up; no half one is kept."""


class Maintenance:
    def __init__(
        self,
        folder: DataFolder,
        file: HistoryFile,
        store: RecordedStore,
        tracker: Tracker,
        emptying: Emptying,
        cleanup: Cleanup,
        add_upload: Callable[[str, BinaryIO], Any],
        forget_tickets: Callable[[datetime], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._folder = folder
        self._file = file
        self._store = store
        self._tracker = tracker
        self._emptying = emptying
        self._cleanup = cleanup
        self._desk = DeskFile(file, folder.media.folder)
        self._votes = VoteFiles(file, folder.media.folder)
        self._audit = AuditLog(file, folder.media.folder)
        self._add_upload = add_upload
        self._forget_tickets = forget_tickets
        self._clock = clock
        self._stopping = threading.Event()
        self._restoring = threading.Lock()
        self._swept = False
        self._looked = False
        self._thread: threading.Thread | None = None
        self.rescue: Rescue | None = rescue.last(folder.history)
        self.rebuilt: Rebuilt | None = None
        self.damage = ""
        """What a check found wrong with the open history; the next start sets it aside."""

    def step(self) -> None:
        """Do what is due: once, check what lies beside the history; then the hourly backup; last
        the removal by rules, which nothing else waits for."""
        self._store.record_waiting()
        if not self._tracker.is_leader:
            return
        if not self._swept:
            self._swept = self._folder.media.sweep()
        if not self._looked:
            self._look()
            self._emptying.finish()
        if not self.damage:
            self._emptying.step(self._clock())
            self._forget_tickets(self._clock())
            self._store.follow()
            self.follow_desk()
            self._follow_votes_and_acts()
            hourly(self._folder.backups, self._file)
            self._cleanup.step(self._clock())

    def follow_desk(self) -> None:
        """Note beside the history which links are open, with projects, views and caps. After a
        failure the next step tries again."""
        try:
            with visibility.everything():
                self._desk.follow()
        except OSError as error:
            log.warning("the list of projects, caps and links waits (%s)", type(error).__name__)

    def _follow_votes_and_acts(self) -> None:
        try:
            with visibility.everything():
                self._votes.follow()
                self._audit.follow()
        except OSError as error:
            log.warning("votes and the audit list wait for the disk (%s)", type(error).__name__)

    def backups(self) -> list[Backup]:
        return self._folder.backups.all()

    def make(self) -> Backup:
        """Raises DiskFull, StoreError."""
        return self._folder.backups.make(self._file)

    def restore(self, name: str) -> Rebuilt:
        """Turn the history into that backup, plus everything paid for since.

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
        self._thread = threading.Thread(target=self._repeat, name="maintenance", daemon=True)
        self._thread.start()

    def stop(self) -> None:
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
        """Once per start: is the file sound, and does it know everything that lies beside it? Links
        and rules that were ended have to end here before anything else is done."""
        if rescue.is_large(self._folder.history):
            self.damage = damage(self._folder.history)
            if self.damage:
                log.error("the history is damaged: %s", self.damage)
                rescue.suspect(self._folder.history)
                self._looked = True
                return
        folder = self._folder
        self._desk.close_links(self._clock(), in_doubt=False)
        self._desk.end_rules(self._clock())
        self._looked = True
        self.rebuilt = rebuild(
            self._file, folder.media, folder.catalog, self._clock(), demo=folder.demo
        )
        self._keep_uploads()
        record(self._file, folder.media, self._stopping.is_set)

    def _keep_uploads(self) -> None:
        for path in sorted((self._folder.media.folder / "uploads").iterdir()):
            if self._store.upload(path.stem) is None and path.suffix != ".part":
                try:
                    with path.open("rb") as content:
                        self._add_upload(path.name, content)
                except (InvalidUpload, OSError) as error:
                    log.warning("an upload cannot be read (%s)", type(error).__name__)
