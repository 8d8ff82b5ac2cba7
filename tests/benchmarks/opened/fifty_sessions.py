"""Fifty people follow a generation.

Measured: processor time of the server (all of its threads; not the processes that render the demo's
footage) and how long a refresh takes, while fifty open Create pages follow a running generation:
they ask every 2 seconds whether anything has changed, and are drawn when it has, once in a round
of 15 seconds. The pages are
clients that speak Streamlit's protocol, on the same machine, so the refreshes also wait for them.
Baseline: the same fifty on an app whose fragment draws a status, a text and a progress bar every 2
seconds, and reads nothing. Both servers run all the time and are measured by turns.
Bar: at most 1.3 times the processor time; 95 of 100 refreshes within 100 ms. (`st.status` itself
sleeps 50 ms whenever it is drawn.)
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from core.generations import Request, Status
from core.storage.database import HistoryFile
from core.storage.store import Store
from tests.benchmarks.figures import Figure, p95
from tests.benchmarks.serving import Bare, dailies, process, running
from tests.benchmarks.viewers import Viewer, opened
from tests.browser.serving import Server

SESSIONS, SHORT_SESSIONS = 50, 3
MOST_TIMES = 1.3
MOST_MS = 100
WARM_SECONDS, SHORT_WARM_SECONDS = 3, 1
ROUNDS, ROUND_SECONDS = 4, 15
SHORT_ROUNDS, SHORT_ROUND_SECONDS = 1, 6
DEMO_SECONDS, SHORT_DEMO_SECONDS = 240, 120
START_SECONDS = 120
PAGE = """
import streamlit as st

@st.fragment(run_every=2)
def follow():
    box = st.status("Rendering", state="running", expanded=True)
    box.text("A quiet sea")
    box.progress(0.5, text="50%")

follow()
"""


@dataclass
class Watched:
    """A server with its viewers, and what each round has shown."""

    server: Server
    change: Callable[[], None] | None = None
    viewers: list[Viewer] = field(default_factory=list)
    percents: list[float] = field(default_factory=list)

    async def round(self, seconds: float) -> None:
        """Follow for so long, with one piece of news, and note what it cost."""
        if self.change:
            self.change()
        before, began = process(self.server).cpu_times(), time.perf_counter()
        await self.follow(seconds)
        after, ended = process(self.server).cpu_times(), time.perf_counter()
        spent = after.user + after.system - before.user - before.system
        self.percents.append(100 * spent / (ended - began))

    async def follow(self, seconds: float) -> None:
        """Let all of its viewers follow at once."""
        await asyncio.gather(*(viewer.follow(seconds) for viewer in self.viewers))

    @property
    def refreshes(self) -> list[float]:
        """Every refresh that any viewer has waited for, in milliseconds."""
        return [1000 * seconds for viewer in self.viewers for seconds in viewer.refreshes]


def measure(short: bool) -> Iterator[Figure]:
    """Processor time, and the middle and the slow refresh."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        order(folder / "ours")
        demo_seconds = SHORT_DEMO_SECONDS if short else DEMO_SECONDS
        served = dailies(folder / "ours", demo_seconds=demo_seconds, warm=short)
        ours = Watched(served, partial(change, folder / "ours"))
        bare = Watched(Bare(folder / "bare", page=PAGE, warm=short))
        with running(bare.server, ours.server):  # ours last: its generation begins with it
            until_running(folder / "ours")
            asyncio.run(watch([bare, ours], short))
            assert status(folder / "ours") is Status.RUNNING, "it ended while it was followed"
    name = f"{len(ours.viewers)} sessions"
    percents = median(ours.percents), median(bare.percents)
    yield Figure(f"{name}: one processor", *percents, "%", most_times=MOST_TIMES)
    yield Figure(f"{name}: refresh, median", median(ours.refreshes), median(bare.refreshes), "ms")
    slow = p95(ours.refreshes), p95(bare.refreshes)
    yield Figure(f"{name}: refresh, p95", *slow, "ms", most=MOST_MS)


async def watch(all_watched: list[Watched], short: bool) -> None:
    """Open every page, then measure the servers by turns."""
    for watched in all_watched:
        watched.viewers = await opened(watched.server.url, SHORT_SESSIONS if short else SESSIONS)
        await watched.follow(SHORT_WARM_SECONDS if short else WARM_SECONDS)
        for viewer in watched.viewers:
            viewer.refreshes.clear()
    for _ in range(SHORT_ROUNDS if short else ROUNDS):
        for watched in all_watched:
            await watched.round(SHORT_ROUND_SECONDS if short else ROUND_SECONDS)
    for watched in all_watched:
        await asyncio.gather(*(viewer.socket.close() for viewer in watched.viewers))


def order(folder: Path) -> None:
    """Put a generation into the history, for the server to find when it starts."""
    wanted = Request("text_to_video", "gen4.5", "A quiet sea", {"ratio": "1280:720", "duration": 2})
    with closing(HistoryFile(folder / "history.db")) as file:
        Store(file).add(
            wanted,
            idempotency_key="watched",
            kind="text",
            quoted=24,
            demo=True,
            now=datetime.now(UTC),
        )


def until_running(folder: Path, number: int = 1) -> None:
    """Wait until that generation runs; the demo takes a tenth of its time to begin."""
    deadline = time.monotonic() + START_SECONDS
    while (now := status(folder, number)) is not Status.RUNNING:
        assert not now.is_final, f"it was {now} before anybody looked"
        assert time.monotonic() < deadline, f"it is still {now}"
        time.sleep(0.5)


def change(folder: Path) -> None:
    """Write what every page that shows the generation has to tell."""
    with closing(HistoryFile(folder / "history.db")) as file:
        Store(file).note(1, reason=f"Busy at {datetime.now(UTC):%T.%f}")


def status(folder: Path, number: int = 1) -> Status:
    """Where that generation of the history stands."""
    with closing(HistoryFile(folder / "history.db")) as file:
        return Store(file).get(number).status
