"""Checks the history before it is opened. A damaged one is set aside, never overwritten; the
newest sound backup or a new history takes its place, with all that can be rebuilt."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from core.errors import StoreError
from core.providers.receipts import sync_folder
from core.recovery.backups import ASIDE, MIGRATION, Backup
from core.recovery.rebuild import Rebuilt
from core.recovery.restore import DataFolder, discard, prepare
from core.storage.database import HistoryFile, alone, damage, stamp

log = logging.getLogger(__name__)

SMALL_BYTES = 32 * 1024**2
"""A check of this much takes a second; a larger history is checked while the server runs."""
PARTS = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Rescue:
    """What happened to a damaged history: when, what was wrong, where it is now, the backup that
    took its place (empty: none), and how many generations were put back and brought up to date."""

    at: str
    damage: str
    aside: str
    backup: str
    added: int
    mended: int


def open_history(folder: DataFolder, now: datetime) -> HistoryFile:
    """A sound history. Raises StoreError with a sentence for whoever starts the server."""
    folder.history.parent.mkdir(parents=True, exist_ok=True)
    with folder.history.with_suffix(".opening").open("w") as opening:
        fcntl.flock(opening, fcntl.LOCK_EX)  # two servers that start together rescue it once
        ready = _ready(folder.history)
        if ready.exists() and not folder.history.exists():
            os.replace(ready, folder.history)  # a rescue was cut off before its last step
        if trouble := _trouble(folder.history):
            log.error("the history is damaged: %s", trouble)
            _rescue(folder, trouble, now)
        return HistoryFile(folder.history, lambda file: _copied(folder, file))


def go_back(folder: DataFolder, backup: Backup, now: datetime) -> tuple[Path, Rebuilt]:
    """Replace a history that only a newer Dailies can read with a backup and all that can be
    rebuilt.

    Returns where that history was put, and what was rebuilt. Raises StoreError, and has then
    changed nothing.
    """
    with alone(folder.history) as nobody_else:
        if not nobody_else:
            raise StoreError("Another server has the history open.", "Stop that one first.")
        prepared, done = prepare(folder, backup.path, now)
        aside = _exchange(folder.history, prepared, "newer", now)
    log.warning("went back to %s: %d generations put back", backup.name, done.added)
    return aside, done


def last(history: Path) -> Rescue | None:
    try:
        return Rescue(**json.loads(_note(history).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def suspect(history: Path) -> None:
    """Have the history checked before it is next opened, however large it is."""
    _suspicion(history).touch()


def is_large(history: Path) -> bool:
    return history.exists() and history.stat().st_size > SMALL_BYTES


def _trouble(history: Path) -> str:
    if not history.exists() or (is_large(history) and not _suspicion(history).exists()):
        return ""
    trouble = damage(history)
    _suspicion(history).unlink(missing_ok=True)
    return trouble


def _rescue(folder: DataFolder, trouble: str, now: datetime) -> None:
    with alone(folder.history) as nobody_else:
        if not nobody_else:
            suspect(folder.history)
            raise StoreError(
                f"The history is damaged ({trouble}), and another server has it open.",
                "Stop that one first: the next start sets the file aside and rebuilds it.",
            )
        prepared, backup, done = _best(folder, now)
        aside = _exchange(folder.history, prepared, "damaged", now)
        rescue = Rescue(stamp(now), trouble, aside.name, backup, done.added, done.mended)
        _note(folder.history).write_text(json.dumps(asdict(rescue)), encoding="utf-8")
    log.warning("the history was rebuilt: %d generations put back", done.added)


def _best(folder: DataFolder, now: datetime) -> tuple[Path, str, Rebuilt]:
    bases: list[Backup | None] = [one for one in folder.backups.all() if one.why != ASIDE]
    for base in [*bases, None]:
        try:
            prepared, done = prepare(folder, base.path if base else None, now)
        except StoreError as error:
            if base is None:
                raise
            log.warning("backup %s: %s", base.name, error.message)
        else:
            return prepared, base.name if base else "", done
    raise AssertionError("the last one is a new history")


def _exchange(history: Path, prepared: Path, why: str, now: datetime) -> Path:
    """Set the history aside, and put the prepared one in its place; if this is cut off, the next
    start completes it."""
    os.replace(prepared, _ready(history))
    discard(prepared)
    aside = _set_aside(history, why, now)
    os.replace(_ready(history), history)
    sync_folder(history.parent)
    return aside


def _set_aside(history: Path, why: str, now: datetime) -> Path:
    text = f"{now:%Y%m%dT%H%M%S}-{os.urandom(2).hex()}"
    aside = history.with_name(f"{history.stem}-{why}-{text}.db")
    for part in PARTS:
        old = history.with_name(history.name + part)
        if old.exists():
            os.replace(old, aside.with_name(aside.name + part))
    return aside


def _copied(folder: DataFolder, file: HistoryFile) -> None:
    folder.backups.make(file, MIGRATION)


def _ready(history: Path) -> Path:
    return history.with_suffix(".ready")


def _note(history: Path) -> Path:
    return history.with_suffix(".rescued")


def _suspicion(history: Path) -> Path:
    return history.with_suffix(".suspect")
