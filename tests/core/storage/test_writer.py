"""One connection writes, and what goes wrong on it leaves nothing behind for the next."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from core.errors import StoreError
from core.storage.database import HistoryFile


@pytest.fixture
def file(tmp_path: Path, empty_history: Path) -> Iterator[HistoryFile]:
    with closing(HistoryFile(Path(shutil.copy(empty_history, tmp_path)))) as file:
        yield file


def write(file: HistoryFile, key: str) -> None:
    with file.tx() as db:
        db.execute("insert into drafts (key, request, updated_at) values (?, '{}', '')", [key])


def drafts(file: HistoryFile) -> list[str]:
    with file.reading() as connection:
        return [row["key"] for row in connection.execute("select key from drafts order by key")]


def test_one_connection_writes_from_one_write_to_the_next(file: HistoryFile) -> None:
    with file.tx() as first:
        first.execute("insert into drafts (key, request, updated_at) values ('a', '{}', '')")
    with file.tx() as second:
        assert second is first


def test_a_write_that_fails_leaves_nothing_and_the_next_one_goes_on(file: HistoryFile) -> None:
    def fail() -> None:
        with file.tx() as db:
            db.execute("insert into drafts (key, request, updated_at) values ('b', '{}', '')")
            rows = db.execute("select * from drafts")  # half read, as an exception leaves it
            assert rows.fetchone()
            db.execute("insert into drafts (key, request, updated_at) values ('a', '{}', '')")

    write(file, "a")
    with pytest.raises(sqlite3.IntegrityError):
        fail()
    write(file, "c")
    assert drafts(file) == ["a", "c"]


def test_who_waits_for_another_process_too_long_is_told_and_goes_on_later(
    file: HistoryFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, "a")
    with file.tx() as db:
        db.execute("pragma busy_timeout = 1")
    with closing(sqlite3.connect(file.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StoreError, match="locked"):
            write(file, "b")
    write(file, "c")
    assert drafts(file) == ["a", "c"]


def test_a_file_that_takes_its_place_is_the_one_that_is_written(
    file: HistoryFile, empty_history: Path
) -> None:
    write(file, "old")
    other = Path(shutil.copy(empty_history, file.path.with_name("other.db")))
    for path in (file.path, *file.path.parent.glob("history.db-*")):
        path.unlink()
    other.rename(file.path)
    write(file, "new")
    assert drafts(file) == ["new"]


def test_threads_take_turns(file: HistoryFile) -> None:
    threads = [threading.Thread(target=write, args=(file, str(n))) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drafts(file)) == 20
