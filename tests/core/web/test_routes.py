"""Media and health over HTTP: by id only, in pieces, and never more than the history knows."""

from __future__ import annotations

import hashlib
import io
import socket
import sqlite3
import threading
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

from core.compose import recipe
from core.decoders import carried_text
from core.generations import Generation, Request
from core.serving import presenting
from core.settings import ROOT
from core.studio import Studio
from core.web.routes import routes
from tests.bombs import BOMBS
from tests.conftest import Clock, step
from tests.footage import DRAWING, archive, film, sound, still

CLIP = "/app/static/videos/1/0"


class Web:
    """A browser on the routes: no redirect followed, no path tidied up."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **options: Any) -> requests.Response:
        request = requests.Request("GET", self.url, **options).prepare()
        query = request.url.partition("?")[2] if request.url else ""
        request.url = self.url + path + (f"?{query}" if query else "")
        with requests.Session() as session:
            return session.send(request, timeout=10, allow_redirects=False)


@pytest.fixture
def base() -> str:
    """The path that everything is served at."""
    return ""


@pytest.fixture
def web(studio: Studio, base: str) -> Iterator[Web]:
    """The routes of a studio, served before a page that stands wherever nothing else does."""
    app = Starlette(routes=[*routes(base), Mount("/", PlainTextResponse("the page"))])
    server = uvicorn.Server(uvicorn.Config(app, port=0, ws="none", lifespan="off", log_config=None))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    with presenting(studio), listening:
        yield Web(f"http://127.0.0.1:{listening.getsockname()[1]}")
        server.should_exit = True
        thread.join()


@pytest.fixture
def clip(studio: Studio, settle: Callable[..., Generation], text_request: Request) -> bytes:
    """The first generation's clip, as it lies on disk."""
    done = settle(studio, studio.compose.submit(text_request, "one")[0])
    assert done.main
    return studio.media.output(done.main).read_bytes()


def test_a_clip_comes_whole_or_in_pieces(web: Web, clip: bytes) -> None:
    whole = web.get(CLIP)
    assert (whole.status_code, whole.content) == (200, clip)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = web.get(CLIP, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, clip[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(clip)}"
    tail = web.get(CLIP, headers={"Range": "bytes=-5"})
    assert (tail.status_code, tail.content) == (206, clip[-5:])
    assert web.get(CLIP, headers={"Range": "bytes=999999999-"}).status_code == 416


def test_a_clip_that_has_not_changed_is_not_sent_again(web: Web, clip: bytes) -> None:
    first = web.get(CLIP)
    again = web.get(CLIP, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = web.get(CLIP, headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.content) == (200, clip)


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ('"other", {tag}', 304),
        ("W/{tag}", 304),
        ('W/"other" ,W/{tag}', 304),
        ("*", 304),
        ('"other", W/"another"', 200),
        ('""', 200),
        ("", 200),
    ],
)
@pytest.mark.slow
def test_a_browser_that_has_several_versions_is_understood(
    web: Web, clip: bytes, known: str, status: int
) -> None:
    tag = web.get(CLIP).headers["etag"]
    again = web.get(CLIP, headers={"If-None-Match": known.format(tag=tag)})
    assert (again.status_code, again.content) == (status, clip if status == 200 else b"")


def test_the_newest_number_is_never_remembered_by_a_browser(
    web: Web, studio: Studio, text_request: Request
) -> None:
    assert web.get("/app/static/newest").json() == {"newest": 0}
    studio.compose.submit(text_request, "one")
    answer = web.get("/app/static/newest")
    assert (answer.json(), answer.headers["cache-control"]) == ({"newest": 1}, "no-store")


@pytest.mark.slow
def test_what_pages_ask_all_the_time_is_never_remembered_by_a_browser(
    web: Web, studio: Studio
) -> None:
    answer = web.get("/app/static/in_flight")
    told = answer.json(), answer.headers["cache-control"]
    assert told == ({"etag": studio.in_flight.etag(), "progress": {}}, "no-store")


