"""Restores a backup of the history, with everything that has happened since.

The backup is first brought up to date beside the history, from manifests, receipts and clips. Then
it takes the history's place in one step. The previous history is kept as another backup.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlite_utils.utils import sqlite3

from core.catalog.catalog import Catalog
from core.errors import StoreError
from core.media.library import Media
from core.recovery.backups import ASIDE, Backup, Backups
from core.recovery.beside.desk import DeskFile
from core.recovery.rebuild import Rebuilt, rebuild
from core.settings import Settings
from core.storage.clip_copies import ClipCopies
from core.storage.database import HistoryFile, damage
from core.storage.desk.projects import ProjectStore
from core.storage.desk.review_records import ReviewRecords
from core.storage.identity.audit import AuditStore
from core.storage.identity.people import PeopleStore
from core.storage.identity.tokens import TokenStore
from core.storage.making.families import FamilyStore
from core.storage.outside.shares import ShareStore
from core.storage.room.cleanup_rules import CleanupRuleStore
from core.storage.room.former_versions import FormerVersions
from core.storage.room.originals import OriginalStore
from core.storage.salvage import Survivors


@dataclass(frozen=True)
class DataFolder:
    """Where a history is kept: its file, what lies beside it, its backups, and its mode."""

    history: Path
    media: Media
    catalog: Catalog
    backups: Backups
    demo: bool


def data_folder(
    settings: Settings, media: Media, catalog: Catalog, clock: Callable[[], datetime]
) -> DataFolder:
    folder = settings.data_dir
    backups = Backups(folder / "backups", settings.backups_kept, media.disk, clock)
    return DataFolder(folder / "history.db", media, catalog, backups, settings.demo)


def prepare(folder: DataFolder, base: Path | None, now: datetime) -> tuple[Path, Rebuilt]:
    """A complete history beside the real one: a copy of `base`, or a new one, brought up to date.

    Includes what people have decided since `base`; a link that was revoked since, or may have been,
    is closed. Raises StoreError when `base` is damaged or from a newer Dailies.
    """
    beside = _copied(folder, base)
    try:
        with closing(HistoryFile(beside)) as file:
            DeskFile(file, folder.media.folder).close_links(now, in_doubt=True)
            return beside, _rebuilt(folder, file, now, reviews=True)
    except BaseException:
        discard(beside)
        raise


def restore(
    folder: DataFolder, file: HistoryFile, backup: Backup, now: datetime
) -> tuple[Path, Rebuilt]:
    """Turn the history into `backup`.

    Returns where the present one was put, and what was rebuilt. Rows that only the present history
    has are carried over unchanged. Links to clips stay as they are now, with what guests said: none
    that was revoked comes back. The tracker must not run meanwhile. Raises StoreError, and has then
    changed nothing.
    """
    prepared = _copied(folder, backup.path)
    done = Rebuilt()

    def finish(present: sqlite3.Connection) -> None:
        nonlocal done
        with closing(HistoryFile(prepared)) as other:
            survivors = Survivors(other)
            carried = survivors.carry(present, now)
            done = _rebuilt(folder, other, now)
            survivors.keep_withdrawn(present, now)
            done = replace(done, added=done.added + carried)
            ShareStore(other).keep(present)
            TokenStore(other).keep(present)
            ReviewRecords(other).keep_guests(present)
            FamilyStore(other).keep(present)
            PeopleStore(other).keep(present)
            ProjectStore(other).keep(present)
            AuditStore(other).keep(present)
            ClipCopies(other).keep(present)
            OriginalStore(other, demo=folder.demo).keep(present)
            FormerVersions(other).keep(present)
            CleanupRuleStore(other).keep(present, now)

    aside = folder.backups.free_path(ASIDE, file.count())
    try:
        file.replace_with(prepared, aside, finish)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    finally:
        discard(prepared)
    return aside, done


def _copied(folder: DataFolder, base: Path | None) -> Path:
    beside = folder.history.with_name(f"{folder.history.stem}.{os.getpid()}.prepared")
    discard(beside)
    if base:
        if trouble := damage(base) or ("" if base.stat().st_size else "it is empty"):
            raise StoreError(f"This backup is damaged ({trouble}).", "Choose another one.")
        shutil.copyfile(base, beside)
    return beside


def _rebuilt(
    folder: DataFolder, file: HistoryFile, now: datetime, *, reviews: bool = False
) -> Rebuilt:
    media, catalog, demo = folder.media, folder.catalog, folder.demo
    return rebuild(file, media, catalog, now, demo=demo, every=True, reviews=reviews)


def discard(beside: Path) -> None:
    for path in beside.parent.glob(f"{beside.name}*"):
        path.unlink(missing_ok=True)
    for suffix in (".using", ".gate", ".migrating"):
        beside.with_suffix(suffix).unlink(missing_ok=True)
