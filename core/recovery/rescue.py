"""Looks at the history before it is opened. A damaged one is set aside, never written over; the
newest sound copy takes its place, or a new history, with all that can be rebuilt."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from core.errors import StoreError
from core.recovery.backups import ASIDE, MIGRATION, Backup
from core.recovery.rebuild import Rebuilt
from core.recovery.restore import Site, discard, prepare
from core.runway.receipts import sync_folder
from core.storage.database import HistoryFile, alone, damage, stamp

log = logging.getLogger(__name__)

SMALL_BYTES = 32 * 1024**2
"""So much is checked in a second; more is checked while the server runs."""
PARTS = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Rescue:
    """What happened to a damaged history: when, what was wrong, where it lies now, which copy took
    its place (empty: none), how many generations were put back and brought up to date."""

    at: str
    damage: str
    aside: str
    backup: str
    added: int
    mended: int


def open_history(site: Site, now: datetime) -> HistoryFile:
    """The history, sound. Raises StoreError with a sentence for whoever starts the server."""
    site.history.parent.mkdir(parents=True, exist_ok=True)
    with site.history.with_suffix(".opening").open("w") as opening:
        fcntl.flock(opening, fcntl.LOCK_EX)  # two servers that start at once rescue it once
        ready = _ready(site.history)
        if ready.exists() and not site.history.exists():
            os.replace(ready, site.history)  # a rescue that was cut off before its last step
        if trouble := _trouble(site.history):
            log.error("the history is damaged: %s", trouble)
            _rescue(site, trouble, now)
        return HistoryFile(site.history, lambda file: _copied(site, file))


def last(history: Path) -> Rescue | None:
    """The last rescue of this history, if there was one."""
    try:
        return Rescue(**json.loads(_note(history).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def suspect(history: Path) -> None:
    """Have the history checked before it is opened next, however large it is."""
    _suspicion(history).touch()


def is_large(history: Path) -> bool:
    """Whether a check takes longer than a start should."""
    return history.exists() and history.stat().st_size > SMALL_BYTES


def _trouble(history: Path) -> str:
    if not history.exists() or (is_large(history) and not _suspicion(history).exists()):
        return ""
    trouble = damage(history)
    _suspicion(history).unlink(missing_ok=True)
    return trouble


def _rescue(site: Site, trouble: str, now: datetime) -> None:
    with alone(site.history) as nobody_else:
        if not nobody_else:
            suspect(site.history)
            raise StoreError(
                f"The history is damaged ({trouble}), and another server has it open.",
                "Stop that one first: the next start sets the file aside and rebuilds it.",
            )
        prepared, backup, done = _best(site, now)
        os.replace(prepared, _ready(site.history))
        discard(prepared)
        aside = _set_aside(site.history, now)
        os.replace(_ready(site.history), site.history)
        sync_folder(site.history.parent)
        rescue = Rescue(stamp(now), trouble, aside.name, backup, done.added, done.mended)
        _note(site.history).write_text(json.dumps(asdict(rescue)), encoding="utf-8")
    log.warning("the history was rebuilt: %d generations put back", done.added)


def _best(site: Site, now: datetime) -> tuple[Path, str, Rebuilt]:
    """The best history that there is, beside the damaged one."""
    bases: list[Backup | None] = [one for one in site.backups.all() if one.why != ASIDE]
    for base in [*bases, None]:
        try:
            prepared, done = prepare(site, base.path if base else None, now)
        except StoreError as error:
            if base is None:
                raise
            log.warning("backup %s: %s", base.name, error.message)
        else:
            return prepared, base.name if base else "", done
    raise AssertionError("the last one is a new history")


def _set_aside(history: Path, now: datetime) -> Path:
    """Move the damaged file and what belongs to it to a name that says so."""
    text = f"{now:%Y%m%dT%H%M%S}-{os.urandom(2).hex()}"
    aside = history.with_name(f"{history.stem}-damaged-{text}.db")
    for part in PARTS:
        old = history.with_name(history.name + part)
        if old.exists():
            os.replace(old, aside.with_name(aside.name + part))
    return aside


def _copied(site: Site, file: HistoryFile) -> None:
    site.backups.make(file, MIGRATION)


def _ready(history: Path) -> Path:
    return history.with_suffix(".ready")


def _note(history: Path) -> Path:
    return history.with_suffix(".rescued")


def _suspicion(history: Path) -> Path:
    return history.with_suffix(".suspect")
