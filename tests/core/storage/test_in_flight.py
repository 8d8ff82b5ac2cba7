"""What open pages ask all the time is another answer after what they show has changed, and only
then."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.domain.batches import Batch
from core.generations import Generation, Request, Status
from core.storage.database import HistoryFile
from core.storage.in_flight import LIFE, MOST, InFlight
from core.storage.making.batches import BatchStore
from core.storage.rows import Entry
from core.storage.store import Store
from tests.conftest import NOON

SEA = Request("text_to_video", "plume_2", "A quiet sea", {"duration": 5})


@pytest.fixture
def file(tmp_path: Path, empty_history: Path) -> Iterator[HistoryFile]:
    with closing(HistoryFile(Path(shutil.copy(empty_history, tmp_path)))) as opened:
        yield opened


@pytest.fixture
def running(file: HistoryFile) -> Generation:
    facts = {"idempotency_key": "one", "kind": "text", "quoted": 60, "demo": False, "now": NOON}
    made, _ = Store(file).add(SEA, **facts)  # type: ignore[arg-type]
    Store(file).move(made, Status.RUNNING, NOON, task_id="task", progress=0.25, polled_at=NOON)
    return Store(file).get(made.id)


@pytest.fixture
def in_flight(file: HistoryFile) -> Iterator[InFlight]:
    """Asked each time so long after the last that what was known then does not count."""
    moments = iter(range(1000))
    with closing(InFlight(file, lambda: next(moments) * LIFE)) as opened:
        yield opened


CHANGES = [
    {"status": Status.SUCCEEDED},
    {"cancel_requested": True},
    {"reason": "Busy"},
    {"held_at": NOON},
    {"first_at": NOON},
    {"retry_at": NOON},
    {"before_all": True},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_whatever_a_page_shows_of_it_is_news(
    file: HistoryFile, in_flight: InFlight, running: Generation, change: dict[str, Any]
) -> None:
    before = in_flight.etag()
    assert in_flight.etag() == before
    with closing(HistoryFile(file.path)) as other_server:
        status = change.get("status", running.status)
        assert isinstance(status, Status)
        rest = {name: value for name, value in change.items() if name != "status"}
        Store(other_server).move(running, status, NOON, **rest)
    assert in_flight.etag() != before


def test_a_batch_that_is_paused_and_that_goes_on_is_news(
    file: HistoryFile, in_flight: InFlight
) -> None:
    batch = Batch("sea", "Sea", "Ada", 1, demo=False, created_at=NOON)
    waits = Entry(SEA, "one", "text", 60, batch_id=batch.id, batch_place=1)
    batches = BatchStore(file)
    batches.add(batch, [waits], admit=lambda: None)
    going_on = in_flight.etag()
    batches.pause(batch.id, NOON)
    assert in_flight.etag() != going_on
    batches.pause(batch.id, None)
    assert in_flight.etag() == going_on


def test_how_far_it_is_makes_no_page_draw(
    file: HistoryFile, in_flight: InFlight, running: Generation
) -> None:
    before = in_flight.etag()
    assert in_flight.progress() == {running.id: 0.25}
    Store(file).note(running.id, polled_at=NOON.replace(minute=1), updated_at=NOON, progress=0.5)
    assert in_flight.progress() == {running.id: 0.5}
    assert in_flight.etag() == before


def test_those_at_work_are_told_of_behind_a_long_queue(
    file: HistoryFile, in_flight: InFlight, running: Generation
) -> None:
    facts = {"kind": "text", "quoted": 60, "demo": False, "now": NOON}
    for number in range(MOST):
        Store(file).add(SEA, idempotency_key=f"waits {number}", **facts)  # type: ignore[arg-type]
    assert in_flight.progress() == {running.id: 0.25}


def test_how_far_one_was_that_is_made_no_more_is_not_told(
    file: HistoryFile, in_flight: InFlight, running: Generation
) -> None:
    Store(file).move(running, Status.DOWNLOADING, NOON)
    assert Store(file).get(running.id).progress == 0.25
    assert in_flight.progress() == {}


def test_what_was_known_is_told_while_another_reads(file: HistoryFile, running: Generation) -> None:
    reads, told, now = threading.Event(), threading.Event(), [0.0]

    def ticks() -> float:
        if now[0] and threading.current_thread() is not threading.main_thread():
            reads.set()
            assert told.wait(10)
        return now[0]

    with closing(InFlight(file, ticks)) as in_flight:
        before = in_flight.etag()
        Store(file).note(running.id, cancel_requested=True)
        now[0] += LIFE
        other = threading.Thread(target=in_flight.etag)
        other.start()
        assert reads.wait(10)
        alarm = threading.Timer(2, told.set)  # or a test that waits does so for good
        alarm.start()
        assert in_flight.etag() == before
        assert not told.is_set(), "it has waited"
        alarm.cancel()
        told.set()
        other.join()
        assert in_flight.etag() != before


def test_all_servers_say_the_same_and_read_seldom(file: HistoryFile, running: Generation) -> None:
    now = [0.0]
    with closing(InFlight(file, lambda: now[0])) as one, closing(InFlight(file)) as other:
        before = one.etag()
        assert other.etag() == before
        Store(file).note(running.id, cancel_requested=True)
        assert one.etag() == before
        now[0] += LIFE
        assert one.etag() != before
