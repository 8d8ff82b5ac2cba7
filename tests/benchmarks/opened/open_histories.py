"""Fifty people look at the history while something in it is being made.

Measured: processor time of the server (all of its threads) for one drawing of the History with 24
cards, what it sends for that, and how much of a processor fifty open pages take that follow a
generation and ask for what others add. The pages are clients that speak Streamlit's protocol.
Baseline: the same server with the grid, the panels and the page that stood there before; it did not
notice what others added. Both run all the time and are measured by turns.
Bar: at most half for one drawing; for fifty pages no more than before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from core.generations import Status
from core.settings import Settings
from core.studio import Studio
from tests.benchmarks.figures import Figure
from tests.benchmarks.opened.fifty_sessions import Watched, order, status, until_running
from tests.benchmarks.opened.gallery import MOST_TIMES, PAGE, add
from tests.benchmarks.serving import DEMO, process, running
from tests.benchmarks.viewers import opened
from tests.browser.serving import Server

SESSIONS, SHORT_SESSIONS = 50, 2
DRAWINGS, SHORT_DRAWINGS = 25, 2
ROUNDS, ROUND_SECONDS = 4, 12
SHORT_ROUNDS, SHORT_ROUND_SECONDS = 1, 4
DEMO_SECONDS, SHORT_DEMO_SECONDS = 300, 120
ASKS_EVERY = 4  # seconds, as pages/frontend/history/newest.js
WARM_SECONDS, SHORT_WARM_SECONDS = 4, 1


class Histories(Watched):
    """A server with its open Histories."""

    asks = False
    """Whether its pages ask for the largest number."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self.drawings: list[float] = []
        self.sent: list[float] = []

    async def draw(self, times: int) -> None:
        """Have one of the pages drawn so often; milliseconds of the processor for each."""
        viewer = self.viewers[0]
        before, received = cpu_seconds(self.server), viewer.received
        for _ in range(times):
            await viewer.run()
        self.sent.append((viewer.received - received) / times / 1024)
        self.drawings.append(1000 * (cpu_seconds(self.server) - before) / times)

    async def follow(self, seconds: float) -> None:
        """Let all pages follow, and ask if they do."""
        await asyncio.gather(super().follow(seconds), self._ask(seconds))

    async def _ask(self, seconds: float) -> None:
        end = time.perf_counter() + seconds
        async with httpx.AsyncClient() as client:
            while self.asks and time.perf_counter() < end:
                await client.get(f"{self.server.url}/app/static/newest")
                await asyncio.sleep(ASKS_EVERY / len(self.viewers))


class NewHistories(Histories):
    """As the pages are now."""

    asks = True


def measure(short: bool) -> Iterator[Figure]:
    """One drawing, and fifty pages."""
    with TemporaryDirectory() as temporary:
        folders = [Path(temporary) / name for name in ("ours", "old")]
        for folder in folders:
            fill(folder)
        seconds = SHORT_DEMO_SECONDS if short else DEMO_SECONDS
        demo = DEMO | {"DAILIES_DEMO_SECONDS": str(seconds)}
        ours = NewHistories(Server(folders[0], demo, warm=short))
        before = Server(folders[1], demo, program="tests.benchmarks.opened.old_history", warm=short)
        old = Histories(before)
        with running(ours.server, old.server):
            for folder in folders:
                until_running(folder, PAGE)
            asyncio.run(watch([old, ours], short))
            assert status(folders[0], PAGE) is Status.RUNNING, "it ended while it was followed"
    name = f"history of {PAGE}"
    drawn = median(ours.drawings), median(old.drawings)
    yield Figure(f"{name}: one drawing", *drawn, "ms", most_times=MOST_TIMES)
    yield Figure(f"{name}: its messages", median(ours.sent), median(old.sent), "KB")
    percents = median(ours.percents), median(old.percents)
    yield Figure(f"{len(ours.viewers)} that follow: one processor", *percents, "%", most_times=1)


async def watch(both: list[Histories], short: bool) -> None:
    """Open every page, then measure the servers by turns."""
    for one in both:
        one.viewers = await opened(one.server.url, SHORT_SESSIONS if short else SESSIONS, "history")
        await one.follow(SHORT_WARM_SECONDS if short else WARM_SECONDS)
    for _ in range(SHORT_ROUNDS if short else ROUNDS):
        for one in both:
            await one.draw(SHORT_DRAWINGS if short else DRAWINGS)
    for _ in range(SHORT_ROUNDS if short else ROUNDS):
        for one in both:
            await one.round(SHORT_ROUND_SECONDS if short else ROUND_SECONDS)
    for one in both:
        await asyncio.gather(*(viewer.socket.close() for viewer in one.viewers))


def fill(folder: Path) -> None:
    """A page of clips, the newest of which is still to be made."""
    with closing(Studio(Settings(data_dir=folder, demo_seconds=0, disk_floor=0))) as studio:
        for _ in range(PAGE - 1):
            add(studio)
    order(folder)


def cpu_seconds(server: Server) -> float:
    """What it has used until now."""
    used = process(server).cpu_times()
    return used.user + used.system