@pytest.mark.usefixtures("clip")
def test_a_download_has_a_name(web: Web) -> None:
    saved = web.get(CLIP, params={"download": "1"})
    assert saved.headers["content-disposition"] == 'attachment; filename="dailies-1-gen4.5.mp4"'


@pytest.fixture
def keep(
    studio: Studio, settle: Callable[..., Generation], text_request: Request
) -> Callable[..., Generation]:
    """Puts these files in the place of what the first generation has made."""

    def put(*contents: bytes) -> Generation:
        done = settle(studio, studio.compose.submit(text_request, "one")[0])
        outputs = []
        for position, content in enumerate(contents):
            part = studio.media.part(done, position)
            part.path.write_bytes(content)
            seen = hashlib.sha256(content).hexdigest()  # kept, however strange it looks
            outputs.append(studio.media.keep(part, done, position, "", seen))
        moved = replace(done, outputs=tuple(outputs))
        studio._store.move(done, done.status, done.updated_at, outputs=moved.outputs)
        return moved

    return put


@pytest.mark.slow
def test_a_drawing_may_run_nothing_where_it_is_opened_alone(
    web: Web, keep: Callable[..., Generation]
) -> None:
    keep(DRAWING)
    served = web.get(CLIP)
    assert served.headers["content-type"].startswith("image/svg+xml")
    policy = served.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert served.headers["x-content-type-options"] == "nosniff"


@pytest.mark.slow
def test_a_drawing_that_cannot_be_looked_into_is_saved_as_one_and_opened_by_no_browser(
    web: Web, keep: Callable[..., Generation]
) -> None:
    content = BOMBS["svg, clips in a row"]()
    keep(content)
    for params in ({}, {"download": "1"}):
        served = web.get(CLIP, params=params)
        assert served.content == content
        assert served.headers["content-type"] == "application/octet-stream"
        assert (
            served.headers["content-disposition"] == 'attachment; filename="dailies-1-gen4.5.svg"'
        )
        assert served.headers["x-content-type-options"] == "nosniff"
        assert served.headers["content-security-policy"] == "default-src 'none'"


@pytest.mark.slow
def test_of_several_files_each_is_served_by_its_place_and_saved_under_its_number(
    web: Web, keep: Callable[..., Generation]
) -> None:
    keep(still(shade=10), still(shade=200), archive({"1.png": still()}))
    assert web.get(CLIP).content == still(shade=10)
    second = web.get("/app/static/videos/1/1", params={"download": "clean"})
    assert second.content == still(shade=200)
    assert second.headers["content-disposition"].endswith('"dailies-1-gen4.5-2.png"')
    assert web.get("/app/static/posters/1/2").headers["content-type"] == "image/jpeg"


@pytest.mark.slow
def test_what_no_browser_shows_is_only_ever_saved(
    web: Web, keep: Callable[..., Generation]
) -> None:
    keep(archive({"1.png": still()}))
    served = web.get(CLIP)
    assert served.headers["content-type"] == "application/zip"
    assert served.headers["content-disposition"].startswith("attachment")


@pytest.mark.slow
def test_a_sound_has_no_poster(web: Web, keep: Callable[..., Generation], tmp_path: Path) -> None:
    keep(sound(tmp_path / "a.mp3"))
    assert web.get(CLIP).headers["content-type"] == "audio/mpeg"
    assert web.get("/app/static/posters/1/0").status_code == 404


@pytest.mark.usefixtures("clip")
@pytest.mark.slow
def test_a_poster_is_a_picture(web: Web) -> None:
    poster = web.get("/app/static/posters/1/0")
    assert poster.headers["content-type"] == "image/jpeg"
    assert poster.content.startswith(b"\xff\xd8")


@pytest.mark.slow
def test_a_picture_is_served_small(web: Web, studio: Studio, picture: Callable[..., bytes]) -> None:
    upload, _ = studio.uploads.add("sea.png", picture((1280, 720)))
    served = web.get(f"/app/static/pictures/{upload.sha256}")
    assert served.headers["content-type"] == "image/jpeg"
    assert len(served.content) < upload.bytes


