"""Clicks on Generate that nobody made: the frames of one are sent again, and many times at once.

A page of ours keeps what it sends, and holds back what it is told to. What it has kept goes out
again by its own socket, and by new ones.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.benchmarks.serving import chromium
from tests.benchmarks.viewers import DONE
from tests.browser.serving import Server
from tests.chaos.attacks.double_clicks import IDLE, opened, order, served
from tests.chaos.attacks.watching import Watch
from tests.chaos.attacks.web import stream
from tests.chaos.books import rows
from tests.chaos.figures import Promise

AT_ONCE, SOCKETS, SHORT_SOCKETS = 40, 40, 3
LATER_SECONDS = 3.5
"""By then a second click counts as one of its own."""
QUIET_SECONDS, PATIENCE_SECONDS = 1.0, 60.0
RECORD = """
    window.sent = [];
    window.held = false;
    window.plainly = WebSocket.prototype.send;
    WebSocket.prototype.send = function (frame) {
        window.wire = this;
        window.sent.push(new Uint8Array(frame));
        if (!window.held) window.plainly.call(this, frame);
    }"""
FRAMES = """from => window.sent.slice(from).map(
    frame => btoa(String.fromCharCode(...frame)))"""
AGAIN = """([frames, times]) => {
    for (let time = 0; time < times; time++)
        for (const frame of frames)
            window.plainly.call(window.wire, Uint8Array.from(atob(frame), c => c.charCodeAt(0)))
}"""


def attacks(short: bool, watches: list[Watch]) -> Iterator[Promise]:
    """Each on words of its own, which may be ordered once."""
    with served(warm=short) as (server, folder), chromium() as browser, Watch(server) as watch:
        watches.append(watch)
        page, _ = opened(browser, server, RECORD)
        # First: a new session knows only the first button of a page.
        frames = clicked(page, "A click by many sockets", held=True)
        sockets = SHORT_SOCKETS if short else SOCKETS
        replayed(server, [frames] * sockets)
        yield once(folder, f"a click, by {sockets} new sockets", "A click by many sockets")
        replayed(server, [frames])
        yield once(folder, "a click, by a new socket again", "A click by many sockets")
        frames = clicked(page, "A click that is sent again")
        page.locator(IDLE).wait_for()
        again(page, frames, 1)
        yield once(folder, "a click, sent again by its socket", "A click that is sent again")
        time.sleep(LATER_SECONDS)
        again(page, frames, 1)
        yield once(folder, "a click, sent again later", "A click that is sent again")
        frames = clicked(page, "A click that is sent often", held=True)
        again(page, frames, AT_ONCE)
        yield once(folder, f"{AT_ONCE} identical clicks at once", "A click that is sent often")


def clicked(page: Page, prompt: str, *, held: bool = False) -> list[str]:
    """Order these words by one click; the frames that it sends, or would send were they not held
    back."""
    order(page, prompt)
    first = int(page.evaluate("window.sent.length"))
    page.evaluate(f"window.held = {str(held).lower()}")
    page.get_by_role("button", name="Generate").click()
    page.wait_for_function(f"window.sent.length > {first}")
    frames: list[str] = page.evaluate(FRAMES, first)
    page.evaluate("window.held = false")
    return frames


def again(page: Page, frames: Sequence[str], times: int) -> None:
    """Send them by the page's own socket, so often without a pause."""
    page.evaluate(AGAIN, [list(frames), times])
    page.wait_for_timeout(1000 * QUIET_SECONDS)
    page.locator(IDLE).wait_for()


def replayed(server: Server, clicks: Sequence[Sequence[str]]) -> None:
    """Send each click by a socket of its own, all at once, as pages do that meet a new server."""
    with ExitStack() as open_:
        wires = [
            open_.enter_context(connect(stream(server), max_size=None, ping_interval=None))
            for _ in clicks
        ]
        for wire, frames in zip(wires, clicks, strict=True):
            for frame in frames:
                wire.send(base64.b64decode(frame))
        for wire in wires:
            drain(wire)


def drain(wire: ClientConnection) -> None:
    """Read until the page is drawn, and nothing is drawn once more."""
    seconds = PATIENCE_SECONDS
    with suppress(TimeoutError):
        while True:
            told = ForwardMsg.FromString(wire.recv(timeout=seconds))
            if told.WhichOneof("type") == "script_finished" and told.script_finished in DONE:
                seconds = QUIET_SECONDS


def once(folder: Path, name: str, prompt: str) -> Promise:
    """That the words were ordered one time, as they were asked for."""
    count = sum(row.request.prompt == prompt for row in rows(folder))
    return Promise(name, "refused" if count == 1 else f"{count} orders", "refused")
