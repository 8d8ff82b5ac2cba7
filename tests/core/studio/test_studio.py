"""The one object that pages talk to: composing, pictures, the account, demo mode, its own life."""

from __future__ import annotations

import io
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from PIL import Image

from core.domain.families import Origin, Way
from core.emulator import Emulator
from core.errors import (
    CatalogError,
    DailiesError,
    InvalidRequest,
    InvalidUpload,
    NotAuthorized,
    SettingsError,
    UnknownGeneration,
)
from core.generations import Request, Status
from core.serving import serve, served
from core.settings import Settings
from core.storage.history import Filter
from core.storage.making.drafts import Draft
from core.studio import Studio
from tests.conftest import Clock, MakePicture, OpenStudio, Settle, account_of, step

# -- compose --------------------------------------------------------------------------------------


def test_the_price_is_known_before_anything_is_sent(
    studio: Studio, text_request: Request, emulator: Emulator
) -> None:
    assert studio.compose.quote(text_request) == 24
    assert studio.compose.quote(replace(text_request, params={})) is None
    assert studio.compose.quote(replace(text_request, model="plume_2")) is None
    assert emulator.ledger()["calls"] == {}


def test_a_bad_request_is_refused_with_every_reason_and_leaves_no_row(
    studio: Studio, text_request: Request
) -> None:
    bad = replace(text_request, prompt="", params={"ratio": "16:9", "duration": 2})
    with pytest.raises(InvalidRequest) as caught:
        studio.compose.submit(bad, "one")
    assert [p.field for p in caught.value.problems] == ["prompt", "ratio"]
    assert studio.compose.problems(bad) == list(caught.value.problems)
    with pytest.raises(InvalidRequest, match="Choose a model"):
        studio.compose.submit(replace(text_request, model="plume_2"), "two")
    assert studio.history.sums(Filter()).totals.generations == 0


@pytest.mark.point(14)
def test_two_clicks_make_one_generation(studio: Studio, text_request: Request) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: studio.compose.submit(text_request, "one"), range(8)))
    assert {generation.id for generation, _ in made} == {1}
    assert sum(new for _, new in made) == 1


def test_a_clip_that_exists_is_offered_before_it_is_paid_again(
    studio: Studio, settle: Settle, text_request: Request
) -> None:
    assert studio.compose.duplicate(text_request) is None
    done = settle(studio, studio.compose.submit(text_request, "one")[0])
    assert studio.compose.duplicate(text_request) == done
    assert studio.compose.duplicate(replace(text_request, prompt="Another")) is None


def test_a_draft_survives_a_restart(
    open_studio: OpenStudio, settings: Settings, text_request: Request
) -> None:
    first = open_studio(settings)
    kept = Draft(text_request, Origin(7, Way.REMIX))
    first.compose.save_draft("tab", kept)
    first.close()
    assert open_studio(settings).compose.draft("tab") == kept


def test_a_prompt_is_kept_as_it_was_typed(studio: Studio, text_request: Request) -> None:
    prompt = '# <img src=x onerror=alert(1)> ![](http://x) `code` "é" 🎬 {"a": $1}'
    generation, _ = studio.compose.submit(replace(text_request, prompt=prompt), "one")
    assert studio.generations.get(generation.id).request.prompt == prompt


# -- pictures -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_picture_is_kept_previewed_and_found_again(studio: Studio, picture: MakePicture) -> None:
    upload, notices = studio.uploads.add("sea.png", picture((1000, 700)))
    assert notices == ()
    (found,) = studio.uploads.newest()
    assert found == studio.uploads.get(upload.sha256)
    assert (found.sha256, found.name, found.width) == (upload.sha256, "sea.png", 1000)
    with Image.open(io.BytesIO(studio.uploads.preview(upload, 1280, 720))) as preview:
        assert preview.size == (960, 540)


def test_a_bad_picture_leaves_no_row(studio: Studio) -> None:
    with pytest.raises(InvalidUpload):
        studio.uploads.add("a.png", b"no picture" * 99)
    assert studio.uploads.newest() == []