def test_an_upload_is_served_whole_or_in_pieces_and_a_video_has_a_still(
    web: Web, studio: Studio, tmp_path: Path
) -> None:
    content = film(tmp_path / "a.mp4")
    upload, _ = studio.uploads.add("a.mp4", content)
    whole = web.get(f"/app/static/uploads/{upload.sha256}")
    assert (whole.content, whole.headers["content-type"]) == (content, "video/mp4")
    part = web.get(f"/app/static/uploads/{upload.sha256}", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, content[5:10])
    still = web.get(f"/app/static/pictures/{upload.sha256}")
    assert still.content.startswith(b"\xff\xd8")


def test_a_sound_is_served_and_has_no_still(web: Web, studio: Studio, tmp_path: Path) -> None:
    upload, _ = studio.uploads.add("a.mp3", sound(tmp_path / "a.mp3"))
    assert web.get(f"/app/static/uploads/{upload.sha256}").headers["content-type"] == "audio/mpeg"
    assert web.get(f"/app/static/pictures/{upload.sha256}").status_code == 404


@pytest.mark.usefixtures("clip")
@pytest.mark.parametrize(
    "path",
    [
        "/app/static/videos/2/0",
        "/app/static/videos/1/1",
        f"/app/static/videos/{10**30}/0",
        "/app/static/videos/1/..%2f..%2fhistory.db",
        "/app/static/videos/../../history.db",
        "/app/static/videos/%2e%2e/%2e%2e/history.db",
        "/app/static/videos/-1/0",
        "/app/static/videos/1/0/",
        "/app/static/videos/1",
        "/app/static/posters/9/0",
        "/app/static/fonts/hanken-grotesk-LICENSE.txt",
        "/app/static/fonts/..%2fstyles%2fchrome.css",
        "/app/static/pictures/" + "0" * 64,
        "/app/static/pictures/..%2fhistory.db",
        "/app/static/uploads/" + "0" * 64,
        "/app/static/uploads/..%2fhistory.db",
        "/app/static/history.db",
    ],
)
@pytest.mark.slow
def test_nothing_else_is_served(web: Web, path: str) -> None:
    assert web.get(path).status_code == 404


def test_the_typeface_is_served_to_be_kept_for_good(web: Web) -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    faces = [face["url"] for face in config["theme"]["fontFaces"]]
    assert len(faces) == 2
    for address in faces:
        served = web.get(f"/{address}")
        assert (served.status_code, served.content[:4]) == (200, b"wOF2")
        assert served.headers["content-type"] == "font/woff2"
        assert "immutable" in served.headers["cache-control"]


@pytest.mark.parametrize("base", ["dailies", "/dailies/", "/tools/dailies"])
@pytest.mark.slow
def test_everything_is_served_below_the_path_of_the_pages(web: Web, clip: bytes, base: str) -> None:
    below = f"/{base.strip('/')}"
    assert web.get(below + CLIP).content == clip
    assert web.get(f"{below}/app/static/posters/1/0").headers["content-type"] == "image/jpeg"
    assert web.get(f"{below}/app/static/videos/2/0").status_code == 404
    assert web.get(f"{below}/healthz").json()["mode"] == "live"
    assert "dailies_generations" in web.get(f"{below}/metrics").text
    assert web.get(CLIP).text == "the page"


@pytest.mark.slow
def test_a_clip_whose_file_is_gone_is_not_found(web: Web, clip: bytes, studio: Studio) -> None:
    assert clip
    video = studio.generations.get(1).main
    assert video
    studio.media.output(video).unlink()
    assert web.get(CLIP).status_code == 404


def test_health_is_good_while_the_tracker_steps(web: Web, studio: Studio, clock: Clock) -> None:
    assert web.get("/healthz").status_code == 503
    studio.tracker.start()
    step(studio, clock)
    well = web.get("/healthz")
    assert well.status_code == 200
    assert well.json()["mode"] == "live"


