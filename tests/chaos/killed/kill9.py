"""`kill -9` at random moments, while Runway refuses, garbles, stumbles and cuts downloads short.

Each life of the server lasts from nothing to a few seconds; the emulator lives on and keeps the
ledger. In the end one server runs on until nothing is open, with all the faults still there.
A last part does the same to the real `streamlit run app.py`.
"""

from __future__ import annotations

import atexit
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from core.emulator import Emulator
from core.emulator.footage.process import render
from core.emulator.render_job import Job
from core.generations import OPEN
from core.studio import Studio
from tests.browser import serving
from tests.chaos import desk_books
from tests.chaos.books import Books, rows
from tests.chaos.faults import AMBIGUOUS, DOWNLOADS, POLLS, REFUSALS, mixture
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.servers import Server, intent, settings_for

KILLS, SHORT_KILLS = 300, 5
REAL_KILLS, SHORT_REAL_KILLS = 20, 1
LONGEST_LIFE = 1.2
PER_LIFE = 3.5
DECISIONS = 3
"""Per intent, one right after the other."""
SHORT_LIFE, LONG_LIFE = 3.0, 600.0
LINK_SECONDS = 1
KEY = "key_of_a_killed_server"


def run(short: bool) -> Iterator[Figure]:
    """Kill the quick server, then the real one."""
    kills = SHORT_KILLS if short else KILLS
    with ground() as (folder, emulator):
        emulator.script(everything())
        server = Server(settings_for(folder, emulator.url, KEY))
        dice = random.Random(1)
        wanted, began = 0, time.monotonic()
        for _ in range(kills):
            wanted += live_and_die(server, dice, wanted)
        server.start()
        seconds = settle(server, life=SHORT_LIFE if short else LONG_LIFE)
        desk_books.last_round(server)
        server.stop()
        yield Promise("kill -9 of the server", kills, kills)
        yield Measure("seconds with kills", time.monotonic() - began - seconds, "s")
        yield Measure("seconds until nothing was open", seconds, "s")
        yield from outcome(server, emulator)
        yield from desk_books.outcome(server.settings, server.desk)
    yield from real_servers(SHORT_REAL_KILLS if short else REAL_KILLS, warm=short)


def live_and_die(server: Server, dice: random.Random, wanted: int) -> int:
    """One life: some intents at random moments, then the end; how many intents.

    One in five ends at any moment from its start on, the others once the server is ready: on a busy
    machine few would come so far.
    """
    server.start()
    if dice.random() < 0.8:
        server.until("ready")
    end = time.monotonic() + dice.uniform(0.0, LONGEST_LIFE)
    told = 0
    while time.monotonic() < end:
        pause = time.monotonic() + dice.expovariate(PER_LIFE / LONGEST_LIFE * 2)
        while (rest := min(pause, end) - time.monotonic()) > 0:
            server.hear(rest)
        server.want(intent(wanted + told))
        told += 1
        for _ in range(DECISIONS):
            server.decide()
    server.kill()
    return told


def outcome(server: Server, emulator: Emulator) -> Iterator[Figure]:
    """The books of a quick server's folder, and which faults made them hard to keep."""
    ledger = emulator.ledger()
    met = ledger["faults_met"]
    books = Books.read(server.settings.data_dir, emulator, server.told)
    yield Measure("intents accepted; rows", len(server.told), f"; {len(books.rows)}")
    yield Measure("tasks paid; create calls", len(books.tasks), f"; {ledger['calls']['create']}")
    for name, operation in (("refused", "create"), ("poll", "task"), ("download", "output")):
        share = 100 * met.get(name, 0) / ledger["calls"].get(operation, 1)
        yield Measure(f"faults met: {name}", share, "%")
    yield from books.promises(met.get("ambiguous", 0))


def everything() -> list[dict[str, object]]:
    """The faults that the promise is made for."""
    return [
        *mixture("create", ("refused", 0.20, REFUSALS), ("ambiguous", 0.06, AMBIGUOUS)),
        *mixture("task", ("poll", 0.35, POLLS)),
        *mixture("output", ("download", 0.40, DOWNLOADS)),
    ]


def settle(server: Server, seconds: float = 600.0, life: float = 600.0) -> float:
    """Wait until the server has nothing open any more; how long it took.

    After each `life` it is stopped and started again, which forgets how long it meant to wait.
    """
    began = started = time.monotonic()
    while any(row.status in OPEN for row in rows(server.settings.data_dir)):
        server.hear(0.5)
        now = time.monotonic()
        if now - started > life:
            server.stop()
            server.start()
            server.until("ready")
            started = time.monotonic()
        assert now - began < seconds, f"still open:\n{server.log[-4000:]}"
    return time.monotonic() - began


@contextmanager
def ground(**rules: object) -> Iterator[tuple[Path, Emulator]]:
    """A folder for a server, and an emulator with small clips, short links and much credit."""
    with TemporaryDirectory(prefix="chaos-") as temporary:
        folder = Path(temporary)
        with Emulator(samples=samples(), credits=10**9, tempo="seconds:0.5") as emulator:
            emulator.configure(url_ttl=LINK_SECONDS, **rules)
            yield folder, emulator


@cache
def samples() -> tuple[Path, ...]:
    """Clips as small as they get and still worth resuming, until this process ends."""
    folder = Path(mkdtemp(prefix="chaos-"))
    atexit.register(shutil.rmtree, folder)
    files = tuple(folder / f"sample-{number}.mp4" for number in range(3))
    for number, file in enumerate(files):
        render(Job(640, 360, 1 + number, prompt=f"Sample {number}"), folder, file)
    return files


def real_servers(kills: int, *, warm: bool) -> Iterator[Figure]:
    """The same with Streamlit around it. Intents come from a second, passive Studio."""
    with ground() as (folder, emulator):
        emulator.script(everything())
        settings = settings_for(folder, emulator.url, KEY)
        environment = {"RUNWAYML_API_SECRET": KEY, "RUNWAYML_BASE_URL": emulator.url}
        server = serving.Server(settings.data_dir, environment, warm=warm)
        dice = random.Random(2)
        last = Server(replace(settings, poll_seconds=0.2))
        with closing(Studio(settings)) as studio:
            for number in range(3 * kills):
                if number % 3 == 0:
                    server.start()
                last.write_down(intent(number), studio)
                for _ in range(DECISIONS):
                    last.decide_by(studio)
                time.sleep(dice.uniform(0.0, 1.0))
                if number % 3 == 2:
                    server.stop(kill=True)
        last.start()
        settle(last, life=SHORT_LIFE)
        desk_books.last_round(last)
        last.stop()
        books = Books.read(settings.data_dir, emulator, last.told)
        yield Promise("kill -9 of `streamlit run app.py`", kills, kills)
        met = emulator.ledger()["faults_met"]
        yield from books.in_short(met.get("ambiguous", 0))
        yield from desk_books.in_short(settings, last.desk)
