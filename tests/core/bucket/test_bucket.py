"""Clips in a bucket: there before they leave the disk, played from there, never lost on the way."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
import requests
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.access.guarded import Asker
from core.domain.cleanup import Kind
from core.domain.people import Identity, Role
from core.errors import BucketError, DiskFull
from core.files import Output
from core.generations import Generation, Request
from core.media.disk_space import MEGABYTE, Disk
from core.recovery.beside import manifests
from core.serving import presenting
from core.settings import Settings
from core.storage.clip_copies import Tally
from core.storage.database import HistoryFile, moment, stamp
from core.storage.salvage import Survivors
from core.studio import Studio
from core.web.routes import routes
from tests.conftest import Clock, OpenStudio, Settle
from tests.core.bucket.conftest import Way

CLIP = "/app/static/videos/1/0"


@pytest.fixture
def done(studio: Studio, settle: Settle, text_request: Request) -> Generation:
    """A clip on the disk that has not gone anywhere yet."""
    return settle(studio, studio.compose.submit(text_request, "one")[0])


@pytest.fixture
def browser(studio: Studio) -> Iterator[TestClient]:
    with presenting(studio), TestClient(Starlette(routes=routes())) as client:
        yield client


def main(generation: Generation) -> Output:
    assert generation.main
    return generation.main


def carry(studio: Studio) -> None:
    """Everything that is due."""
    while studio.carrier.step():
        pass


def tally(studio: Studio) -> Tally:
    found = studio.server.bucket()
    assert found
    return found


def lose_local(studio: Studio, output: Output) -> bytes:
    path = studio.media.output(output)
    content = path.read_bytes()
    path.unlink()
    return content


def test_a_machine_that_takes_over_fetches_no_clip_anew_that_lies_in_the_bucket(
    studio: Studio, done: Generation, way: Way
) -> None:
    """At its provider it may be gone by then, and the generation would fail."""

    def wanted() -> list[int]:
        with closing(HistoryFile(studio.settings.data_dir / "history.db")) as file:
            return [one.id for one in Survivors(file).made_since(done.created_at)]

    assert wanted() == [done.id]
    carry(studio)
    assert way.has(main(done).file)
    assert wanted() == []


def test_only_the_server_that_leads_its_folder_carries(
    studio: Studio, done: Generation, settings: Settings, open_studio: OpenStudio, way: Way
) -> None:
    carry(open_studio(settings))
    assert not way.has(main(done).file)
    carry(studio)
    assert way.has(main(done).file)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"is_closed": True}, "does not answer"),
        ({"refuse": 403}, "does not let this server in"),
        ({"refuse": 507}, "answers with 507"),
        ({"cut_after": 60_000}, "does not answer"),
    ],
)
def test_while_the_bucket_is_away_clips_wait_on_the_disk_and_say_so(
    studio: Studio,
    done: Generation,
    way: Way,
    clock: Clock,
    fault: dict[str, int],
    said: str,
) -> None:
    vars(way).update(fault)
    began = moment(stamp(clock.now()))
    carry(studio)
    found = tally(studio)
    assert (found.stored, found.waiting, found.since) == (0, 1, began)
    assert said in found.trouble
    _, report = studio.server.health()
    assert report["clips_waiting_for_bucket"] == 1
    assert said in report["bucket_trouble"]
    assert studio.media.output(main(done)).is_file()
    way.mend()
    carry(studio)
    assert tally(studio).waiting == 1, "it is left alone for a while"
    clock.advance(6)
    carry(studio)
    assert (tally(studio).stored, tally(studio).trouble) == (1, "")
    assert way.has(main(done).file)


def tries(studio: Studio) -> int:
    """How many are made before nothing is due."""
    return sum(1 for _ in iter(studio.carrier.step, False))


def test_a_bucket_that_stays_away_is_asked_less_and_less_often_and_each_clip_too(
    studio: Studio,
    done: Generation,
    settle: Settle,
    text_request: Request,
    way: Way,
    clock: Clock,
) -> None:
    other = settle(studio, studio.compose.submit(text_request, "two")[0])
    way.refuse = 403
    for seconds in (5, 10, 20):
        assert tries(studio) == 1, "one clip asks for both"
        clock.advance(seconds - 0.01)
        assert tries(studio) == 0
        clock.advance(0.01)
    way.mend()
    assert studio.carrier.step()
    assert tally(studio).stored == 1
    way.refuse = 403
    assert tries(studio) == 1, "the other is due at once, since the bucket answers"
    clock.advance(19.99)
    assert tries(studio) == 0, "it has failed three times itself"
    clock.advance(0.01)
    assert tries(studio) == 1, "and the bucket only once since it answered"
    for seconds in (10, 40, 80, 160, 320, 600, 600):
        assert tries(studio) <= 1
        clock.advance(seconds)
    assert tries(studio) == 1
    clock.advance(599.99)
    assert tries(studio) == 0
    clock.advance(0.01)
    assert tries(studio) == 1, "never later than after ten minutes"
    way.mend()
    clock.advance(600)
    carry(studio)
    assert all(way.has(main(one).file) for one in (done, other))


def test_what_came_there_otherwise_than_it_was_sent_does_not_count(
    studio: Studio, done: Generation, way: Way, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = studio._records.buckets.at("s3://clips/studio")
    content = studio.media.output(main(done)).read_bytes()
    garbled = content[:-1] + bytes([content[-1] ^ 1])
    with monkeypatch.context() as patched:
        patched.setattr(bucket, "put", lambda _path, file, _type: way.spoil(file, garbled))
        carry(studio)
    assert (tally(studio).stored, tally(studio).waiting) == (0, 1)
    assert tally(studio).trouble == "What came to the bucket is not what was sent."
    clock.advance(6)
    carry(studio)
    lose_local(studio, main(done))
    assert studio.media.clips.at_hand(main(done).file).read_bytes() == content


def test_what_needs_a_file_has_it_brought_back(
    studio: Studio, done: Generation, way: Way, browser: TestClient
) -> None:
    carry(studio)
    content = lose_local(studio, main(done))
    assert studio.uploads.add_output(done, 0).sha256 == main(done).sha256
    assert studio.media.output(main(done)).read_bytes() == content
    lose_local(studio, main(done))
    assert studio.previews.storyboard(main(done)).is_file()
    lose_local(studio, main(done))
    tagged = browser.get(f"{CLIP}?download=1")
    assert tagged.status_code == 200
    assert tagged.content != content, "it says how it was made"
    lose_local(studio, main(done))
    way.spoil(main(done).file, content[:-1] + b"!")
    with pytest.raises(BucketError, match="damaged"):
        studio.uploads.add_output(done, 0)
    assert [path.suffix for path in (studio.settings.data_dir / "videos").iterdir()] == []


def test_an_archive_takes_clips_from_the_bucket_as_it_is_sent(
    studio: Studio, done: Generation, browser: TestClient
) -> None:
    carry(studio)
    content = lose_local(studio, main(done))
    key = studio.exports.plan([done.id], "A film")
    studio.exports.begin(key, "A film", "{number}")
    studio.exports.step()
    answer = browser.get(f"/app/static/exports/{key}/archive.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        clips = [name for name in archive.namelist() if name.startswith("clips/")]
        assert [archive.read(name) for name in clips] == [content]
    assert not studio.media.output(main(done)).exists()


def test_what_is_deleted_for_ever_leaves_the_bucket_too_though_it_is_away(
    studio: Studio, done: Generation, way: Way, clock: Clock
) -> None:
    carry(studio)
    way.is_closed = True
    studio.trash.put([done.id], by="Ann")
    studio.trash.empty(by="Ann")
    carry(studio)
    assert not studio.media.output(main(done)).exists()
    assert way.has(main(done).file)
    way.mend()
    clock.advance(6)
    carry(studio)
    assert not way.has(main(done).file)
    assert tally(studio) == Tally(0, 0, 0, 0, None, "")


def test_a_clip_that_is_deleted_while_it_goes_up_does_not_stay_there(
    studio: Studio, done: Generation, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = studio._records.buckets.at("s3://clips/studio")
    put = bucket.put

    def put_and_empty(*given: object) -> None:
        put(*given)  # type: ignore[arg-type]
        studio.trash.put([done.id], by="Ann")
        studio.trash.empty(by="Ann")

    monkeypatch.setattr(bucket, "put", put_and_empty)
    carry(studio)
    assert not way.has(main(done).file)
    assert tally(studio) == Tally(0, 0, 0, 0, None, "")


def test_a_lost_table_costs_nothing_and_a_lost_clip_is_told(
    studio: Studio, done: Generation, settings: Settings, open_studio: OpenStudio, way: Way
) -> None:
    carry(studio)
    lose_local(studio, main(done))
    with studio._file.tx() as db:
        db.execute("delete from clip_copies")
    studio.close()
    again = open_studio(settings)
    again.tracker.step(again.now)
    carry(again)
    assert tally(again).stored == 1
    assert again.media.clips.at_hand(main(done).file).is_file()


def _played(browser: TestClient, number: int) -> tuple[int, str]:
    """The status, and where a browser is sent."""
    answer = browser.get(f"/app/static/videos/{number}/0")
    return answer.status_code, answer.headers.get("location", "")


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def used(studio: Studio, output: Output, seconds_ago: float) -> None:
    path = studio.media.output(output)
    at = int((studio.now.timestamp() - seconds_ago) * 10**9)
    os.utime(path, ns=(at, path.stat().st_mtime_ns))
    (studio.settings.data_dir / "previews" / f"{path.stem}.mp4").touch()


def test_monitors_see_what_waits_for_the_bucket(
    studio: Studio, done: Generation, way: Way, clock: Clock
) -> None:
    way.is_closed = True
    carry(studio)
    clock.advance(30)
    text = studio.metrics.text().decode()
    assert 'dailies_bucket_clips{state="waiting"} 1.0' in text
    assert "dailies_bucket_oldest_seconds 30.0" in text
    way.mend()
    carry(studio)
    text = studio.metrics.text().decode()
    assert 'dailies_bucket_clips{state="stored"} 1.0' in text
    assert "dailies_bucket_oldest_seconds 0.0" in text


class TestACdn:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, media_cdn="https://clips.example.com/studio", media_presigned=True)

    def test_it_shows_what_everybody_may_see_and_nothing_else(
        self, studio: Studio, settle: Settle, text_request: Request
    ) -> None:
        for name, role in (("Nora", Role.ADMIN), ("Mia", Role.MAKER)):
            studio.people.arrive(Identity(name.lower(), name))
            studio.people._store.give(name.lower(), role)
        studio.people._forget()
        made = [settle(studio, studio.compose.submit(text_request, one)[0]) for one in "123"]
        project = studio.projects.named("Nightfall", by="Mia").id
        studio.projects.file([2, 3], project, by="Mia")
        studio.projects.set_people(project, [], by="Mia")
        mia = Asker(lambda: studio.people.find("mia"))
        with (
            presenting(studio, mia),
            TestClient(Starlette(routes=routes()), follow_redirects=False) as browser,
        ):
            played = partial(_played, browser)
            assert played(1) == (200, ""), "it is not in the bucket yet"
            carry(studio)
            lose_local(studio, main(made[2]))
            public = f"https://clips.example.com/studio/videos/{main(made[0]).file}"
            assert played(1) == (307, public), "also while it is on the disk"
            assert played(2) == (200, "")
            status, address = played(3)
            assert (status, "X-Amz-Signature=" in address) == (307, True)
            assert browser.get(f"{CLIP}?download=clean").status_code == 200


class TestPresigned:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, media_presigned=True)

    def test_a_browser_plays_from_the_bucket_and_saves_through_us(
        self, studio: Studio, done: Generation, browser: TestClient
    ) -> None:
        carry(studio)
        content = lose_local(studio, main(done))
        told = browser.get(CLIP, follow_redirects=False)
        assert (told.status_code, told.headers["cache-control"]) == (307, "no-store")
        address = told.headers["location"]
        assert "X-Amz-Signature=" in address
        part = requests.get(address, headers={"Range": "bytes=5-9"}, timeout=10)
        assert (part.status_code, part.content) == (206, content[5:10])
        assert part.headers["content-type"] == "video/mp4"
        assert browser.get(f"{CLIP}?download=clean", follow_redirects=False).content == content


class TestRecall:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, media_cache=1000)

    def test_what_is_played_from_the_bucket_comes_back_to_the_disk(
        self, studio: Studio, settle: Settle, text_request: Request, browser: TestClient
    ) -> None:
        made = (settle(studio, studio.compose.submit(text_request, one)[0]) for one in "12")
        peeked, played = made
        carry(studio)
        for one in (peeked, played):
            content = lose_local(studio, main(one))
        browser.get(CLIP, headers={"Range": "bytes=0-99"})
        browser.get("/app/static/videos/2/0")
        eventually(studio.media.output(main(played)).is_file)
        assert studio.media.output(main(played)).read_bytes() == content
        assert not studio.media.output(main(peeked)).exists(), "a player only asked how long it is"

    def test_where_the_disk_is_too_full_what_the_bucket_has_goes_once_its_previews_are_made(
        self, studio: Studio, done: Generation, clock: Clock
    ) -> None:
        def is_here_a_minute_later() -> bool:
            clock.advance(61)
            carry(studio)
            return studio.media.output(main(done)).exists()

        carry(studio)
        used(studio, main(done), 3600)
        preview = (
            studio.settings.data_dir / "previews" / f"{studio.media.output(main(done)).stem}.mp4"
        )
        assert is_here_a_minute_later(), "there is room"
        studio.media.disk = Disk(studio.settings.data_dir, 100, lambda _: (2000, 1950, 50))
        preview.unlink()
        assert is_here_a_minute_later(), "its preview is still to be made"
        preview.touch()
        assert not is_here_a_minute_later()

    def test_what_would_take_the_last_room_stays_in_the_bucket(
        self, studio: Studio, done: Generation
    ) -> None:
        carry(studio)
        lose_local(studio, main(done))
        free = 100 * MEGABYTE + main(done).bytes - 1
        disk = Disk(studio.settings.data_dir, 100, lambda _: (10 * free, 9 * free, free))
        studio.media.clips._disk = disk
        with pytest.raises(DiskFull, match="the least for this clip"):
            studio.media.clips.at_hand(main(done).file)


class TestTheCache:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, media_cache=0)

    def test_what_was_played_last_stays_and_never_the_only_copy_goes(
        self, studio: Studio, settle: Settle, text_request: Request, way: Way, clock: Clock
    ) -> None:
        made = [settle(studio, studio.compose.submit(text_request, key)[0]) for key in "123"]
        first, second, third = map(main, made)
        way.refuse = 500
        for one in (first, second, third):
            used(studio, one, 3600)
        carry(studio)
        assert all(studio.media.output(one).exists() for one in (first, second, third))
        way.mend()
        for one in (first, second, third):
            used(studio, one, 0)
        clock.advance(61)
        carry(studio)
        assert tally(studio).stored == 3
        used(studio, first, 3600)
        used(studio, second, 1200)
        way.spoil(second.file, b"somebody else was here")
        clock.advance(61)
        carry(studio)
        assert not studio.media.output(first).exists()
        assert studio.media.output(second).exists(), "the bucket does not have it any more"
        assert studio.media.output(third).exists(), "somebody may be watching it"
        carry(studio)
        assert tally(studio).stored == 3, "it went up anew"

    def test_a_clip_plays_from_the_bucket_as_it_does_from_the_disk(
        self, studio: Studio, done: Generation, way: Way, browser: TestClient
    ) -> None:
        local = browser.get(CLIP)
        carry(studio)
        assert (tally(studio).stored, tally(studio).waiting) == (1, 0)
        content = lose_local(studio, main(done))
        assert way.has(main(done).file)
        whole = browser.get(CLIP)
        assert (whole.status_code, whole.content) == (200, content)
        alike = (
            "content-type",
            "content-length",
            "etag",
            "content-security-policy",
            "accept-ranges",
        )
        assert [whole.headers[name] for name in alike] == [local.headers[name] for name in alike]
        part = browser.get(
            CLIP, headers={"Range": "bytes=100-299", "If-Range": whole.headers["etag"]}
        )
        assert (part.status_code, part.content) == (206, content[100:300])
        assert part.headers["content-range"] == f"bytes 100-299/{len(content)}"
        assert browser.get(CLIP, headers={"Range": "bytes=-7"}).content == content[-7:]
        beyond = browser.get(CLIP, headers={"Range": f"bytes={len(content)}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (
            416,
            f"bytes */{len(content)}",
        )
        assert (
            browser.get(CLIP, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
        )
        assert browser.head(CLIP).headers["content-length"] == str(len(content))
        saved = browser.get(f"{CLIP}?download=clean")
        assert saved.headers["content-disposition"].startswith('attachment; filename="dailies-1-')
        assert not studio.media.output(main(done)).exists(), "it was read from there"
        way.is_closed = True
        away = browser.get(CLIP)
        assert (away.status_code, "does not answer now" in away.text) == (503, True)


def test_a_rule_removes_in_the_bucket_too_and_a_former_version_brings_it_back(
    studio: Studio, done: Generation, way: Way, clock: Clock
) -> None:
    way.keep_versions()
    carry(studio)
    content = studio.media.output(main(done)).read_bytes()
    studio.media.previews.make(studio.media.output(main(done)).stem)
    clock.advance(8 * 86_400)
    studio.cleanup.set(Kind.UNRATED, 7, by="Ann")
    clock.advance(1.1 * 86_400)
    assert studio.tracker.is_leader
    for _ in range(3):
        studio.maintenance.step()
    carry(studio)
    gone = studio.generations.get(done.id)
    assert main(gone).removal
    assert not way.has(main(done).file)
    assert not studio.media.output(main(done)).exists()
    assert studio.cleanup.can_bring_back(gone)
    back = studio.cleanup.bring_back(done.id)
    assert not main(back).removal
    written = manifests.read(studio.media.manifest(back).read_bytes())
    assert [output.removal for output in written.outputs] == [""]
    assert studio.media.output(main(back)).read_bytes() == content
    carry(studio)
    assert way.has(main(done).file), "it goes there again"
