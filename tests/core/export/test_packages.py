"""Exports as people get them: made ready in the background, found by a link, cut and gone on."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import opentimelineio
import pytest
from PIL import Image

from core.domain.cleanup import UNTOUCHED
from core.domain.feedback import Feedback
from core.domain.shares import NewShare, Terms
from core.export.file_names import USUAL
from core.export.packages import LIFE, Exports
from core.generations import Generation, Input, Request, Review
from core.settings import Settings
from core.storage.desk.reviews import ReviewStore
from core.storage.search.selection import Filter, Order
from core.studio import Studio
from tests.conftest import Clock
from tests.footage import film, still
from tests.histories import add_to, keep_made

HOSTILE = '=HYPERLINK("http://evil.test";"x")/../..\\CON'


@pytest.fixture
def made(studio: Studio, text_request: Request, tmp_path: Path) -> list[Generation]:
    """A clip, the same words once more with a picture and no longer there, and one that failed."""
    request = replace(text_request, prompt=HOSTILE)
    clip = keep_made(studio, request, film(tmp_path / "a.mp4", seconds=1))
    picture = keep_made(studio, request, still(), still(shade=9))
    gone = add_to(studio, request)
    return [clip, picture, gone]


def ready(studio: Studio, numbers: list[int], pattern: str = USUAL) -> str:
    key = studio.exports.plan(numbers, "Nordlicht")
    studio.exports.begin(key, "Nordlicht", pattern)
    studio.exports.step()
    return key


def content(studio: Studio, key: str) -> bytes:
    archive = studio.exports.archive(key)
    assert archive, studio.exports.progress(key)
    return b"".join(archive.read(0, archive.size))


def unpacked(studio: Studio, key: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content(studio, key))) as read:
        assert read.testzip() is None
        return {name: read.read(name) for name in read.namelist()}


def another(studio: Studio, clock: Clock) -> Exports:
    """Those of the next server on the same folder."""
    reviews = ReviewStore(studio._file)
    return Exports(studio.media, studio.history, studio.catalog, reviews, clock.now)


def test_an_archive_has_all_that_was_chosen(studio: Studio, made: list[Generation]) -> None:
    clip, picture, gone = made
    files = unpacked(studio, ready(studio, [clip.id, picture.id, gone.id, 999]))
    clips = [name for name in files if name.startswith("clips/")]
    assert len(clips) == 3
    assert clips[0].startswith("clips/Nordlicht_00001_")
    assert files[clips[0]] == studio.media.output(clip.outputs[0]).read_bytes()
    assert [name.replace("clips/", "posters/")[:-3] + "jpg" for name in clips] == [
        name for name in files if name.startswith("posters/")
    ]
    rows = list(csv.DictReader(io.StringIO(files["generations.csv"].decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == [str(one.id) for one in made]
    assert rows[0]["files"] == clips[0]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@" and cell]
    told = json.loads(files["generations.json"])
    assert told[0]["prompt"] == HOSTILE
    assert told[1]["files"][1]["name"] == clips[2]
    edit = opentimelineio.adapters.read_from_string(files["edit-list.otio"].decode(), "otio_json")
    assert [unquote(shot.media_reference.target_url) for shot in edit.find_clips()] == clips[:1]
    assert clips[0].partition("/")[2] in files["edit-list.edl"].decode()
    assert files["contact-sheet.pdf"].startswith(b"%PDF")
    with Image.open(io.BytesIO(files["contact-sheet.jpg"])) as sheet:
        assert sheet.format == "JPEG"


def test_a_list_names_no_address_and_calculates_nothing(
    studio: Studio, text_request: Request
) -> None:
    secret = Input("first_frame", url="https://cdn.test/a.png?sig=secret")
    prompts = ["=1", "+1", "-1", "@x", "\t=1", " =1", "\uff1d1", 'a"b,c\nd']
    for prompt in prompts:
        add_to(studio, replace(text_request, prompt=prompt, inputs=(secret,)))
    plan = studio.exports.find(studio.exports.plan(range(1, 9), "x"))
    assert plan
    text = b"".join(studio.exports.csv(plan))
    assert text.startswith(b"\xef\xbb\xbf")
    found = [row["prompt"] for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")))]
    assert found == [f"'{prompt}" for prompt in prompts[:-1]] + prompts[-1:]
    told = b"".join(studio.exports.json(plan))
    assert [one["prompt"] for one in json.loads(told)] == prompts
    assert b"secret" not in text + told


def test_lists_tell_what_the_team_and_guests_said_and_who_was_a_guest(
    studio: Studio, text_request: Request
) -> None:
    made, quiet = add_to(studio, text_request), add_to(studio, text_request)
    terms = Terms(takes_ratings=True, takes_notes=True)
    share = studio.shares.make(NewShare("Takes", "Ann", terms), [made.id])
    (clip,) = studio.shares.page(share, 1, 9).clips
    studio.guests.leave(share, clip, "bea", Feedback("=Ann", 4, "Softer"), "192.0.2.1")
    (note,) = studio.reviews.notes(made.id)
    studio.reviews.write(made.id, "Done", by="Ann", answers=note.id)
    studio.reviews.write(made.id, "Nonsense", by="Bob")
    studio.reviews.delete(studio.reviews.notes(made.id)[-1].id, by="Bob")
    studio.reviews.rate([made.id], 2, by="Ann")
    studio.reviews.rate([made.id], 3, by="Bob")
    studio.reviews.set_state([made.id], Review.TO_EDIT, by="Ann")
    plan = studio.exports.find(studio.exports.plan([made.id, quiet.id], "x"))
    assert plan
    text = b"".join(studio.exports.csv(plan)).decode("utf-8-sig")
    told = ("review", "stars", "guest_stars", "notes")
    assert [[row[name] for name in told] for row in csv.DictReader(io.StringIO(text))] == [
        ["to_edit", "2.5", "4.0", "'=Ann (guest): Softer\nAnn: Done"],
        ["none", "", "", ""],
    ]
    first, second = json.loads(b"".join(studio.exports.json(plan)))
    assert sorted((one["person"], one["guest"], one["stars"]) for one in first["ratings"]) == [
        ("=Ann", True, 4),
        ("Ann", False, 2),
        ("Bob", False, 3),
    ]
    assert [(one["person"], one["guest"], one["text"]) for one in first["notes"]] == [
        ("=Ann", True, "Softer"),
        ("Ann", False, "Done"),
    ]
    assert first["notes"][1]["answers"] == first["notes"][0]["id"]
    assert (second["stars"], second["ratings"], second["notes"]) == (None, [], [])
    assert share.token_hash[:16] not in text + json.dumps(first)


def test_an_empty_choice_is_an_empty_list(studio: Studio) -> None:
    plan = studio.exports.find(studio.exports.plan([], "x"))
    assert plan
    assert json.loads(b"".join(studio.exports.json(plan))) == []


def test_a_filter_gives_its_numbers_in_its_order(studio: Studio, text_request: Request) -> None:
    for prompt in ("fog one", "rain", "fog two"):
        add_to(studio, replace(text_request, prompt=prompt))
    numbers = studio.history.numbers
    assert numbers(Filter(), Order.OLDEST) == [1, 2, 3]
    assert numbers(Filter(search="fog"), Order.NEWEST) == [3, 1]
    assert [one.id for one in studio.history.these([3, 9, 1])] == [3, 1]


def test_it_outlives_a_restart_byte_by_byte_and_dies_after_some_days(
    studio: Studio,
    made: list[Generation],
    clock: Clock,
    open_studio: Callable[[Settings], Studio],
) -> None:
    key = ready(studio, [one.id for one in made])
    before = content(studio, key)
    studio.generations.set_favourite(made[0].id, True)
    again = another(studio, clock)
    archive = again.archive(key)
    assert archive
    assert b"".join(archive.read(0, archive.size)) == before
    again.sweep()
    assert again.find(key)
    clock.stopped_at = clock.now() + LIFE + timedelta(seconds=1)
    assert again.find(key) is None
    assert again.archive(key) is None
    again.sweep()
    assert again.promised() == {one.id for one in made}, "they are protected for some days more"
    clock.stopped_at += UNTOUCHED
    again.sweep()
    assert not list((studio.media.folder / "exports").iterdir())


def test_what_a_restart_broke_off_is_made_ready_by_the_next_server(
    studio: Studio, made: list[Generation], clock: Clock
) -> None:
    key = studio.exports.plan([made[0].id], "x")
    studio.exports.begin(key, "x", USUAL)
    again = another(studio, clock)
    again.start()
    for _ in range(200):
        if again.archive(key):
            break
        again._stopping.wait(0.05)
    again.stop()
    assert again.archive(key)


def test_other_names_make_another_archive(studio: Studio, made: list[Generation]) -> None:
    key = ready(studio, [made[0].id])
    first = studio.exports.archive(key)
    studio.exports.begin(key, "Other", "{number}")
    assert studio.exports.archive(key) is None
    studio.exports.step()
    second = studio.exports.archive(key)
    assert first
    assert second
    assert first.etag != second.etag
    assert second.members[0].name == "clips/00001.mp4"


@pytest.mark.parametrize("key", ["", "..", "../x", "a" * 31, "A" * 32, "é" * 32, "0" * 32])
def test_a_key_that_nobody_gave_finds_nothing(studio: Studio, key: str) -> None:
    assert studio.exports.find(key) is None
    assert studio.exports.archive(key) is None


def test_a_full_disk_is_told(studio: Studio, made: list[Generation]) -> None:
    studio.media.disk._floor = 2**60
    key = ready(studio, [made[0].id])
    assert studio.exports.progress(key).trouble
