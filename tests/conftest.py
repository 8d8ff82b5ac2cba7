"""What every test stands on: a fenced environment, a clock, one emulator, settings, a studio."""

from __future__ import annotations

import asyncio
import io
import os
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from PIL import Image

from core import known_providers
from core.accounting.reconciliation import Comparison
from core.emulator import Emulator
from core.generations import FIRST_PROVIDER, Generation, Input, Request, Value
from core.providers.account import Account
from core.settings import Settings
from core.storage.database import HistoryFile
from core.studio import Studio
from core.studio.engine import Connect

ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 11, 22, 12, 0, 0, 123_456, tzinfo=UTC)
Found = TypeVar("Found")
FENCED = (
    "RUNWAY",
    "KIE_",
    "DAILIES_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "NETRC",
)

# What some fixtures give, for the signatures of tests.
OpenStudio = Callable[..., Studio]
Settle = Callable[..., Generation]
MakeImageRequest = Callable[[str], Request]
MakePicture = Callable[..., bytes]

# Whatever the shell says: otherwise every run, and every server that a test starts, compiles all of
# the code anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# How long an example takes says how busy the machine is, and nothing of the code.
hypothesis_settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("untimed")


LONGEST = (
    "tests/chaos/",
    "tests/pages/compose/test_every_option.py",
    "tests/benchmarks/",
    "tests/pictures/",
    "tests/browser/",
    "tests/test_style.py",
    "tests/upgrades/",
    "tests/test_readme.py",
    "tests/test_architecture.py",
    "tests/emulator/",
    "tests/pages/",
)
"""What takes minutes, the longest first, and what would be the end of the run by its name."""
IN_CHROMIUM = ROOT / "tests" / "browser"
OF_SLOW_TESTS = {"settle", "s3_server", "wired"}
"""Fixtures by which a test starts processes: a server, or for each generation one that sends it."""


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses by marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that start processes are slow ones. Where several processes share the files, begin with
    the long ones: a process that began one when the others have nothing left would be waited for.

    There a test that fails is run once more, as a browser test is everywhere: on a machine that is
    busy with others some moment may be missed, and what is broken is broken twice.
    """
    shared = hasattr(config, "workerinput")
    if shared:
        items.sort(key=lambda item: _place(item.nodeid))
    for item in items:
        if not OF_SLOW_TESTS.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
        if shared or item.path.is_relative_to(IN_CHROMIUM):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Each process that shares the tests tells the first one of every test before it runs it, as it
    may be run once more. By default such small messages wait 40 ms for one another."""
    if hasattr(session.config, "workerinput"):
        told: socket.socket = session.config.failures_db.sock  # type: ignore[attr-defined]
        told.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are processors: tests of servers wait a good deal for them."""
    return ceil(1.5 * (os.cpu_count() or 1))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell of each test that was run once more: what became of it, and what it failed of before."""
    stats = terminalreporter.stats
    lost = {report.nodeid for kind in ("failed", "error") for report in stats.get(kind, ())}
    if again := stats.get("rerun", []):
        terminalreporter.section("failed at first, and run once more")
    for report in again:
        crash = getattr(report.longrepr, "reprcrash", None)
        reason = (crash.message if crash else f"{report.longrepr}").strip().partition("\n")[0]
        became = "failed again" if report.nodeid in lost else "passed then"
        terminalreporter.line(f"{became}: {report.nodeid} ({report.when}) - {reason}")


def _place(nodeid: str) -> int:
    found = (place for place, long in enumerate(LONGEST) if nodeid.startswith(long))
    return next(found, len(LONGEST))


def pytest_report_header() -> str:
    """The versions that half of all reports turn on."""
    from sqlite_utils.utils import sqlite3

    names = ("sqlite-utils", "streamlit", "requests", "av")
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    return f"SQLite {sqlite3.sqlite_version}, {libraries}"


def in_a_thread(work: Coroutine[Any, Any, Found]) -> Found:
    """Run it where no loop runs: the main thread has that of the browser tests, once these ran."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture(autouse=True)
def fence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No real key, no real data folder, no proxy: whatever the developer's shell or .env says."""
    for name in list(os.environ):
        if name.upper().startswith(FENCED):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DAILIES_ENV_FILE", os.devnull)
    monkeypatch.setenv("DAILIES_DATA_DIR", str(tmp_path / "data"))
    yield
    if streamlit := sys.modules.get("streamlit"):
        streamlit.cache_data.clear()
        streamlit.cache_resource.clear()


class Clock:
    """Real time until it is stopped; then it moves only when told."""

    def __init__(self) -> None:
        self.stopped_at: datetime | None = None
        self._ticks = 0.0

    def now(self) -> datetime:
        """This moment."""
        return self.stopped_at or datetime.now(UTC)

    def advance(self, seconds: float) -> datetime:
        """Let time pass on a stopped clock."""
        assert self.stopped_at
        self.stopped_at += timedelta(seconds=seconds)
        self._ticks += max(seconds, 0.0)
        return self.stopped_at

    def ticks(self) -> float:
        """Seconds that never go back, as a clock on the wall may."""
        return self._ticks if self.stopped_at else time.monotonic()


