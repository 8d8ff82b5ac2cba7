"""A generation's way from the row to the file on disk, against the emulator over HTTP."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path

import pytest

from core.emulator import Emulator
from core.emulator.state.demo_words import WORDS
from core.generations import Generation, Request, Status
from core.settings import Settings
from core.storage.database import HistoryFile
from core.storage.store import Store
from core.studio import Studio
from core.worker.agenda import urgency
from tests.conftest import (
    Clock,
    MakeImageRequest,
    MakePicture,
    OpenStudio,
    Settle,
    account_of,
    step,
)
from tests.core.conftest import Wire, say
from tests.core.worker.conftest import is_, steps_of
from tests.footage import film

# -- to the end ------------------------------------------------------------------------------------


def test_words_become_a_clip_on_disk_with_its_price(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    generation, new = studio.compose.submit(text_request, "one")
    assert new
    assert generation.status is Status.QUEUED
    assert emulator.ledger()["calls"] == {}, "submit itself sends nothing"
    done = settle(studio, generation)
    assert steps_of(studio, done) == ["queued", "submitting", "pending", "downloading", "succeeded"]
    assert (done.credits_quoted, done.credits_estimated, done.credits_charged) == (24, 24, 24)
    assert done.main
    file = studio.media.output(done.main)
    content = file.read_bytes()
    assert hashlib.sha256(content).hexdigest() == done.main.sha256
    assert len(content) == done.main.bytes
    assert (done.main.width, done.main.height, done.main.duration) == (1280, 720, 2.0)
    assert done.main.frame_rate == 24.0
    assert studio.media.poster(done.main).read_bytes()[:2] == b"\xff\xd8"
    assert [p.name for p in file.parent.iterdir()] == [file.name], "nothing half done is left"
    assert emulator.ledger()["calls"]["create"] == 1
    assert done.finished_at
    assert studio.breakers.open() == []


@pytest.mark.slow
def test_a_picture_is_sent_once_for_many_clips_and_again_when_it_is_about_to_expire(
    studio: Studio,
    settle: Settle,
    image_request: MakeImageRequest,
    picture: MakePicture,
    emulator: Emulator,
    clock: Clock,
) -> None:
    upload, _ = studio.uploads.add("sea.png", picture())
    counts = []
    for key in ("one", "two", "three"):
        done = settle(studio, studio.compose.submit(image_request(upload.sha256), key)[0])
        assert done.status is Status.SUCCEEDED
        assert done.credits_charged == 10
        counts.append(emulator.ledger()["calls"]["upload"])
        clock.advance(4 if key == "one" else 20 * 3600)
    assert counts == [1, 1, 2]


def test_a_picture_that_is_gone_from_the_disk_fails_with_a_sentence(
    studio: Studio, settle: Settle, image_request: MakeImageRequest, picture: MakePicture
) -> None:
    upload, _ = studio.uploads.add("sea.png", picture())
    studio.media.uploads.path(upload).unlink()
    done = settle(studio, studio.compose.submit(image_request(upload.sha256), "one")[0])
    assert (done.status, done.credits_charged) == (Status.FAILED, 0)
    assert "no longer on this server" in done.reason


def test_every_status_of_a_task_is_shown_with_its_progress(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:4")
    generation, _ = studio.compose.submit(text_request, "one")
    running = settle(studio, generation, is_(Status.RUNNING))
    assert running.progress == 0.25
    assert running.remote_status == "RUNNING"
    done = settle(studio, generation)
    assert done.progress == 1.0
    assert steps_of(studio, done)[2:] == ["pending", "running", "downloading", "succeeded"]


def test_where_runway_queues_a_task_over_the_limit_is_throttled_until_a_slot_is_free(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(concurrency=1, tempo="polls:5")
    studio = open_studio(replace(settings, runway_queues=True))
    first = settle(studio, studio.compose.submit(text_request, "one")[0], is_(Status.PENDING))
    second, _ = studio.compose.submit(replace(text_request, prompt="A quiet lake"), "two")
    throttled = settle(studio, second, is_(Status.THROTTLED))
    assert throttled.remote_status == "THROTTLED"
    assert settle(studio, first).status is Status.SUCCEEDED
    assert settle(studio, second).status is Status.SUCCEEDED


@pytest.mark.point(20)
def test_an_unknown_status_is_shown_and_asked_about_on_and_on(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    dream = {"on": "task", "times": 3, "do": {"outcome": {"status": "DREAMING"}}}
    emulator.configure(tempo="polls:9")
    emulator.script([dream])
    generation, _ = studio.compose.submit(text_request, "one")
    seen = settle(studio, generation, lambda g: g.remote_status == "DREAMING")
    assert seen.status is Status.PENDING
    emulator.configure(tempo="instant")
    assert settle(studio, generation).status is Status.SUCCEEDED


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.slow
def test_a_failure_keeps_runways_code_words_and_price(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator, word: str
) -> None:
    request = replace(text_request, prompt=f"A quiet sea {word}")
    done = settle(studio, studio.compose.submit(request, "one")[0])
    assert done.status is Status.FAILED
    assert done.failure_code == (WORDS[word].failure_code or "")
    assert done.reason == WORDS[word].failure
    (task,) = emulator.ledger()["tasks"]
    assert (
        done.credits_charged
        == task["charged"]
        == (24 if "SAFETY.INPUT." in done.failure_code[:13] else 0)
    )
    assert done.outputs == ()


@pytest.mark.slow
def test_the_thread_does_all_this_by_itself(settings: Settings, text_request: Request) -> None:
    studio = Studio(settings)
    studio.start()
    generation, _ = studio.compose.submit(text_request, "one")
    pause = threading.Event()
    for _ in range(600):
        if studio.generations.get(generation.id).status.is_final:
            break
        pause.wait(0.05)
    well, report = studio.server.health()
    studio.close()
    assert studio_status(settings, generation) is Status.SUCCEEDED
    assert well
    assert report["tracker_leads"]


def studio_status(settings: Settings, generation: Generation) -> Status:
    """The status as the file has it."""
    file = HistoryFile(settings.data_dir / "history.db")
    try:
        return Store(file).get(generation.id).status
    finally:
        file.close()


@pytest.mark.slow
def test_the_thread_rests_while_the_work_is_paused_whatever_is_due(
    studio: Studio, clock: Clock, text_request: Request
) -> None:
    studio.compose.submit(text_request, "one")
    step(studio, clock)
    clock.advance(60)
    assert studio.tracker._seconds_until_due(0.25) == 0
    with studio.tracker.paused():
        assert studio.tracker._seconds_until_due(0.25) == 0.25
        assert step(studio, clock) == 0
    assert step(studio, clock) == 1


# -- memory ----------------------------------------------------------------------------------------


def test_nothing_is_remembered_of_a_task_that_has_ended(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(tempo="polls:2")
    settle(studio, studio.compose.submit(text_request, "one")[0])
    step(studio, clock)
    assert studio._engine.poller._memories == {}


@pytest.mark.slow
def test_what_threads_learn_while_the_ended_are_forgotten_stops_no_step(
    studio: Studio, text_request: Request
) -> None:
    one, _ = studio.compose.submit(text_request, "one")
    poller, errors = studio._engine.poller, list[Exception]()

    def learn() -> None:
        for number in range(30_000):
            poller._memory(replace(one, id=number))

    def forget() -> None:
        try:
            while learner.is_alive():
                poller.keep(set())
        except RuntimeError as error:
            errors.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        learner, forgetter = threading.Thread(target=learn), threading.Thread(target=forget)
        learner.start(), forgetter.start()
        learner.join(), forgetter.join()
    finally:
        sys.setswitchinterval(interval)
    assert errors == []


@pytest.mark.point(12)
@pytest.mark.slow
def test_nobody_else_leads_before_all_that_the_last_one_began_has_ended(
    open_studio: OpenStudio, settings: Settings, wire: Wire, text_request: Request, clock: Clock
) -> None:
    asked = threading.Event()
    wire.on("GET /v1/organization", say(200, {"creditBalance": 1000}))
    wire.on("POST /v1/text_to_video", say(200, {"id": "task-1"}))
    wire.on("GET /v1/tasks/task-1", lambda connection: (asked.set(), wire.hang(connection))[0])
    first = open_studio(replace(settings, base_url=wire.url))
    first.compose.submit(text_request, "one")
    for _ in range(1200):
        first.tracker.step(clock.now())
        clock.advance(1.0)
        if asked.wait(0.05):
            break
    first.tracker.stop()
    second = open_studio(replace(settings, base_url=wire.url))
    second.tracker.step(clock.now())
    assert not second.tracker.is_leader, "the first is still asking"
    wire.released.set()
    for _ in range(600):
        second.tracker.step(clock.now())
        if second.tracker.is_leader:
            break
        time.sleep(0.05)
    assert second.tracker.is_leader


# -- what was made while the server was away -------------------------------------------------------


@pytest.mark.point(7)
def test_made_clips_come_before_polls_and_polls_before_the_queue_and_the_oldest_first(
    studio: Studio, rows: Store, clock: Clock, text_request: Request
) -> None:
    order = [Status.QUEUED, Status.RUNNING, Status.DOWNLOADING, Status.PENDING, Status.DOWNLOADING]
    for number, status in enumerate(order):
        made, _ = studio.compose.submit(replace(text_request, prompt=f"{number}"), f"{number}")
        if status is not Status.QUEUED:
            assert rows.move(made, status, clock.now(), task_id=f"t{number}")
    found = sorted(rows.open_rows(demo=False), key=urgency)
    assert [row.id for row in found] == [3, 5, 2, 4, 1]


@pytest.mark.point(7)
def test_a_clip_that_waits_for_half_a_day_is_warned_about(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = open_studio(settings)
    generation, _ = before.compose.submit(text_request, "one")
    settle(before, generation, is_(Status.DOWNLOADING))
    before.close()
    clock.advance(11 * 3600)
    studio = open_studio(settings)
    assert studio.server.overdue() == 0
    clock.advance(2 * 3600)
    assert studio.server.overdue() == studio.server.health()[1]["clips_overdue"] == 1
    step(studio, clock)
    assert "has waited for long" in caplog.text
    assert settle(studio, generation).status is Status.SUCCEEDED
    assert studio.server.overdue() == 0


def test_a_task_whose_answers_cannot_be_read_for_half_a_day_is_warned_about(
    studio: Studio, settle: Settle, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    settle(studio, generation, is_(Status.PENDING))
    too_long = {"inflate": 8, "headers": {"content-type": "application/json"}}
    emulator.script([{"on": "task", "times": 2, "do": too_long}])
    found = settle(studio, generation, lambda g: bool(g.reason))
    assert found.status is Status.PENDING
    assert studio.server.overdue() == 0
    clock.advance(13 * 3600)
    assert studio.server.overdue() == 1
    assert settle(studio, generation).status is Status.SUCCEEDED
    assert studio.server.overdue() == 0


# -- a few at a time -------------------------------------------------------------------------------


@pytest.mark.slow
def test_only_four_are_on_their_way_to_runway_at_once_and_the_oldest_go_first(
    studio: Studio, clock: Clock, text_request: Request, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:9")
    account_of(studio)
    texts = [replace(text_request, prompt=f"Take {number}") for number in range(6)]
    ids = [studio.compose.submit(text, text.prompt)[0].id for text in texts]

    def those(status: Status) -> list[int]:
        return [number for number in ids if studio.generations.get(number).status is status]

    assert step(studio, clock) == 4
    assert (those(Status.SUBMITTING), those(Status.QUEUED)) == (ids[:4], ids[4:])
    assert step(studio, clock) == 4, "there is no room while their answers are not read"
    assert (those(Status.PENDING), those(Status.QUEUED)) == (ids[:4], ids[4:])
    step(studio, clock)
    assert those(Status.SUBMITTING) == ids[4:]


@pytest.mark.slow
def test_a_cancel_waits_for_no_room(studio: Studio, clock: Clock, text_request: Request) -> None:
    ids = [studio.compose.submit(text_request, f"{number}")[0].id for number in range(6)]
    step(studio, clock)
    studio.generations.cancel(ids[5])
    step(studio, clock)
    found = [studio.generations.get(number).status for number in ids[4:]]
    assert found == [Status.QUEUED, Status.CANCELLED]


# -- late answers, two servers, two modes ----------------------------------------------------------


@pytest.mark.point(12)
def test_a_late_answer_never_overwrites_what_was_decided_meanwhile(
    studio: Studio,
    rows: Store,
    clock: Clock,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
) -> None:
    emulator.configure(tempo="polls:4")
    generation, _ = studio.compose.submit(text_request, "one")
    pending = settle(studio, generation, is_(Status.PENDING))
    clock.advance(1)
    emulator.script([{"on": "task", "do": {"after": "accept", "hang": 0.5}}])
    futures = studio.tracker.step(clock.now())
    assert rows.move(pending, Status.CANCELLED, clock.now(), credits_charged=0)
    wait(futures)
    found = studio.generations.get(generation.id)
    assert (found.status, found.credits_charged) == (Status.CANCELLED, 0)


@pytest.mark.point(12)
def test_of_two_servers_on_one_folder_one_leads_and_the_other_takes_over(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    first, second = open_studio(settings), open_studio(settings)
    generation, new = second.compose.submit(text_request, "one")
    same, again = first.compose.submit(text_request, "one")
    assert (same.id, new, again) == (generation.id, True, False)
    step(first, clock)
    assert step(second, clock) == 0
    assert (first.tracker.is_leader, second.tracker.is_leader) == (True, False)
    settle(first, generation, is_(Status.PENDING))
    first.close()
    assert settle(second, generation).status is Status.SUCCEEDED
    assert second.tracker.is_leader
    assert emulator.ledger()["calls"]["create"] == 1


@pytest.mark.parametrize("status", [Status.QUEUED, Status.PENDING])
def test_a_demo_leaves_live_generations_alone(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
    status: Status,
) -> None:
    live = open_studio(settings)
    generation, _ = live.compose.submit(text_request, "one")
    left = settle(live, generation, is_(status))
    live.close()
    demo = open_studio(replace(settings, api_key=""))
    for _ in range(10):
        clock.advance(5)
        assert step(demo, clock) == 0
    assert demo.generations.get(generation.id) == left
    demo.close()
    assert settle(open_studio(settings), generation).status is Status.SUCCEEDED


def test_a_live_server_never_sends_what_a_demo_left(
    open_studio: OpenStudio,
    settings: Settings,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
) -> None:
    demo = open_studio(replace(settings, api_key=""))
    generation, _ = demo.compose.submit(text_request, "one")
    assert generation.demo
    demo.close()
    live = open_studio(settings)
    for _ in range(5):
        clock.advance(5)
        assert step(live, clock) == 0
    assert emulator.ledger()["calls"] == {}


def test_an_unforeseen_error_in_one_generation_does_not_stop_the_others(
    studio: Studio,
    rows: Store,
    clock: Clock,
    settle: Settle,
    text_request: Request,
    image_request: MakeImageRequest,
    picture: MakePicture,
    caplog: pytest.LogCaptureFixture,
) -> None:
    upload, _ = studio.uploads.add("sea.png", picture())
    bad, _ = studio.compose.submit(image_request(upload.sha256), "one")
    file = studio.media.uploads.path(upload)
    file.unlink()
    file.mkdir()  # nobody foresees that
    good, _ = studio.compose.submit(text_request, "two")
    assert settle(studio, good).status is Status.SUCCEEDED
    assert "unexpected failure" in caplog.text
    assert studio.generations.get(bad.id).status is Status.QUEUED


def test_an_output_that_is_too_large_ends_with_a_reason_and_is_fetched_once_the_setting_allows_it(
    open_studio: OpenStudio,
    settings: Settings,
    wire: Wire,
    text_request: Request,
    settle: Settle,
    tmp_path: Path,
) -> None:
    clip = film(tmp_path / "film.mp4") + bytes(2 * 1024**2)
    task = {"id": "task-1", "status": "SUCCEEDED", "output": [f"{wire.url}/clip"]}
    wire.on("GET /v1/organization", say(200, {"creditBalance": 1000}))
    wire.on("POST /v1/text_to_video", say(200, {"id": "task-1"}))
    wire.on("GET /v1/tasks/task-1", say(200, task | {"cost": {"credits": 24}}))
    wire.on("GET /clip", say(200, clip, {"Content-Type": "video/mp4"}))
    small = replace(settings, base_url=wire.url, largest_file=1)
    studio = open_studio(small)
    row, _new = studio.compose.submit(text_request, "one")
    ended = settle(studio, row, until=lambda row: row.status.is_final)
    assert (ended.status, ended.failure_code) == (Status.FAILED, "DAILIES.TOO_LARGE")
    assert ended.credits_charged == 24
    assert list((small.data_dir / "videos").iterdir()) == []
    asked = sum(one.path == "/clip" for one in wire.heard)
    assert asked == 1
    studio.close()
    larger = open_studio(replace(small, largest_file=3))
    assert larger.generations.recover(row.id).status is Status.SUCCEEDED
    (output,) = larger.generations.get(row.id).outputs
    assert output.bytes == len(clip)
