"""From a task that has succeeded to its files on disk."""

from __future__ import annotations

from typing import Any

import pytest

from core.emulator import Emulator
from core.errors import ProviderError, UnknownGeneration
from core.generations import Request, Status
from core.settings import Settings
from core.storage.store import Store
from core.studio import Studio
from tests.conftest import Clock, OpenStudio, Settle
from tests.core.worker.conftest import is_


@pytest.mark.point(8)
def test_a_cut_download_goes_on_where_it_stopped(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    whole = settle(studio, studio.compose.submit(text_request, "one")[0])
    emulator.script([{"on": "output", "do": {"cut_at": 700_000}}])
    done = settle(studio, studio.compose.submit(text_request, "two")[0])
    assert done.main
    assert whole.main
    assert done.main.sha256 == whole.main.sha256
    assert emulator.ledger()["calls"]["output"] == 3


@pytest.mark.point(6)
def test_an_expired_address_is_replaced_by_a_fresh_one(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(url_ttl=30)
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, is_(Status.DOWNLOADING))
    clock.advance(60)
    done = settle(studio, generation)
    assert done.status is Status.SUCCEEDED
    assert emulator.ledger()["calls"] == {"organization": 1, "create": 1, "task": 2, "output": 2}


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 200, "body": "<html>Log in</html>"},
        {"status": 500},
        {"status": 302, "headers": {"location": "http://127.0.0.1/"}},
        {"drop": True},
        {"cut_at": 0},
        {"status": 416},
    ],
)
@pytest.mark.point(8)
def test_a_download_that_is_no_clip_is_tried_again_and_never_kept(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    fault: dict[str, Any],
) -> None:
    emulator.script([{"on": "output", "do": fault}])
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, lambda g: g.status is Status.DOWNLOADING and bool(g.reason))
    assert list((studio.settings.data_dir / "videos").glob("*.mp4")) == []
    done = settle(studio, generation)
    assert (done.status, done.reason) == (Status.SUCCEEDED, "")


def test_a_fetch_that_fails_often_and_a_poll_that_fails_once_are_waited_for_apart(
    studio: Studio,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("random.uniform", lambda _low, high: high)  # the longest that it may be
    emulator.script(
        [
            {"on": "output", "times": 6, "do": {"status": 500}},
            {"on": "task", "skip": 5, "do": {"status": 500}},
        ]
    )
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, is_(Status.DOWNLOADING))
    waits = list[float]()
    while (found := studio.generations.get(generation.id)).status is Status.DOWNLOADING:
        assert len(waits) < 20
        waits.append(studio.tracker._stages.advance(found))
        clock.advance(waits[-1])
    assert waits == [2, 4, 8, 16, 30, 2, 30, 0], "the second 2 is the poll's"


def test_a_stopping_server_leaves_a_download_to_be_resumed(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.script([{"on": "output", "do": {"cut_at": 400_000}}])
    before = open_studio(settings)
    generation, _ = before.compose.submit(text_request, "one")
    settle(before, generation, lambda g: g.status is Status.DOWNLOADING and bool(g.reason))
    before.close()
    (part,) = (settings.data_dir / "videos").glob("*.part")
    kept = part.stat().st_size
    assert kept >= 262_144
    done = settle(open_studio(settings), generation)
    assert done.status is Status.SUCCEEDED
    assert not part.exists()


def test_a_clip_that_was_lost_from_the_disk_is_fetched_again(
    studio: Studio, settle: Settle, text_request: Request
) -> None:
    done = settle(studio, studio.compose.submit(text_request, "one")[0])
    assert done.main
    studio.media.output(done.main).unlink()
    found = studio.generations.recover(done.id)
    assert found.main == done.main
    assert studio.media.output(done.main).exists()


def test_a_clip_that_was_made_in_spite_of_a_cancel_is_fetched(
    studio: Studio, rows: Store, clock: Clock, settle: Settle, text_request: Request
) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    made = settle(studio, generation, is_(Status.DOWNLOADING))
    assert rows.move(made, Status.CANCELLED, clock.now())
    found = studio.generations.recover(generation.id)
    assert (found.status, found.credits_charged) == (Status.SUCCEEDED, 24)
    assert found.main
    assert studio.media.output(found.main).exists()


def test_a_task_that_counted_as_ended_and_still_runs_is_followed_again(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:9")
    emulator.script([{"on": "task", "times": 4, "do": {"status": 404}}])
    gone = settle(studio, studio.compose.submit(text_request, "one")[0])
    assert gone.status is Status.FAILED
    again = studio.generations.recover(gone.id)
    assert (again.status, again.finished_at, again.reason) == (Status.PENDING, None, "")
    assert settle(studio, again).status is Status.SUCCEEDED


def test_recover_says_what_cannot_be_recovered(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    with pytest.raises(UnknownGeneration):
        studio.generations.recover(generation.id)
    done = settle(studio, generation)
    emulator.reset()
    with pytest.raises(ProviderError):
        studio.generations.recover(done.id)
    assert studio.generations.get(done.id) == done
