"""Connections are kept for the next reading, and nobody sees an old history through one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from core.storage.database import HistoryFile
from core.storage.readers import KEPT


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


def descriptors(folder: Path) -> int:
    there = Path("/proc/self/fd")
    paths = [os.readlink(each) for each in there.iterdir() if each.is_symlink()]
    return sum(path.startswith(str(folder)) for path in paths)


def test_one_connection_serves_reading_after_reading_and_sees_each_write(
    file: HistoryFile,
) -> None:
    with file.reading() as first:
        pass
    for number in range(3):
        write(file, str(number))
        with file.reading() as again:
            assert again is first
        assert len(drafts(file)) == number + 1


def test_no_two_share_one_and_only_some_are_kept(file: HistoryFile, tmp_path: Path) -> None:
    drafts(file)
    with ExitStack() as readings:
        many = [readings.enter_context(file.reading()) for _ in range(3 * KEPT)]
        assert len({id(one) for one in many}) == len(many)
    before = descriptors(tmp_path)
    with ExitStack() as readings:
        for _ in range(3 * KEPT):
            readings.enter_context(file.reading())
    assert descriptors(tmp_path) == before


def test_threads_that_read_while_one_writes_never_see_less_than_before(file: HistoryFile) -> None:
    def look(_: int) -> list[int]:
        return [len(drafts(file)) for _ in range(50)]

    with ThreadPoolExecutor(2 * KEPT) as threads:
        looks = threads.map(look, range(2 * KEPT))
        for number in range(20):
            write(file, str(number))
        assert all(seen == sorted(seen) for seen in looks)
    assert len(drafts(file)) == 20


def test_an_interrupted_reading_keeps_no_old_state(file: HistoryFile) -> None:
    write(file, "a")
    write(file, "b")
    held = []
    with suppress(KeyError), file.reading() as connection:
        held.append(connection.execute("select key from drafts"))
        held[0].fetchone()
        raise KeyError
    write(file, "c")
    assert drafts(file) == ["a", "b", "c"]


def test_nothing_of_a_replaced_file_is_read(file: HistoryFile, tmp_path: Path) -> None:
    write(file, "before")
    file.copy(tmp_path / "older.db")
    write(file, "after")
    assert drafts(file) == ["after", "before"]
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"history.db{suffix}").unlink(missing_ok=True)
    shutil.move(tmp_path / "older.db", file.path)
    assert drafts(file) == ["before"]


def test_a_closed_history_keeps_no_file_open(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    file = HistoryFile(folder / "history.db")
    with file.reading():
        drafts(file)
        file.close()
    assert descriptors(folder) == 0


def test_nobody_can_write_through_one(file: HistoryFile) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="readonly"), file.reading() as connection:
            connection.execute("delete from drafts")
        drafts(file)
