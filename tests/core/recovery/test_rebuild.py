"""A history that is lost is rebuilt from what lies beside it: manifests, receipts, clips."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.emulator import Emulator
from core.errors import BadManifest
from core.files import Output, Upload
from core.generations import Generation, Input, Request, Status
from core.media.library import Media
from core.providers import receipts
from core.providers.receipts import Receipt
from core.recovery.beside import manifests
from core.recovery.beside.recorded_store import RecordedStore
from core.recovery.beside.traces import look
from core.recovery.rebuild import Rebuilt, rebuild, record
from core.settings import Settings
from core.storage.database import HistoryFile
from core.storage.history import Filter, Order
from core.studio import Studio
from tests.conftest import NOON, Clock, OpenStudio, Settle, step

SEA = Request("text_to_video", "gen4.5", "A quiet sea 🌊", {"ratio": "1280:720", "duration": 2})


def lose(settings: Settings, *folders: str) -> None:
    """The database is gone, and whatever else is named."""
    for path in settings.data_dir.glob("history.db*"):
        path.unlink()
    for folder in folders:
        for path in (settings.data_dir / folder).iterdir():
            path.unlink()


def look_after(studio: Studio) -> Rebuilt:
    """What the leader does first."""
    assert studio.tracker.is_leader or studio.tracker._leader.take()
    studio.maintenance.step()
    assert studio.maintenance.rebuilt
    return studio.maintenance.rebuilt


def facts(generation: Generation) -> dict[str, object]:
    """All of it but when it was written last."""
    return {k: v for k, v in asdict(generation).items() if k not in ("updated_at", "polled_at")}


# -- the whole history ----------------------------------------------------------------------------


@pytest.mark.slow
def test_everything_reappears_when_only_the_database_is_lost(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    picture: Callable[..., bytes],
    image_request: Callable[[str], Request],
    clock: Clock,
) -> None:
    studio = open_studio(settings)
    upload, _ = studio.uploads.add("sea.png", picture())
    brought = studio.uploads.get(upload.sha256)
    before = [settle(studio, studio.compose.submit(image_request(upload.sha256), "one")[0])]
    clock.advance(10)
    failing = replace(SEA, prompt="#fail-output")
    before.append(settle(studio, studio.compose.submit(failing, "two")[0]))
    clock.advance(10)
    cancelled, _ = studio.compose.submit(SEA, "three")
    studio.generations.cancel(cancelled.id)
    before.append(settle(studio, cancelled))
    totals = studio.history.sums(Filter()).totals
    studio.close()
    lose(settings)

    again = open_studio(settings)
    assert look_after(again) == Rebuilt(added=3)
    assert [facts(again.generations.get(one.id)) for one in before] == [
        facts(one) for one in before
    ]
    assert again.history.sums(Filter()).totals == totals
    assert again.uploads.get(upload.sha256) == brought, "the picture that one began with"
    found = again.history.page(Filter(search="sea.png"), Order.NEWEST, 1, 9)
    assert [one.id for one in found] == [before[0].id]
    assert (
        again.history.page(Filter(search="fail-output"), Order.NEWEST, 1, 9)[0].id == before[1].id
    )
    assert not step(again, clock), "nothing is left to do, and nothing is sent again"


@pytest.mark.parametrize(
    "wrong",
    [
        {"sha256": "../../history"},
        {"media_type": "text/html"},
        {"created_at": "2026-01-01T00:00:00"},
        {"bytes": -1},
        {"width": 2**70},
        {"duration": float("nan")},
        {"name": None},
    ],
)
def test_files_that_none_can_be_are_left_out(wrong: dict[str, object]) -> None:
    sound = Upload("a" * 64, "sea.png", "image/png", 9, 1, 1, NOON)
    known = json.loads(manifests.write(whole(), uploads=[sound]))
    assert manifests.uploads(json.dumps(known).encode()) == (sound,)
    known["uploads"][0] |= wrong
    assert manifests.uploads(json.dumps(known).encode()) == ()
    assert manifests.uploads(b"{}") == manifests.uploads(b"no JSON") == ()


@pytest.mark.slow
def test_a_favourite_and_its_timeline_come_back_too(
    open_studio: OpenStudio, settings: Settings, settle: Settle
) -> None:
    studio = open_studio(settings)
    done = settle(studio, studio.compose.submit(SEA, "one")[0])
    studio.generations.set_favourite(done.id, True)
    before = studio.generations.events(done.id)
    assert len(before) > 3
    studio.close()
    lose(settings)

    again = open_studio(settings)
    look_after(again)
    assert again.generations.get(done.id).favourite
    assert [one.id for one in again.history.page(Filter(favourite=True), Order.NEWEST, 1, 9)] == [
        done.id
    ]
    *events, last = again.generations.events(done.id)
    assert events == before
    assert last.detail.startswith("Put back into the history")


def test_an_imported_task_that_comes_back_still_counts_as_no_duplicate(
    open_studio: OpenStudio, settings: Settings, settle: Settle, emulator: Emulator, clock: Clock
) -> None:
    elsewhere = open_studio(replace(settings, data_dir=settings.data_dir / "elsewhere"))
    settle(elsewhere, elsewhere.compose.submit(SEA, "one")[0])
    (task,) = emulator.ledger()["tasks"]
    studio = open_studio(settings)
    model = studio.catalog.find(SEA.endpoint, SEA.model)
    clock.advance(3600)
    imported, _ = studio.decisions.import_task(task["id"], model, SEA.prompt)
    done = settle(studio, imported)
    assert studio.compose.duplicate(done.request) is None
    studio.close()
    lose(settings)

    again = open_studio(settings)
    assert look_after(again) == Rebuilt(added=1)
    assert again.generations.get(done.id).request == done.request
    assert again.compose.duplicate(done.request) is None, (
        "nobody knows with which settings it was made"
    )


def test_a_mark_taken_away_again_is_not_brought_back(
    open_studio: OpenStudio, settings: Settings, settle: Settle
) -> None:
    studio = open_studio(settings)
    done = settle(studio, studio.compose.submit(SEA, "one")[0])
    for marked in (True, False):
        studio.generations.set_favourite(done.id, marked)
    studio.close()
    lose(settings)
    again = open_studio(settings)
    look_after(again)
    assert not again.generations.get(done.id).favourite


@pytest.mark.parametrize(
    "events", ["soon", [{"at": "2026-11-22T12:00:00", "status": "queued", "detail": ""}], [{}]]
)
def test_a_timeline_that_cannot_be_read_costs_nothing_else(
    open_studio: OpenStudio, settings: Settings, settle: Settle, events: object
) -> None:
    studio = open_studio(settings)
    done = settle(studio, studio.compose.submit(SEA, "one")[0])
    path = studio.media.manifest(done)
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"events": events}))
    studio.close()
    lose(settings)
    again = open_studio(settings)
    look_after(again)
    assert facts(again.generations.get(done.id)) == facts(done)
    assert len(again.generations.events(done.id)) == 1


def test_what_was_under_way_is_followed_to_its_clip_and_paid_once(
    open_studio: OpenStudio, settings: Settings, settle: Settle, emulator: Emulator
) -> None:
    emulator.reset(tempo="polls:3")
    studio = open_studio(settings)
    generation, _ = studio.compose.submit(SEA, "one")
    running = settle(studio, generation, until=lambda found: found.status is Status.RUNNING)
    studio.close()
    lose(settings)
    again = open_studio(settings)
    assert look_after(again).added == 1
    found = again.generations.get(generation.id)
    assert (found.status, found.task_id) == (Status.PENDING, running.task_id)
    done = settle(again, found)
    assert (done.status, done.request, done.credits_charged) == (Status.SUCCEEDED, SEA, 24)
    assert emulator.ledger()["calls"]["create"] == 1


@pytest.mark.slow
def test_what_was_never_sent_comes_back_as_failed_and_is_not_sent_by_itself(
    open_studio: OpenStudio, settings: Settings, clock: Clock, emulator: Emulator
) -> None:
    studio = open_studio(settings)
    generation, _ = studio.compose.submit(SEA, "one")
    studio.close()
    lose(settings)
    again = open_studio(settings)
    look_after(again)
    found = again.generations.get(generation.id)
    assert (found.status, found.credits_charged) == (Status.FAILED, 0)
    assert found.request == SEA, "the words are not lost"
    assert "not sent" in found.reason
    clock.advance(100)
    assert not step(again, clock)
    assert "create" not in emulator.ledger()["calls"]


def test_a_history_that_has_lost_nothing_is_left_alone(studio: Studio, settle: Settle) -> None:
    done = settle(studio, studio.compose.submit(SEA, "one")[0])
    events = studio.generations.events(done.id)
    assert look_after(studio) == Rebuilt()
    assert studio.generations.get(done.id) == done
    assert studio.generations.events(done.id) == events


@pytest.mark.slow
def test_an_older_history_beside_a_new_one_is_taken_in_under_free_numbers(
    open_studio: OpenStudio, settings: Settings, settle: Settle
) -> None:
    studio = open_studio(settings)
    old = settle(studio, studio.compose.submit(SEA, "one")[0])
    studio.close()
    lose(settings)
    again = open_studio(settings)
    new = settle(again, again.compose.submit(replace(SEA, prompt="A quiet lake"), "two")[0])
    assert new.id == old.id
    assert look_after(again).added == 1
    back = again.generations.get(new.id + 1)
    assert (back.request, back.task_id, back.outputs) == (SEA, old.task_id, old.outputs)
    assert again.generations.get(new.id).request.prompt == "A quiet lake"
    assert rebuild_again(again) == Rebuilt(), "and only once"


def rebuild_again(studio: Studio) -> Rebuilt:
    return rebuild(studio._file, studio.media, studio.catalog, NOON, demo=False)


# -- from less ------------------------------------------------------------------------------------


def test_without_manifests_the_receipts_and_clips_still_tell(
    open_studio: OpenStudio, settings: Settings, settle: Settle
) -> None:
    studio = open_studio(settings)
    done = settle(studio, studio.compose.submit(SEA, "one")[0])
    studio.close()
    lose(settings, "recipes")
    again = open_studio(settings)
    assert look_after(again) == Rebuilt(added=1)
    found = again.generations.get(done.id)
    assert (found.status, found.task_id) == (Status.SUCCEEDED, done.task_id)
    assert found.outputs == done.outputs
    assert found.credits_estimated == 24
    assert found.credits_charged is None, "nobody says"
    assert found.request.model == "unknown"
    assert rebuild_again(again) == Rebuilt()


def test_a_receipt_alone_brings_the_task_back_and_so_its_clip(
    open_studio: OpenStudio, settings: Settings, settle: Settle
) -> None:
    studio = open_studio(settings)
    done = settle(studio, studio.compose.submit(SEA, "one")[0])
    studio.close()
    lose(settings, "recipes", "videos", "posters")
    again = open_studio(settings)
    look_after(again)
    found = settle(again, again.generations.get(done.id))
    assert (found.status, found.task_id) == (Status.SUCCEEDED, done.task_id)
    assert found.credits_charged == 24
    assert found.outputs
    assert done.outputs
    assert found.outputs[0].sha256 == done.outputs[0].sha256


def test_a_clip_alone_is_a_generation_too(
    open_studio: OpenStudio, settings: Settings, settle: Settle
) -> None:
    studio = open_studio(settings)
    done = settle(studio, studio.compose.submit(SEA, "one")[0])
    studio.close()
    lose(settings, "recipes", "receipts", "posters")
    again = open_studio(settings)
    assert look_after(again) == Rebuilt(added=1)
    found = again.generations.get(done.id)
    assert found.status is Status.SUCCEEDED
    assert found.outputs == done.outputs
    assert again.media.poster(found.outputs[0]).exists()


@pytest.mark.parametrize(
    ("receipt", "status"),
    [
        (Receipt("allocated"), Status.FAILED),
        (Receipt("refused_connection"), Status.FAILED),
        (Receipt("sending"), Status.UNCONFIRMED),
        (Receipt("no_answer", error="ReadTimeout"), Status.UNCONFIRMED),
        (Receipt("answered", status=200, body="<html>"), Status.UNCONFIRMED),
        (Receipt("answered", status=500, body="{}"), Status.UNCONFIRMED),
        (Receipt("answered", status=504, body="{}"), Status.UNCONFIRMED),
        (Receipt("answered", status=400, body='{"error": "No."}'), Status.FAILED),
        (Receipt("answered", status=401, body='{"error": "No."}'), Status.FAILED),
        (Receipt("answered", status=429, body="{}"), Status.FAILED),
        (Receipt("answered", status=401, body="<html>"), Status.UNCONFIRMED),
        (Receipt("answered", status=413, body="<html>"), Status.FAILED),
        (Receipt("answered", status=503, body='{"error": "No."}'), Status.FAILED),
        (Receipt("answered", status=503, body="{}"), Status.UNCONFIRMED),
        (Receipt("answered", status=502, body="<html>"), Status.UNCONFIRMED),
        (Receipt("answered", status=200, body='{"id": "task-1"}'), Status.PENDING),
    ],
)
def test_what_became_of_a_call_is_read_from_its_receipt(
    studio: Studio, clock: Clock, receipt: Receipt, status: Status
) -> None:
    fd = receipts.allocate(studio.media.folder / "receipts" / "00000007-0123456789ab-2.json")
    receipts.write(fd, receipt)
    os.close(fd)
    assert look_after(studio).added == 1
    found = studio.generations.get(7)
    assert (found.status, found.attempts) == (status, 2)
    assert found.credits_charged == (0 if status is Status.FAILED else None)
    assert (found.task_id == "task-1") == (status is Status.PENDING)


def test_a_refusal_names_the_fields_in_a_rebuilt_history_too(studio: Studio) -> None:
    issues = [{"path": ["promptText"], "message": "Too long"}]
    body = json.dumps({"error": "Validation of body failed", "issues": issues})
    fd = receipts.allocate(studio.media.folder / "receipts" / "00000007-0123456789ab-1.json")
    receipts.write(fd, Receipt("answered", status=400, body=body))
    os.close(fd)
    assert look_after(studio).added == 1
    assert "promptText: Too long" in studio.generations.get(7).reason


def test_a_call_that_is_still_on_its_way_is_waited_for(
    open_studio: OpenStudio, settings: Settings, clock: Clock
) -> None:
    studio = open_studio(settings)
    generation, _ = studio.compose.submit(SEA, "one")
    fd = receipts.allocate(studio.media.receipt(generation, 1))
    studio.close()
    lose(settings)
    again = open_studio(settings)
    look_after(again)
    assert again.generations.get(generation.id).status is Status.SUBMITTING
    receipts.write(fd, Receipt("answered", status=200, body='{"id": "task-1"}'))
    os.close(fd)
    step(again, clock)
    assert again.generations.get(generation.id).task_id == "task-1"


def test_a_file_that_is_nobodys_is_named_and_never_touched(studio: Studio, tmp_path: Path) -> None:
    stray = studio.media.folder / "videos" / "holiday.mp4"
    stray.write_bytes(b"not ours")
    broken = studio.media.folder / "videos" / "00000009-0123456789ab-0.mp4"
    broken.write_bytes(b"cut short")
    done = look_after(studio)
    assert done.strangers == ("00000009-0123456789ab-0.mp4", "holiday.mp4")
    assert stray.read_bytes() == b"not ours"
    assert broken.read_bytes() == b"cut short"
    assert studio.generations.get(9).status is Status.FAILED, "it is accounted for"


# -- an older history -----------------------------------------------------------------------------


def test_an_older_history_learns_what_has_happened_since(
    open_studio: OpenStudio, settings: Settings, settle: Settle, emulator: Emulator
) -> None:
    studio = open_studio(settings)
    generation, _ = studio.compose.submit(SEA, "one")
    with closing(HistoryFile(settings.data_dir / "history.db")) as file:
        file.copy(settings.data_dir / "older.db")
    done = settle(studio, generation)
    studio.close()
    lose(settings)
    (settings.data_dir / "older.db").rename(settings.data_dir / "history.db")
    again = open_studio(settings)
    assert again.generations.get(generation.id).status is Status.QUEUED
    assert look_after(again) == Rebuilt(mended=1)
    found = again.generations.get(generation.id)
    assert (found.status, found.task_id, found.outputs, found.credits_charged) == (
        Status.SUCCEEDED, done.task_id, done.outputs, 24,
    )  # fmt: skip
    assert emulator.ledger()["calls"]["create"] == 1


def test_a_task_that_a_person_attached_is_not_forgotten(
    open_studio: OpenStudio, settings: Settings, studio: Studio, settle: Settle, clock: Clock
) -> None:
    made = settle(studio, studio.compose.submit(SEA, "one")[0])
    store = studio._store
    lost, _ = studio.compose.submit(replace(SEA, prompt="Another"), "two")
    store.move(lost, Status.UNCONFIRMED, clock.now())
    with closing(HistoryFile(settings.data_dir / "history.db")) as file:
        file.copy(settings.data_dir / "older.db")
    store.move(studio.generations.get(lost.id), Status.PENDING, clock.advance(5), task_id="by-hand")
    studio.close()
    lose(settings)
    (settings.data_dir / "older.db").rename(settings.data_dir / "history.db")
    again = open_studio(settings)
    assert look_after(again).mended == 1
    found = again.generations.get(lost.id)
    assert (found.status, found.task_id) == (Status.PENDING, "by-hand")
    assert again.generations.get(made.id).status is Status.SUCCEEDED


def test_an_older_manifest_changes_nothing(studio: Studio, clock: Clock) -> None:
    generation, _ = studio.compose.submit(SEA, "one")
    stale = replace(generation, status=Status.FAILED, updated_at=NOON - timedelta(days=1))
    studio.media.keep_manifest(generation, manifests.write(stale))
    assert look_after(studio).mended == 0
    assert studio.generations.get(generation.id).status is Status.QUEUED


def test_a_history_of_an_older_dailies_gets_its_manifests(
    studio: Studio, settle: Settle, settings: Settings
) -> None:
    done = settle(studio, studio.compose.submit(SEA, "one")[0])
    studio.media.manifest(done).unlink()
    record(studio._file, studio.media, lambda: False)
    assert manifests.read(studio.media.manifest(done).read_bytes()) == done
    assert look(settings.data_dir)[done.file_stem[9:]].manifest


# -- manifests ------------------------------------------------------------------------------------


def whole() -> Generation:
    """A generation with something in every field."""
    output = Output(0, "a.mp4", "video/mp4", 5, "ab" * 32, 1280, 720, 2.0, 24.0, "a.jpg")
    request = replace(
        SEA, inputs=(Input("first", sha256="cd" * 32), Input("last", url="https://x.y"))
    )
    return Generation(
        7, "an intent", Status.SUCCEEDED, request, True, NOON, NOON, NOON, NOON, NOON, NOON, 3,
        "task", "SUCCEEDED", 1.0, 1, 2, 3, "CODE", "why", True, True, {"before": {"balance": 5}},
        (output,),
    )  # fmt: skip


def test_a_manifest_is_read_as_it_was_written_and_a_person_can_read_it() -> None:
    text = manifests.write(whole())
    assert manifests.read(text) == whole()
    assert "A quiet sea 🌊" in text.decode()
    assert json.loads(text)["request"]["params"] == {"ratio": "1280:720", "duration": 2}


def test_a_manifest_of_an_older_dailies_is_read_by_the_names_of_its_time() -> None:
    older = manifests.write(whole()).replace(b'"idempotency_key"', b'"intent_key"')
    assert manifests.read(older) == whole()


def test_a_manifest_of_a_later_dailies_is_read_as_far_as_it_is_known() -> None:
    later = json.loads(manifests.write(whole())) | {"mood": "calm"}
    assert manifests.read(json.dumps(later).encode()) == whole()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 0},
        {"id": 2**63},
        {"id": "seven"},
        {"status": "asleep"},
        {"created_at": "2026-11-22T12:00:00"},
        {"created_at": None},
        {"request": "A sea"},
        {"outputs": [asdict(whole().outputs[0]) | {"file": "../history.db"}]},
        {"outputs": [asdict(whole().outputs[0]) | {"poster": "/etc/passwd"}]},
        {"outputs": [asdict(whole().outputs[0]) | {"file": "a\0b"}]},
    ],
)
def test_a_manifest_that_cannot_be_true_is_refused(changes: dict[str, object]) -> None:
    wrong = json.loads(manifests.write(whole())) | changes
    with pytest.raises(BadManifest):
        manifests.read(json.dumps(wrong).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.slow
@given(
    changed=st.dictionaries(st.sampled_from(sorted(asdict(whole()))), JSON, max_size=4),
    cut=st.integers(0, 3000),
)
def test_no_garbled_manifest_is_more_than_refused(changed: dict[str, object], cut: int) -> None:
    text = json.dumps(json.loads(manifests.write(whole())) | changed).encode()
    for content in (text, text[:cut], text[cut:]):
        try:
            found = manifests.read(content)
        except BadManifest:
            continue
        assert manifests.read(manifests.write(found)) == found


def test_a_garbled_manifest_does_not_hide_the_receipt(
    open_studio: OpenStudio, settings: Settings, settle: Settle
) -> None:
    studio = open_studio(settings)
    done = settle(studio, studio.compose.submit(SEA, "one")[0])
    studio.media.manifest(done).write_bytes(b'{"id": 1')
    studio.close()
    lose(settings)
    again = open_studio(settings)
    look_after(again)
    assert again.generations.get(done.id).task_id == done.task_id


def test_a_disk_that_is_full_costs_a_manifest_and_nothing_else(
    studio: Studio, settle: Settle, settings: Settings
) -> None:
    folder = settings.data_dir / "recipes"
    folder.rmdir()
    folder.write_bytes(b"no folder, so nothing can be written there")
    assert settle(studio, studio.compose.submit(SEA, "one")[0]).status is Status.SUCCEEDED


class Overtaken(Media):
    """Files of a server that another overtakes between what it has read and what it writes."""

    overtake: Callable[[], object] | None = None

    def keep_manifest(self, generation: Generation, content: bytes) -> None:
        if overtake := self.overtake:
            self.overtake = None
            overtake()
        super().keep_manifest(generation, content)


def test_of_two_servers_the_one_that_read_earlier_leaves_no_older_manifest(
    open_studio: OpenStudio, settings: Settings, studio: Studio
) -> None:
    generation, _ = studio.compose.submit(SEA, "one")
    other, slow = open_studio(settings), Overtaken(settings.data_dir)
    slow.overtake = lambda: other._store.note(generation.id, cancel_requested=True)
    RecordedStore(studio._file, slow).record(generation.id)
    kept = manifests.read(studio.media.manifest(generation).read_bytes())
    assert kept == studio.generations.get(generation.id)
    assert kept.cancel_requested
