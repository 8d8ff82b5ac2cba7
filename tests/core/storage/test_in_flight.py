"""What open pages ask all the time is another answer after what they show has changed, and only
then."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.generations import Generation, Request, Status
from core.storage.database import HistoryFile
from core.storage.in_flight import LIFE, InFlight
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


def test_how_far_it_is_makes_no_page_draw(
    file: HistoryFile, in_flight: InFlight, running: Generation
) -> None:
    before = in_flight.etag()
    assert in_flight.progress() == {running.id: 0.25}
    Store(file).note(running.id, polled_at=NOON.replace(minute=1), updated_at=NOON, progress=0.5)
    assert in_flight.progress() == {running.id: 0.5}
    assert in_flight.etag() == before


def test_all_servers_say_the_same_and_read_seldom(file: HistoryFile, running: Generation) -> None:
    now = [0.0]
    with closing(InFlight(file, lambda: now[0])) as one, closing(InFlight(file)) as other:
        before = one.etag()
        assert other.etag() == before
        Store(file).note(running.id, cancel_requested=True)
        assert one.etag() == before
        now[0] += LIFE
        assert one.etag() != before
