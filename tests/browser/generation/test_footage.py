"""What is measured of a video, and its still, are what a real browser shows."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from core.decoders.clips import av_files
from tests.footage import BLUE, Track, displayed, enabled, tracks

pytestmark = pytest.mark.browser

Make = Callable[[Path], bytes]
SHOWN = """async (content) => {
    const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
    const video = document.createElement('video');
    video.muted = true;
    const played = new Promise((resolve, reject) => {
        video.onended = resolve;
        video.onerror = () => reject(video.error.message);
    });
    document.body.replaceChildren(video);
    video.src = URL.createObjectURL(new Blob([bytes]));
    await video.play();
    await played;
    const canvas = document.createElement('canvas');
    const width = canvas.width = video.videoWidth, height = canvas.height = video.videoHeight;
    const drawn = canvas.getContext('2d');
    drawn.drawImage(video, 0, 0);
    const at = (x, y) => [...drawn.getImageData(x, y, 1, 1).data].slice(0, 3);
    const xs = [4, width - 5], ys = [4, height - 5];
    return {size: [width, height], corners: ys.flatMap(y => xs.map(x => at(x, y)))};
}"""
ALIKE = 40
"""A browser may take other colours for those that a small film does not name; four corners in
colours so far apart as ours cannot be taken for one another."""
BLACK = {"a JPEG track first", "a master first", "a HEVC first", "a HEVC that is on"}
"""Chromium gives these the size of the track that it can play, and leaves them black."""
PLAIN = Track()
OTHER = Track((96, 160), corners=(BLUE,) * 4)
TURNED = {
    "as it is": (1, 0, 0, 1),
    "by 90": (0, 1, -1, 0),
    "by 180": (-1, 0, 0, -1),
    "by 270": (0, -1, 1, 0),
    "left to right": (-1, 0, 0, 1),
    "upside down": (1, 0, 0, -1),
    "transposed": (0, 1, 1, 0),
    "transposed the other way": (0, -1, -1, 0),
    "by 30": (0.866, 0.5, -0.5, 0.866),
    "wider": (2, 0, 0, 1),
    "wider and by 90": (0, 2, -1, 0),
    "larger": (2, 0, 0, 2),
}


def plain(*given: Track, name: str = "a.mp4") -> Make:
    return lambda folder: tracks(folder / name, *given)


def turned(matrix: tuple[float, ...], track: Track = PLAIN) -> Make:
    return lambda folder: displayed(tracks(folder / "a.mp4", track), *matrix)


def with_av1(folder: Path) -> bytes:
    """SVT-AV1 makes the process of an administrator one that yields to no other, and all that it
    starts: no other encoder of AV1 comes with PyAV, so that is taken back."""
    policy, priority = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        return tracks(folder / "a.mp4", Track(codec="libsvtav1"))
    finally:
        os.sched_setscheduler(0, policy, priority)


def switched(*on: bool, first: Track = OTHER, name: str = "a.mp4") -> Make:
    return lambda folder: enabled(tracks(folder / name, first, Track()), *on)


FILMS: dict[str, Make] = {
    **{f"turned {name}": turned(matrix) for name, matrix in TURNED.items()},
    **{
        f"pixels {ratio} in {name}": plain(Track(ratio=ratio), name=name)
        for ratio, name in product(("2", "1/2", "64/45", "8/9", "10/11"), ("a.mp4", "a.mkv"))
    },
    **{
        f"pixels {ratio} turned {name}": turned(TURNED[name], Track(ratio=ratio))
        for ratio, name in product(("64/45", "10/11"), ("by 90", "left to right", "transposed"))
    },
    "a film of odd sides": turned((0, 1, -1, 0), Track((158, 90), ratio="37/36")),
    "a vast film": plain(Track((1280, 720))),
    "two tracks": plain(Track(), OTHER),
    "the second is on": switched(False, True),
    "both are on": switched(True, True),
    "neither is on": switched(False, False),
    "the second is on, in a MOV": switched(False, True, name="a.mov"),
    "two tracks of an MKV": plain(OTHER, Track(), name="a.mkv"),
    "a JPEG track first": plain(Track((320, 240), "mjpeg", "yuvj420p"), Track(), name="a.mov"),
    "a master first": plain(Track((320, 240), "prores_ks", "yuv422p10le"), Track(), name="a.mov"),
    "a HEVC first": plain(Track((320, 240), "libx265"), Track()),
    "a HEVC that is on": switched(True, False, first=Track((320, 240), "libx265")),
    "a cover": plain(Track((320, 240), "mjpeg", "yuvj420p", cover=True), Track()),
    "VP9": plain(Track(codec="libvpx-vp9"), name="a.webm"),
    "AV1": with_av1,
    "VP8 in OGG": plain(Track(codec="libvpx"), name="a.ogv"),
    "3GP": plain(Track(), name="a.3gp"),
}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    """An empty page."""
    page = browser.new_page()
    page.set_default_timeout(30_000)
    return page


@pytest.fixture(autouse=True)
def _yields_to_others() -> Iterator[None]:
    """No encoder leaves this process in front of all others of the machine."""
    yield
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


@pytest.mark.parametrize("name", FILMS)
def test_what_is_measured_is_what_the_browser_shows(page: Page, tmp_path: Path, name: str) -> None:
    content = FILMS[name](tmp_path)
    path = tmp_path / "film"
    path.write_bytes(content)
    facts, still = av_files.measure(path)
    shown = page.evaluate(SHOWN, base64.b64encode(content).decode())
    assert [facts.width, facts.height] == shown["size"]
    if name in BLACK:
        return
    for image in (still, av_files.frame(path, "first"), av_files.frame(path, "last")):
        assert image is not None
        for ours, theirs in zip(seen_at_the_corners(image), shown["corners"], strict=True):
            assert ours == pytest.approx(theirs, abs=ALIKE)


def seen_at_the_corners(image: Image.Image) -> list[tuple[int, ...]]:
    xs, ys = (4, image.width - 5), (4, image.height - 5)
    shown = image.convert("RGB")
    return [shown.getpixel((x, y)) for y in ys for x in xs]  # type: ignore[misc]
