"""Fifty clips opened one after the other.

Measured: by how much the server's resident memory grows while 50 different clips of 12 MB are
opened in Chromium, each on its own Generation page, until the player knows its length.
Baseline: the same 50 files on a page that calls `st.video(path)`, which copies each one into the
server's memory. One more clip, opened before anything is counted, has each server load what its
page needs.
Bar: less than 15 MB.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from core.emulator.footage.process import render
from core.emulator.render_job import Job
from core.files import Output
from core.generations import Request, Status
from core.media.library import Media
from core.storage.database import HistoryFile
from core.storage.store import Store
from tests.benchmarks.figures import Figure
from tests.benchmarks.serving import Bare, chromium, dailies, process, running
from tests.browser.serving import Server

CLIPS, SHORT_CLIPS = 50, 1
CLIP_BYTES = 12_000_000
MOST_MB = 15
LENGTH_IS_KNOWN = "video => video.readyState >= HTMLMediaElement.HAVE_METADATA"
PAGE = """
import streamlit as st

st.video(f"{folder}/{{int(st.query_params['id']):08d}}-0.mp4")
"""


def measure(short: bool) -> Iterator[Figure]:
    """Growth of the server's memory."""
    count = SHORT_CLIPS if short else CLIPS
    with TemporaryDirectory() as temporary, chromium() as browser:
        folder = Path(temporary)
        ours = dailies(folder / "ours", warm=short)
        page = PAGE.format(folder=folder / "ours" / "videos")
        bare = Bare(folder / "bare", page=page, warm=short)
        fill(folder / "ours", count + 1)
        with running(ours, bare):
            grown = growth(browser, ours, "/generation", count + 1)
            copied = growth(browser, bare, "/", count + 1)
    yield Figure(f"{count} players: memory grows by", grown, copied, "MB", most=MOST_MB)


def growth(browser: Browser, server: Server, path: str, last: int) -> float:
    """Open every clip; by how many megabytes the server is larger than after the first."""
    page = browser.new_page()
    for number in range(1, last + 1):
        page.goto(f"{server.url}{path}?id={number}")
        video = page.locator("video")
        page.wait_for_function(LENGTH_IS_KNOWN, arg=video.element_handle())
        if number == 1:
            before = process(server).memory_info().rss
    grown = process(server).memory_info().rss - before
    page.close()
    return grown / 1e6


def fill(folder: Path, count: int) -> None:
    """A history of so many finished clips, with their files."""
    media, file = Media(folder), HistoryFile(folder / "history.db")
    store, now = Store(file), datetime.now(UTC)
    sample = folder / "sample.mp4"
    render(Job(1280, 720, 5, prompt="A quiet sea", sound="made"), folder, sample)
    for number in range(1, count + 1):
        wanted = Request("text_to_video", "gen4.5", f"Clip {number}", {"duration": 5})
        row, _new = store.add(
            wanted, idempotency_key=str(number), kind="text", quoted=60, demo=True, now=now
        )
        output = Output(
            0, f"{row.id:08d}-0.mp4", "video/mp4", CLIP_BYTES, f"{number:064}", 1280, 720, 5, 24, ""
        )
        media.output(output).write_bytes(padded(sample.read_bytes(), number))
        store.move(row, Status.SUCCEEDED, now, task_id=str(number), outputs=(output,))
    file.close()


def padded(clip: bytes, number: int) -> bytes:
    """The clip, made as large as a real one by a box that players skip; no two are the same."""
    size = CLIP_BYTES - len(clip)
    return clip + struct.pack(">I4s", size, b"free") + bytes([number]) * (size - 8)
