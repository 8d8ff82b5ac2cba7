"""Media and health over HTTP: by id only, in pieces, and never more than the history knows."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

from core.generations import Generation, Request
from core.serving import presenting
from core.studio import Studio
from core.web.routes import routes
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
            outputs.append(studio.media.keep(part, done, position, ""))
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
def test_of_several_files_each_is_served_by_its_place_and_saved_under_its_number(
    web: Web, keep: Callable[..., Generation]
) -> None:
    keep(still(shade=10), still(shade=200), archive({"1.png": still()}))
    assert web.get(CLIP).content == still(shade=10)
    second = web.get("/app/static/videos/1/1", params={"download": "1"})
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