def test_a_picture_that_vanished_is_said_in_a_sentence(
    studio: Studio, picture: MakePicture
) -> None:
    upload, _ = studio.uploads.add("sea.png", picture())
    studio.media.uploads.path(upload).unlink()
    with pytest.raises(InvalidUpload, match="no longer on this server"):
        studio.uploads.preview(upload, 16, 9)


def test_a_frame_of_a_clip_becomes_a_picture_to_start_from(
    studio: Studio, settle: Settle, text_request: Request
) -> None:
    queued, _ = studio.compose.submit(text_request, "one")
    with pytest.raises(UnknownGeneration):
        studio.uploads.add_frame(queued, "last")
    done = settle(studio, queued)
    first, last = studio.uploads.add_frame(done, "first"), studio.uploads.add_frame(done, "last")
    assert (first.width, first.height) == (last.width, last.height) == (1280, 720)
    assert first.sha256 != last.sha256
    assert last.name == f"last frame of {done.id}.png"


def test_a_made_clip_and_a_moment_of_it_start_the_next_one(
    studio: Studio, settle: Settle, text_request: Request
) -> None:
    done = settle(studio, studio.compose.submit(text_request, "one")[0])
    clip, moment = studio.uploads.add_output(done, 0), studio.uploads.add_frame(done, 1.0)
    assert clip.sha256 == done.outputs[0].sha256
    assert (clip.medium, clip.duration, clip.name) == ("video", 2.0, f"output of {done.id}")
    assert moment.name == f"1 s frame of {done.id}.png"
    found = studio.uploads.get(clip.sha256)
    assert found
    assert (found.medium, found.duration, found.codec) == ("video", 2.0, "h264")
    assert [u.medium for u in studio.uploads.newest()] == ["image"]
    assert [u.medium for u in studio.uploads.newest(media=("video", "audio"))] == ["video"]
    assert {u.medium for u in studio.uploads.newest(media=("image", "video"))} == {"image", "video"}
    with pytest.raises(UnknownGeneration):
        studio.uploads.add_output(done, 1)


# -- follow ---------------------------------------------------------------------------------------


def test_a_favourite_is_kept(studio: Studio, text_request: Request) -> None:
    generation, _ = studio.compose.submit(text_request, "one")
    studio.generations.set_favourite(generation.id, True)
    assert studio.generations.get(generation.id).favourite
    assert studio.history.sums(Filter(favourite=True)).totals.generations == 1


@pytest.mark.parametrize("number", [0, -1, 5, 10**30])
def test_an_unknown_id_is_said(studio: Studio, number: int) -> None:
    for ask in (studio.generations.get, studio.generations.recover, studio.decisions.write_off):
        with pytest.raises(UnknownGeneration):
            ask(number)


# -- the account and the server -------------------------------------------------------------------


def test_the_account_is_asked_for_at_most_twice_a_minute(
    studio: Studio, clock: Clock, emulator: Emulator
) -> None:
    for _ in range(5):
        account = account_of(studio)
        assert account.organization
        assert account.organization.credit_balance == 25_000
    assert emulator.ledger()["calls"] == {"organization": 1}
    clock.advance(31)
    account_of(studio)
    assert emulator.ledger()["calls"] == {"organization": 2}


def test_an_account_that_cannot_be_seen_says_why(studio: Studio, emulator: Emulator) -> None:
    emulator.script([{"on": "organization", "do": {"status": 401}}])
    account = account_of(studio)
    assert account.organization is None
    assert isinstance(account.error, NotAuthorized)


