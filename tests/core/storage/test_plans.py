"""What is asked all the time reads a few rows, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from core import visibility
from core.domain.people import Person, Role
from core.storage.database import TIMEOUT_SECONDS, HistoryFile
from core.storage.history import Filter, History, Order
from core.storage.making.batches import BatchStore
from core.storage.outside.shares import ShareStore
from core.storage.room.originals import OriginalStore
from core.storage.room.unprotected import candidates
from core.storage.stats import HistoryStats
from core.storage.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Traced(HistoryFile):
    """Notes every question."""

    def __init__(self, path: Path) -> None:
        self.asked: list[str] = []
        super().__init__(path)

    @contextmanager
    def reading(self, timeout: float = TIMEOUT_SECONDS) -> Iterator[sqlite3.Connection]:
        with super().reading(timeout) as connection:
            connection.set_trace_callback(self.asked.append)
            yield connection
            connection.set_trace_callback(None)


def _may_go(file: HistoryFile, chosen: list[int]) -> object:
    with file.reading() as connection:
        return candidates(connection, NOON, (), chosen, demo=False)


QUESTIONS: dict[str, tuple[Callable[[HistoryFile], object], str]] = {
    "overdue, on every page": (
        lambda file: HistoryStats(file).overdue(NOON, demo=False),
        "generations_status (status=?",
    ),
    "open, at every step": (
        lambda file: Store(file).open_rows(demo=False),
        "generations_status (status=?",
    ),
    "open batches, at every look of Create": (
        lambda file: BatchStore(file).open(demo=False),
        "generations_status (status=?",
    ),
    "unfinished, at every look of Create": (
        lambda file: History(file).flying(alone=True),
        "generations_status (status=?",
    ),
    "the pace of a model": (
        lambda file: History(file).typical_seconds(["gen4.5"], demo=False),
        "generations_paced (model=? AND demo=?",
    ),
    "which of a few originals may go": (
        lambda file: _may_go(file, [1, 2]),
        "generations USING INTEGER PRIMARY KEY",
    ),
    "how many originals of an archive are gone": (
        lambda file: History(file).removed_originals([1, 2]),
        "outputs USING PRIMARY KEY (generation_id=?)",
    ),
    "which requests of a list failed before": (
        lambda file: History(file).failed(["one", "other"], demo=False),
        "generations_fingerprint (fingerprint=?",
    ),
    "which requests of a list are answered already": (
        lambda file: History(file).duplicates(["one", "other"], demo=False),
        "generations_fingerprint (fingerprint=?",
    ),
    "how long a model waits and takes": (
        lambda file: History(file).timing("gen4.5", demo=False),
        "generations_paced (model=? AND demo=?",
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_only_the_rows_it_is_about_are_read(tmp_path: Path, name: str) -> None:
    ask, index = QUESTIONS[name]
    with closing(Traced(tmp_path / "history.db")) as file:
        ask(file)
        (asked,) = [each for each in file.asked if each.strip().startswith(("select", "with"))]
        with file.reading() as connection:
            steps = connection.execute(f"explain query plan {asked}").fetchall()
    plan = " / ".join(step["detail"] for step in steps)
    assert index in plan
    assert "SCAN generations" not in plan


HIDING: dict[str, tuple[Callable[[HistoryFile], object], str]] = {
    "the newest batches": (
        lambda file: BatchStore(file).newest(24, demo=False),
        "generations USING COVERING INDEX generations_batch (batch_id=?)",
    ),
    "links": (
        lambda file: ShareStore(file).all(),
        "share_items USING PRIMARY KEY (share_id=?)",
    ),
    "the room that rules have made": (
        lambda file: OriginalStore(file, demo=False).removed(),
        "outputs USING INDEX outputs_removed",
    ),
}


@pytest.mark.parametrize("name", HIDING)
def test_what_is_hidden_is_left_out_without_reading_all_projects(tmp_path: Path, name: str) -> None:
    ask, index = HIDING[name]
    with (
        closing(Traced(tmp_path / "history.db")) as file,
        visibility.seen_by(Person("olaf", "Olaf", Role.MAKER)),
    ):
        ask(file)
        (asked,) = [each for each in file.asked if each.strip().startswith(("select", "with"))]
        with file.reading() as connection:
            steps = connection.execute(f"explain query plan {asked}").fetchall()
    plan = [step["detail"] for step in steps]
    assert any(index in step for step in plan)
    found = [step for step in plan if "main.projects" in step or "main.generations" in step]
    assert not [step for step in found if "SCAN" in step and "projects_private" not in step]


def test_a_search_reads_names_of_batches_only_where_it_names_one(tmp_path: Path) -> None:
    with closing(Traced(tmp_path / "history.db")) as file:
        history = History(file)
        for search, reads in (("is:approved tag:hero", False), ("batch:herd", True)):
            file.asked.clear()
            history.page(Filter(search=search), Order.NEWEST, 1, 24)
            assert any("from batches" in each for each in file.asked) is reads
