"""Backups of the history on the command line: list, make, restore; and the copy of a machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.catalog.catalog import Catalog
from core.errors import DailiesError, NewerHistory, StoreError
from core.media import permissions
from core.media.disk_space import Disk
from core.media.library import open_folder
from core.recovery.backups import HAND, Backup
from core.recovery.rebuild import Rebuilt
from core.recovery.rescue import go_back, open_history
from core.recovery.restore import DataFolder, data_folder, restore
from core.recovery.takeover import take_over
from core.settings import Settings
from core.storage.database import utc_now
from core.worker.leader import Leader


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.recovery", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show every copy, the newest first")
    commands.add_parser("make", help="copy the history now")
    back = commands.add_parser("restore", help="take a copy back; the present one is kept")
    back.add_argument("file", help="its name in the list, or a path")
    commands.add_parser("takeover", help="go on with a copy of a data folder whose machine is lost")
    asked = parser.parse_args()
    permissions.begin()
    try:
        where = _data_folder()
        if asked.command == "list":
            _show(where.backups.all())
        elif asked.command == "make":
            _make(where)
        elif asked.command == "takeover":
            _take_over(where)
        else:
            _restore(where, asked.file)
    except DailiesError as error:
        sys.exit(f"{error.message} {error.hint}".strip())


def _data_folder() -> DataFolder:
    settings = Settings.load()
    media = open_folder(settings.data_dir, Disk(settings.data_dir, settings.disk_floor))
    return data_folder(settings, media, Catalog.load(settings.catalog_dir), utc_now)


def _show(backups: list[Backup]) -> None:
    for one in backups:
        print(f"{one.name}  {one.rows} generations  {one.bytes} bytes")  # noqa: T201
    if not backups:
        print("There is no backup yet.")  # noqa: T201


def _make(where: DataFolder) -> None:
    with closing(open_history(where, utc_now())) as file:
        _show([where.backups.make(file)])


def _restore(where: DataFolder, name: str) -> None:
    backup = where.backups.find(name) or _elsewhere(Path(name))
    with _alone(where):
        aside, done = _taken_back(where, backup)
    print(f"Restored {backup.name}. What was before is {aside.name}.")  # noqa: T201
    print(f"{done.added} generations made since were put back.")  # noqa: T201


def _take_over(where: DataFolder) -> None:
    with _alone(where), closing(open_history(where, utc_now())) as file:
        done = take_over(where, file, utc_now())
    print(f"{done.added} generations were put back from their files.")  # noqa: T201
    print(f"{done.maybe_sent} may have been sent: the server finds them, or asks you.")  # noqa: T201
    print(f"{done.fetched} clips are fetched again.")  # noqa: T201


def _taken_back(where: DataFolder, backup: Backup) -> tuple[Path, Rebuilt]:
    now = utc_now()
    try:
        file = open_history(where, now)
    except NewerHistory:
        return go_back(where, backup, now)
    with closing(file):
        return restore(where, file, backup, now)


def _elsewhere(path: Path) -> Backup:
    if not path.is_file():
        raise StoreError(f"There is no backup {path.name}.", "The list shows which there are.")
    return Backup(path, utc_now(), HAND, 0, path.stat().st_size)


@contextmanager
def _alone(where: DataFolder) -> Iterator[None]:
    leader = Leader(where.history.parent / "tracker.lock")
    if not leader.take():
        raise StoreError(
            "A server runs on this folder.", "Restore on its Settings page, or stop it first."
        )
    try:
        yield
    finally:
        leader.release()


if __name__ == "__main__":
    main()