@pytest.fixture(scope="session")
def the_clock() -> Clock:
    """The emulator's clock, which a test stops by asking for `clock`."""
    return Clock()


@pytest.fixture
def clock(the_clock: Clock) -> Iterator[Clock]:
    """A stopped clock that the emulator shares."""
    the_clock.stopped_at = NOON
    yield the_clock
    the_clock.stopped_at = None


@pytest.fixture(scope="session")
def the_emulator(the_clock: Clock) -> Iterator[Emulator]:
    """One emulator for the whole run: a clip of each size and length is rendered once."""
    with Emulator(clock=the_clock.now, shared_clips=True) as emulator:
        yield emulator


@pytest.fixture
def emulator(the_emulator: Emulator) -> Emulator:
    """The emulator as if it had just started."""
    the_emulator.reset()
    return the_emulator


@pytest.fixture
def key() -> str:
    """A key that no log, row, file or sentence may show."""
    return "key_" + secrets.token_hex(64)


@pytest.fixture
def settings(emulator: Emulator, tmp_path: Path, key: str) -> Settings:
    """A live server's settings, with the emulator as its Runway."""
    return Settings(
        data_dir=tmp_path / "data",
        api_key=key,
        base_url=emulator.url,
        poll_seconds=0.05,
        disk_floor=0,
    )


@pytest.fixture(scope="session")
def empty_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new history. A copy of it stands for one that is opened for the first time, at a tenth of
    what its migrations cost."""
    path = tmp_path_factory.mktemp("empty") / "history.db"
    HistoryFile(path).close()
    return path


@pytest.fixture
def open_studio(clock: Clock, empty_history: Path) -> Iterator[OpenStudio]:
    """Opens studios on the stopped clock, not started; closes those still open."""
    opened: list[Studio] = []

    def open_one(settings: Settings, connect: Connect = known_providers.connect) -> Studio:
        if not settings.data_dir.exists():
            settings.data_dir.mkdir(parents=True)
            shutil.copyfile(empty_history, settings.data_dir / "history.db")
        opened.append(Studio(settings, clock.now, clock.ticks, 2, connect))
        return opened[-1]

    yield open_one
    for studio in opened:
        studio.close()


@pytest.fixture
def studio(open_studio: OpenStudio, settings: Settings) -> Studio:
    """A studio on the emulator, whose tracker a test steps by hand."""
    return open_studio(settings)


def step(studio: Studio, clock: Clock) -> int:
    """One step of the tracker, waited for; how many generations were looked at."""
    futures = studio.tracker.step(clock.now())
    wait(futures)
    for future in futures:
        future.result()
    return len(futures)


def account_of(studio: Studio) -> Account:
    """The account once Runway has been asked, by hand as `step` does it."""
    studio.accounts.seen(FIRST_PROVIDER)
    studio.accounts.look()
    return studio.accounts.seen(FIRST_PROVIDER)


def books_of(studio: Studio) -> Comparison:
    """Both sides of the books once Runway has told its own."""
    studio.books.compared()
    studio.accounts.look()
    return studio.books.compared()


@pytest.fixture
def settle(clock: Clock) -> Settle:
    """Steps a studio, and lets time pass, until a generation is final or `until` holds."""

    def until_final(generation: Generation) -> bool:
        return generation.status.is_final

    def run(
        studio: Studio,
        generation: Generation,
        until: Callable[[Generation], bool] = until_final,
        steps: int = 80,
    ) -> Generation:
        for _ in range(steps):
            found = studio.generations.get(generation.id)
            if until(found):
                return found
            if not step(studio, clock):
                clock.advance(1.01 * studio.settings.poll_seconds)
        raise AssertionError(f"it never came to that: {found}")

    return run


@pytest.fixture
def text_request() -> Request:
    """The cheapest clip from words."""
    params: dict[str, Value] = {"ratio": "1280:720", "duration": 2}
    return Request("text_to_video", "gen4.5", "A quiet sea", params)


@pytest.fixture
def image_request() -> MakeImageRequest:
    """The cheapest clip from a picture, given its SHA-256."""

    def make(sha256: str) -> Request:
        params: dict[str, Value] = {"ratio": "1280:720", "duration": 2}
        return Request("image_to_video", "gen4_turbo", "", params, (Input("first", sha256=sha256),))

    return make


@pytest.fixture
def picture() -> MakePicture:
    """Files of pictures: a size, a format, and whatever Pillow's `save` takes."""

    def make(
        size: tuple[int, int] = (320, 180), form: str = "PNG", mode: str = "RGB", **options: Any
    ) -> bytes:
        out = io.BytesIO()
        noise = Image.effect_noise(size, 80).convert(mode)
        noise.save(out, form, **options)
        return out.getvalue()

    return make