@pytest.mark.slow
def test_a_server_is_well_while_its_tracker_steps_and_its_history_takes_writes(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    studio = Studio(settings)
    assert not studio.server.health()[0], "its tracker does not run"
    other = Studio(replace(settings, data_dir=tmp_path / "other"))
    with serve(other) as running:
        assert served() is running is other
        pause = threading.Event()
        while running.tracker.last_step is None:
            pause.wait(0.01)
        assert running.server.health()[0]
    with pytest.raises(DailiesError, match="not running"):
        served()
    settings.data_dir.rename(tmp_path / "away")
    well, report = studio.server.health()
    assert (well, report["database_writable"]) == (False, False)
    (tmp_path / "away").rename(settings.data_dir)
    assert studio.server.health()[1]["database_writable"]
    studio.close()


def test_closing_twice_is_harmless(studio: Studio) -> None:
    studio.close()
    studio.close()
    assert not studio.tracker.is_leader


@pytest.mark.parametrize("kind", ["file", "under a file", "folder of a kind"])
def test_a_data_folder_that_cannot_be_is_said_in_a_sentence(
    settings: Settings, tmp_path: Path, kind: str
) -> None:
    place = tmp_path / "place"
    if kind == "folder of a kind":
        place.mkdir()
        (place / "videos").write_bytes(b"")
    else:
        place.write_bytes(b"")
    folder = place / "below" if kind == "under a file" else place
    with pytest.raises(SettingsError, match="cannot be written"):
        Studio(replace(settings, data_dir=folder))


def test_an_empty_catalogue_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(CatalogError):
        Studio(replace(settings, catalog_dir=tmp_path))


@pytest.mark.slow
def test_many_servers_may_start_at_once(settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: Studio(settings), range(16)))
    assert all(studio.server.health()[1]["database_writable"] for studio in opened)
    for studio in opened:
        studio.close()


# -- demo -----------------------------------------------------------------------------------------


@pytest.fixture
def demo(open_studio: OpenStudio, settings: Settings) -> Studio:
    """A studio without a key, on an emulator of its own that is at once done."""
    return open_studio(replace(settings, api_key="", demo_seconds=0.0))


@pytest.mark.slow
def test_a_demo_makes_real_clips_and_costs_nothing(
    demo: Studio, settle: Settle, text_request: Request
) -> None:
    done = settle(demo, demo.compose.submit(text_request, "one")[0], steps=300)
    assert done.demo
    assert done.status is Status.SUCCEEDED
    assert done.main
    totals = demo.history.sums(Filter()).totals
    assert (totals.live, totals.imitated["runway"].charged) == ({}, 24)


def test_a_demo_knows_what_a_cancelled_clip_would_have_cost(
    open_studio: OpenStudio, settings: Settings, settle: Settle, text_request: Request
) -> None:
    demo = open_studio(replace(settings, api_key="", demo_seconds=600.0))
    generation, _ = demo.compose.submit(text_request, "one")
    settle(demo, generation, lambda one: one.status.is_at_provider)
    demo.generations.cancel(generation.id)
    assert settle(demo, generation).status is Status.CANCELLED
    assert demo.history.sums(Filter()).totals.imitated["runway"].expected == 0


def test_a_demos_emulator_ends_with_it(demo: Studio) -> None:
    assert account_of(demo).organization
    url = demo._engine.online.base_url
    assert url.startswith("http://127.0.0.1:")
    demo.close()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


# -- secrets --------------------------------------------------------------------------------------


def test_the_key_is_nowhere_after_a_day_of_trouble(
    studio: Studio,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
    key: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    emulator.script(
        [
            {"on": "organization", "do": {"status": 401}},
            {"on": "create", "do": {"status": 503}},
            {"on": "task", "do": {"drop": True}},
            {"on": "task", "do": {"status": 500, "body": "<html>"}},
            {"on": "output", "do": {"cut_at": 10}},
        ]
    )
    generation, _ = studio.compose.submit(text_request, "one")
    step(studio, clock)
    clock.advance(timedelta(minutes=2).total_seconds())
    done = settle(studio, generation, steps=2000)
    assert done.status is Status.SUCCEEDED
    assert key not in caplog.text
    assert "_jwt=" not in "\n".join(r.getMessage() for r in caplog.records if r.name[:4] == "core")
    assert (
        key
        not in f"{studio.settings}{done}{studio.generations.events(done.id)}{account_of(studio)}"
    )
    for file in studio.settings.data_dir.rglob("*"):
        assert not file.is_file() or key.encode() not in file.read_bytes(), file
