"""What is open is read again when something was written, by whichever process, and only then."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import StoreError
from core.generations import Generation, Request, Status
from core.storage.database import HistoryFile
from core.storage.open_rows import OpenRow, OpenRows
from core.storage.store import Store
from tests.conftest import NOON

SEA = Request("text_to_video", "plume_2", "A quiet sea", {"duration": 5})


@pytest.fixture
def file(tmp_path: Path, empty_history: Path) -> Iterator[HistoryFile]:
    with closing(HistoryFile(Path(shutil.copy(empty_history, tmp_path)))) as opened:
        yield opened


def add(file: HistoryFile, key: str) -> Generation:
    facts = {"idempotency_key": key, "kind": "text", "quoted": 60, "demo": False, "now": NOON}
    return Store(file).add(SEA, **facts)[0]  # type: ignore[arg-type]


def news(rows: OpenRows) -> list[OpenRow]:
    found = rows.news()
    assert found is not None
    return found


def test_nothing_is_read_while_nobody_writes(file: HistoryFile) -> None:
    rows = OpenRows(file, demo=False)
    assert news(rows) == []
    assert rows.news() is None
    one = add(file, "one")
    with file.reading() as connection:
        connection.execute("select count(*) from generations").fetchone()
    assert [row.id for row in news(rows)] == [one.id]
    assert rows.news() is None
    rows.forget()
    assert [row.id for row in news(rows)] == [one.id]


def test_what_another_server_has_written_is_news_and_the_rest_is_what_it_was(
    file: HistoryFile,
) -> None:
    rows = OpenRows(file, demo=False)
    one, two = add(file, "one"), add(file, "two")
    before = news(rows)
    with closing(HistoryFile(file.path)) as other:
        Store(other).move(two, Status.SUBMITTING, NOON, attempts=1)
    after = news(rows)
    assert after[0] is before[0]
    assert (before[1].status, after[1].status) == (Status.QUEUED, Status.SUBMITTING)
    Store(file).move(one, Status.CANCELLED, NOON)
    assert [row.id for row in news(rows)] == [two.id]


def test_another_file_in_the_place_of_the_history_is_news(
    file: HistoryFile, empty_history: Path
) -> None:
    rows = OpenRows(file, demo=False)
    add(file, "one")
    assert len(news(rows)) == 1
    for left in file.path.parent.glob("history.db*"):
        left.unlink()
    shutil.copy(empty_history, file.path)
    assert news(rows) == []
    with closing(HistoryFile(file.path)) as other:
        two = add(other, "two")
    assert [row.id for row in news(rows)] == [two.id]


def test_a_history_that_was_away_for_a_moment_is_read_again(file: HistoryFile) -> None:
    rows = OpenRows(file, demo=False)
    one = add(file, "one")
    assert news(rows)
    folder = file.path.parent
    away = folder.rename(folder.with_name("away"))
    with pytest.raises(StoreError):
        rows.news()
    away.rename(folder)
    assert [row.id for row in news(rows)] == [one.id]
