"""The disk's floor: below it nothing new is begun, nothing is lost, and all goes on by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.emulator import Emulator
from core.errors import DiskFull, InvalidRequest
from core.generations import Request, Status
from core.media.disk_space import MEGABYTE, Disk
from core.settings import Settings
from core.storage.history import Filter
from core.studio import Studio
from tests.conftest import Clock, Settle, step
from tests.core.monitoring.test_metrics import figures

FLOOR = 100


@dataclass
class Space:
    """A disk of a gigabyte with as much room as the test says."""

    free: int = 500 * MEGABYTE

    def usage(self, _folder: Path) -> tuple[int, int, int]:
        return 1000 * MEGABYTE, 1000 * MEGABYTE - self.free, self.free


@pytest.fixture
def space(studio: Studio) -> Space:
    """The room that the studio sees."""
    found = Space()
    studio.media.disk = Disk(studio.settings.data_dir, FLOOR, found.usage)
    return found


# -- the floor ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gigabytes", "floor"), [(10, 2.0), (40, 2.0), (100, 5.0), (1000, 50.0)])
def test_without_a_setting_the_floor_is_2_gib_or_a_twentieth(gigabytes: int, floor: float) -> None:
    total = gigabytes * 1024 * MEGABYTE
    room = Disk(Path(), None, lambda _: (total, 0, total)).room()
    assert room.floor == floor * 1024 * MEGABYTE
    assert not room.is_low


def test_at_the_floor_there_is_room_and_a_byte_below_there_is_none() -> None:
    space = Space(FLOOR * MEGABYTE)
    disk = Disk(Path(), FLOOR, space.usage)
    assert not disk.room().is_low
    space.free -= 1
    with pytest.raises(DiskFull, match=r"0\.1 GB free"):
        disk.check()


def test_the_real_disk_is_asked(tmp_path: Path) -> None:
    Disk(tmp_path, 0).check()
    with pytest.raises(DiskFull):
        Disk(tmp_path, 10**9 - 1).check()
    with pytest.raises(DiskFull, match="does not answer"):
        Disk(tmp_path / "unplugged", 0).check()


# -- below it -------------------------------------------------------------------------------------


def test_a_request_is_refused_with_a_sentence_and_nothing_is_written_down(
    studio: Studio, space: Space, text_request: Request
) -> None:
    space.free = 0
    with pytest.raises(InvalidRequest, match="is the least for new clips") as caught:
        studio.compose.submit(text_request, "one")
    assert [problem.field for problem in caught.value.problems] == ["disk"]
    assert studio.history.sums(Filter()).totals.generations == 0
    space.free = 200 * MEGABYTE
    assert studio.compose.submit(text_request, "one")[1]


@pytest.mark.point(9)
def test_what_is_queued_waits_with_the_reason_and_goes_on_by_itself(
    studio: Studio,
    space: Space,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    space.free = 0
    looks = 0
    for _ in range(40):
        looks += step(studio, clock)
        clock.advance(1)
    held = studio.generations.get(generation.id)
    assert (held.status, held.attempts) == (Status.QUEUED, 0)
    assert "is the least for new clips" in held.reason
    assert "create" not in emulator.ledger()["calls"]
    assert looks <= 6, "it is looked at now and then, not all the time"
    space.free = 200 * MEGABYTE
    assert settle(studio, generation, steps=800).status is Status.SUCCEEDED
    assert emulator.ledger()["calls"]["create"] == 1


def test_a_clip_that_is_made_waits_at_runway_and_is_fetched_when_there_is_room(
    studio: Studio,
    space: Space,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, until=lambda found: found.status is Status.DOWNLOADING)
    space.free = 0
    looks = 0
    for _ in range(40):
        looks += step(studio, clock)
        clock.advance(1)
    held = studio.generations.get(generation.id)
    assert held.status is Status.DOWNLOADING
    assert "is the least for new clips" in held.reason
    assert "output" not in emulator.ledger()["calls"]
    assert looks <= 6
    space.free = 200 * MEGABYTE
    done = settle(studio, generation, steps=800)
    assert (done.status, done.reason) == (Status.SUCCEEDED, "")


@pytest.mark.point(9)
def test_a_disk_that_fills_during_a_download_keeps_what_came(
    studio: Studio, space: Space, settle: Settle, clock: Clock, text_request: Request
) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, until=lambda found: found.status is Status.DOWNLOADING)
    looks = iter([500, 500])
    usage = lambda _: (1000 * MEGABYTE, 0, next(looks, 0) * MEGABYTE)  # noqa: E731
    studio.media.disk = Disk(studio.settings.data_dir, FLOOR, usage)
    step(studio, clock)
    assert studio.generations.get(generation.id).status is Status.DOWNLOADING
    assert figures(studio.metrics)["dailies_download_failures_total"] == 0, "nothing has failed"
    studio.media.disk = Disk(studio.settings.data_dir, FLOOR, space.usage)
    done = settle(studio, generation, steps=800)
    assert done.status is Status.SUCCEEDED
    assert not list(studio.settings.data_dir.rglob("*.part"))


def test_polls_go_on_so_that_nothing_is_forgotten_at_runway(
    studio: Studio, space: Space, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(tempo="polls:5")
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, until=lambda found: found.status.is_at_provider)
    space.free = 0
    waiting = settle(studio, generation, until=lambda found: found.status is Status.DOWNLOADING)
    assert waiting.progress == 1.0


# -- what is told ---------------------------------------------------------------------------------


def test_health_and_figures_tell_of_the_room(studio: Studio, space: Space) -> None:
    space.free = 7 * MEGABYTE
    _well, report = studio.server.health()
    assert (report["disk_has_room"], report["disk_free_bytes"]) == (False, 7 * MEGABYTE)
    told = figures(studio.metrics)
    assert told["dailies_disk_free_bytes"] == 7 * MEGABYTE
    assert told["dailies_disk_floor_bytes"] == FLOOR * MEGABYTE
    space.free = 200 * MEGABYTE
    assert studio.server.health()[1]["disk_has_room"] is True


def test_the_setting_is_what_the_studio_keeps_to(
    open_studio: Callable[[Settings], Studio], settings: Settings, text_request: Request
) -> None:
    studio = open_studio(replace(settings, disk_floor=10**9 - 1))
    with pytest.raises(InvalidRequest, match="least for new clips"):
        studio.compose.submit(text_request, "one")