def test_who_comes_through_a_proxy_learns_only_whether_the_server_is_well(
    web: Web, studio: Studio, clock: Clock
) -> None:
    told = {"X-Forwarded-For": "203.0.113.5"}
    ill = web.get("/healthz", headers=told)
    assert (ill.status_code, ill.json()) == (503, {"well": False})
    studio.tracker.start()
    step(studio, clock)
    well = web.get("/healthz", headers=told)
    assert (well.status_code, well.json()) == (200, {"well": True})


@pytest.mark.slow
def test_health_is_bad_while_nothing_can_be_written(web: Web, studio: Studio) -> None:
    path = studio.settings.data_dir / "history.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        ill = web.get("/healthz")
    assert ill.status_code == 503
    assert ill.json()["database_writable"] is False


@pytest.mark.slow
def test_the_figures_are_served_as_monitors_ask_for_them(web: Web, clip: bytes) -> None:
    assert clip
    answer = web.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'dailies_generations{mode="live",status="succeeded"} 1.0' in answer.text


def test_previews_come_by_id_and_posters_stand_in_for_stills(
    web: Web, clip: bytes, studio: Studio
) -> None:
    preview, still = "/app/static/previews/1/0", "/app/static/stills/1/0/320"
    early = web.get(preview)
    assert (early.status_code, early.content) == (204, b"")
    assert early.headers["cache-control"] == "no-store"
    assert web.get(still).content == web.get("/app/static/posters/1/0").content
    studio.previewer.step()
    made = web.get(preview)
    assert made.headers["content-type"] == "video/mp4"
    assert 0 < len(made.content) < len(clip) or len(made.content) <= 150 * 1024
    assert web.get(still).headers["content-type"] == "image/webp"
    for wrong in ("/app/static/previews/2/0", "/app/static/stills/1/0/321"):
        assert web.get(wrong).status_code == 404


def test_a_download_carries_its_recipe_and_a_clean_one_does_not(
    web: Web, clip: bytes, studio: Studio, text_request: Request, tmp_path: Path
) -> None:
    saved = web.get(f"{CLIP}?download=1")
    assert saved.status_code == 200
    path = tmp_path / "saved.mp4"
    path.write_bytes(saved.content)
    found = recipe.read(carried_text.find(path).encode())
    assert found == text_request
    assert web.get(f"{CLIP}?download=clean").content == clip
    assert web.get(CLIP).content == clip
    output = studio.generations.get(1).outputs[0]
    assert studio.media.output(output).read_bytes() == clip


def test_a_blind_pair_tells_nothing_but_what_is_seen(
    web: Web,
    studio: Studio,
    settle: Callable[..., Generation],
    keep: Callable[..., Generation],
    text_request: Request,
    tmp_path: Path,
) -> None:
    plain, said = tmp_path / "a.mp4", tmp_path / "b.mp4"
    film(plain)
    first = keep(plain.read_bytes())
    carried_text.put(plain, recipe.written(first, first.outputs[0]), said)
    path = studio.media.output(first.outputs[0])
    path.write_bytes(said.read_bytes())
    settle(studio, studio.compose.submit(replace(text_request, prompt="A loud lake"), "two")[0])
    compared = studio.comparisons.open([1, 2], by="Ada")
    known_ones = [web.get(f"/app/static/videos/{number}/0") for number in (1, 2)]
    assert b"gen4.5" in known_ones[0].content
    for place in range(2):
        address = f"/app/static/blind/{compared.id}/{place}"
        whole = web.get(address)
        assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
        told = (whole.content + str(whole.headers).encode()).lower()
        for word in (b"gen4.5", b"gen-4.5", b"dailies", text_request.prompt.encode(), b"lake"):
            assert word.lower() not in told
        assert "content-disposition" not in whole.headers
        assert whole.headers["etag"] not in {one.headers["etag"] for one in known_ones}
        opened = format_datetime(compared.created_at, usegmt=True)
        assert whole.headers["last-modified"] == opened
        asked = {"Range": "bytes=9-99", "If-Range": whole.headers["etag"]}
        part = web.get(address, headers=asked)
        assert (part.status_code, part.content) == (206, whole.content[9:100])
        again = web.get(address, headers={"If-None-Match": whole.headers["etag"]})
        assert again.status_code == 304


