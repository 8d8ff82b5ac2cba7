"""A server without pages, as quick to start as to kill: a Studio in a process of its own.

It is forked from a process that has all modules loaded. What it does is what `streamlit run app.py`
does behind its pages: open a Studio on the data folder, start it, and take intents.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Literal

from core.errors import StoreError
from core.generations import Generation, Request, Value
from core.monitoring import logs
from core.settings import Settings
from core.storage.history import Filter, Order
from core.studio import Studio
from core.studio.making.batches import Wanted
from tests.chaos.desk import Deed, Desk, do
from tests.forks import FORKS

MOST_OWED = 10
"""Deeds that are done again after a start: more would leave a short life no time for intents."""
ROOT = Path(__file__).resolve().parents[2]


Question = Literal["metrics", "pages"]


@dataclass(frozen=True)
class Intent:
    """What somebody wants, told to a server under a key of its own."""

    key: str
    request: Request


@dataclass(frozen=True)
class Many:
    """What somebody wants as one batch, told to a server under a key of its own."""

    key: str
    intents: tuple[Intent, ...]


def intent(number: int) -> Intent:
    """A clip of words that no other intent has; its price depends on its number."""
    params: dict[str, Value] = {"ratio": "1280:720", "duration": 2 + number % 4}
    return Intent(f"i{number}", Request("text_to_video", "gen4.5", f"Take {number}", params))


def serve(settings: Settings, key: str, wire: Connection, log: Path) -> None:
    """The server's life: say that it is ready, take intents and deeds, say when it leads, show its
    metrics when asked; until it is told None, or is killed."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
    settings = replace(settings, api_key=key)
    logs.begin(settings)
    studio = Studio(settings)
    studio.start()
    wire.send(("ready", ""))
    leads = False
    while True:
        if wire.poll(0.02):
            wanted: Intent | Many | Deed | Question | None = wire.recv()
            if wanted is None:
                break
            for news in told(studio, wanted):
                wire.send(news)
        if studio.tracker.is_leader and not leads:
            leads = True
            wire.send(("leads", ""))
    studio.close()


def told(studio: Studio, wanted: Intent | Many | Deed | Question) -> Iterator[tuple[str, object]]:
    """Do it, and what is answered: a word, and what goes with it."""
    match wanted:
        case Intent(key, request):
            row, _ = studio.compose.submit(request, key)
            yield "accepted", (key, row.id)
        case Many():
            for row in ordered(studio, wanted):
                yield "accepted", (row.idempotency_key, row.id)
        case Deed():
            yield answered(studio, wanted), wanted.number
        case "metrics":
            yield "metrics", studio.metrics.text().decode()
        case "pages":
            yield "pages", looked(studio)


def looked(studio: Studio) -> float:
    """Seconds that what the history and the list of batches show takes to find."""
    began = time.perf_counter()
    studio.history.page(Filter(), Order.NEWEST, 1, 24)
    for batch in studio.batches.newest(10):
        studio.batches.tally(batch.id)
    return time.perf_counter() - began


def ordered(studio: Studio, many: Many) -> list[Generation]:
    """The rows of a batch once it is recorded."""
    wanted = [Wanted(one.request) for one in many.intents]
    batch, _ = studio.batches.submit("Takes", wanted, many.key)
    return [studio.generations.get(number) for number in studio.batches.numbers(batch.id)]


def answered(studio: Studio, deed: Deed) -> str:
    """What whoever does it gets to know."""
    try:
        return "taken" if do(studio, deed) else "refused"
    except StoreError:
        return "failed"