def test_a_download_with_a_recipe_goes_on_where_it_broke_off(web: Web, clip: bytes) -> None:
    whole = web.get(f"{CLIP}?download=1")
    middle = len(whole.content) // 2
    asked = {"Range": f"bytes={middle}-", "If-Range": whole.headers["etag"]}
    rest = web.get(f"{CLIP}?download=1", headers=asked)
    assert rest.status_code == 206
    assert whole.content[:middle] + rest.content == whole.content
    known = web.get(f"{CLIP}?download=1", headers={"If-None-Match": whole.headers["etag"]})
    assert known.status_code == 304


@pytest.fixture
def link(studio: Studio, clip: bytes) -> str:
    """The address of an export of the first clip, made ready."""
    key = studio.exports.plan([1], "Été 雨")
    studio.exports.begin(key, "Été 雨", "{number}")
    studio.exports.step()
    return f"/app/static/exports/{key}/archive.zip"


def test_an_archive_that_is_not_ready_says_to_come_again(web: Web, studio: Studio) -> None:
    key = studio.exports.plan([1], "x")
    address = f"/app/static/exports/{key}/archive.zip"
    assert web.get(address).status_code == 404
    studio.exports.begin(key, "x", "{number}")
    soon = web.get(address)
    assert (soon.status_code, soon.headers["retry-after"]) == (503, "5")


def test_an_archive_that_broke_off_goes_on_to_the_same_bytes(web: Web, link: str) -> None:
    whole = web.get(link)
    assert whole.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(whole.content)).testzip() is None
    assert int(whole.headers["content-length"]) == len(whole.content)
    assert "%C3%89t%C3%A9-%E9%9B%A8.zip" in whole.headers["content-disposition"]
    etag, size = whole.headers["etag"], len(whole.content)
    for cut in (0, 1, size // 2, size - 1):
        rest = web.get(link, headers={"Range": f"bytes={cut}-", "If-Range": etag})
        assert (rest.status_code, rest.content) == (206, whole.content[cut:])
        assert rest.headers["content-range"] == f"bytes {cut}-{size - 1}/{size}"
    assert web.get(link, headers={"Range": "bytes=5-9"}).content == whole.content[5:10]
    assert web.get(link, headers={"Range": "bytes=-7"}).content == whole.content[-7:]
    assert web.get(link, headers={"Range": f"bytes={size}-"}).status_code == 416
    for odd in ("bytes=1-2,4-5", "bytes=-", "pages=1-2", "bytes=a-b"):
        assert web.get(link, headers={"Range": odd}).content == whole.content
    other = {"Range": "bytes=5-", "If-Range": '"another"'}
    assert web.get(link, headers=other).content == whole.content


def test_an_export_answers_under_its_link_alone(web: Web, studio: Studio, link: str) -> None:
    assert web.get(link.replace("archive.zip", "generations.csv")).content.startswith(
        b"\xef\xbb\xbfnumber,"
    )
    assert web.get(link.replace("archive.zip", "generations.json")).json()[0]["number"] == 1
    other = link[:-13] + ("1" if link[-13] == "0" else "0") + "/archive.zip"
    for wrong in (other, link + "x", link[:-11] + "plan.json"):
        assert web.get(wrong).status_code == 404
    for name in ("..%2f..", "%2e%2e", "0" * 32):
        assert web.get(f"/app/static/exports/{name}/generations.csv").status_code == 404
    studio.media.output(studio.generations.get(1).outputs[0]).unlink()
    assert web.get(link).status_code == 410