@dataclass
class Server:
    """One server on a data folder, from the harness's side. `start` again after `kill`."""

    settings: Settings
    process: ForkServerProcess | None = None
    leads: int = 0
    told: set[str] = field(default_factory=set)
    made: list[int] = field(default_factory=list)
    """The generations of the intents that it accepted."""
    desk: Desk = field(default_factory=Desk)
    owed: dict[int, Deed] = field(default_factory=dict)
    """Deeds that it has not answered, or could not write; they are done again, also after a
    start."""
    metrics: str = ""
    pages: float = 0.0
    _wire: Connection | None = None

    def start(self) -> None:
        """Start it; it is not ready yet."""
        self._wire, theirs = FORKS.Pipe()
        # A Settings does not show its key, and is not pickled with it in any log: it goes apart.
        plain, key = replace(self.settings, api_key=""), self.settings.api_key
        log = self.settings.data_dir.parent / "servers.log"
        self.process = FORKS.Process(target=serve, args=(plain, key, theirs, log), daemon=True)
        self.process.start()
        theirs.close()
        for deed in self.owed.values():
            self._tell(deed)

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self.process
        assert self.process.pid
        return self.process.pid

    def want(self, wanted: Intent | Many) -> None:
        """Tell it an intent, or many. Whether it was accepted shows in `told`, some time."""
        self._tell(wanted)

    def decide(self) -> None:
        """Have somebody change a generation; what becomes of it shows at the desk, some time."""
        if len(self.owed) < MOST_OWED and (deed := self.desk.next(self.made)):
            self.owed[deed.number] = deed
            self._tell(deed)

    def write_down(self, wanted: Intent, by: Studio) -> None:
        """Another server on the folder takes the intent."""
        row, _ = by.compose.submit(wanted.request, wanted.key)
        self._take_in("accepted", (wanted.key, row.id))

    def decide_by(self, studio: Studio) -> None:
        """Somebody changes a generation at another server on the folder."""
        if deed := self.desk.next(self.made):
            self.desk.hear(deed.number, taken=do(studio, deed))

    def hear(self, seconds: float = 0.0) -> str:
        """Wait so long for news, and take it in; empty when there is none."""
        assert self._wire
        news: tuple[str, Any] = ("", "")
        with suppress(EOFError, OSError):
            if self._wire.poll(seconds):
                news = self._wire.recv()
        self._take_in(*news)
        return news[0]

    def _take_in(self, word: str, told: Any) -> None:
        match word:
            case "accepted":
                self.told.add(told[0])
                self.made.append(told[1])
            case "taken" | "refused":
                del self.owed[told]
                self.desk.hear(told, taken=word == "taken")
            case "failed":
                self._tell(self.owed[told])
            case "metrics":
                self.metrics = told
            case "pages":
                self.pages = told
            case "leads":
                self.leads += 1

    def until(self, word: str, seconds: float = 60.0) -> None:
        """Wait for that news."""
        while (heard := self.hear(seconds)) != word:
            assert heard, f"no {word!r} within {seconds} seconds:\n{self.log}"

    def time_pages(self) -> float:
        """Seconds that pages wait for what they show, at this moment."""
        self._tell("pages")
        self.until("pages")
        return self.pages

    def look(self) -> str:
        """Its metrics at this moment, in the text format of Prometheus."""
        self._tell("metrics")
        self.until("metrics")
        return self.metrics

    @property
    def log(self) -> str:
        """What the servers on this folder have written."""
        return (self.settings.data_dir.parent / "servers.log").read_text(errors="replace")

    def kill(self) -> None:
        """`kill -9`, then hear what it had said before."""
        os.kill(self.pid, signal.SIGKILL)
        self._end()

    def stop(self) -> None:
        """Let it end politely."""
        assert self._wire
        self._wire.send(None)
        self._end()

    def _tell(self, what: Intent | Many | Deed | str) -> None:
        assert self._wire
        with suppress(OSError):
            self._wire.send(what)

    def _end(self) -> None:
        assert self.process
        assert self._wire
        self.process.join(30)
        while self.hear():
            pass
        self._wire.close()


def settings_for(folder: Path, url: str, key: str, **more: Any) -> Settings:
    """Settings of a server that polls far more often than Runway would like, to save time, and is
    content with any disk."""
    values: dict[str, Any] = {"base_url": url, "api_key": key, "poll_seconds": 0.2, "disk_floor": 0}
    return Settings(data_dir=folder / "data", **(values | more))
