"""A real server in a process of its own, and a real browser."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from tests import chromium
from tests.browser import made_before
from tests.browser.serving import Server, serving

PATIENCE_MS = 120_000
"""What a busy machine may take; what is there at once is not waited for."""
expect.set_options(timeout=PATIENCE_MS)

FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...]], Path]:
    """Gives data folders, to copy, of a demo that has made clips of these prompts.

    In all of them the emulator has its clips in one place, and renders none twice: it gives way to
    everybody, so that on a busy machine a clip takes minutes.
    """
    clips = tmp_path_factory.mktemp("clips")

    @cache
    def folder(prompts: tuple[str, ...]) -> Path:
        new = tmp_path_factory.mktemp("made")
        (new / "emulator").mkdir()
        (new / "emulator" / "clips").symlink_to(clips)
        if prompts:
            made_before.make(new, *prompts)
        return new

    return folder


@pytest.fixture
def server(
    tmp_path: Path, request: pytest.FixtureRequest, made: Callable[[tuple[str, ...]], Path]
) -> Iterator[Server]:
    """A fresh demo server, whose clips take four seconds; `made` marks a test that needs clips
    which are there before, and says how long others take."""
    mark = request.node.get_closest_marker("made") or pytest.mark.made().mark
    folder = Path(shutil.copytree(made(mark.args), tmp_path / "served", symlinks=True))
    environment = {"DAILIES_DEMO_SECONDS": f"{mark.kwargs.get('seconds', 4)}"}
    with serving(Server(folder, environment, warm=True)) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all of the tests that a process runs."""
    path = chromium.required()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield launched
        launched.close()


AWAY = (
    "Client Error in reaching server endpoint",
    "Cannot send rerun backMessage",
    "Streamlit server is not responding",
    "Failed to load resource: net::ERR_CONNECTION_",
    "Failed to load resource: net::ERR_EMPTY_RESPONSE",
)
"""How Streamlit's page and the browser speak of a server that is down: some tests restart it."""


@dataclass
class Watched:
    """What a page must not do: complain in the console, or talk to anybody but the server."""

    server: str = "127.0.0.1"
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._requested)

    def _said(self, said: ConsoleMessage) -> None:
        # On a deep link Streamlit first looks for its server below the page's own path.
        strange = "/_stcore/" not in said.location["url"] and not said.text.startswith(AWAY)
        if said.type == "error" and strange:
            self.errors.append(said.text)

    def _requested(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in (None, self.server):
            self.strangers.append(request.url)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = report.failed
    return report


@contextmanager
def visits(
    browser: Browser, server: Server, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens pages of the server; afterwards nothing may have gone wrong in any of them. Of a test
    that fails each page is kept as a picture.

    Whoever opens them asks for little motion, unless a test is about `motion`: what moves for as
    long as a clip is made is drawn sixty times a second, without a graphics card by the processor.
    """
    watched = Watched()
    contexts = []
    pictures: Path = request.getfixturevalue("tmp_path")

    def open_one(
        path: str = "/", width: int = 1440, scheme: str = "light", *, motion: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 1000},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="no-preference" if motion else "reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watched.follow(page)
        page.goto(server.url + path)
        return page

    yield open_one
    for number, context in enumerate(contexts):
        for page in context.pages if request.node.stash[FAILED] else ():
            page.screenshot(path=pictures / f"last-{number}.png")
        context.close()
    assert watched.errors == []
    assert watched.strangers == []


@pytest.fixture
def visit(
    browser: Browser, server: Server, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens pages of the test's own server."""
    with visits(browser, server, request) as opening:
        yield opening


@pytest.fixture(scope="module")
def started() -> Iterator[tuple[ExitStack, dict[str, Server]]]:
    """What a file's tests that change nothing share: their servers, once one of them needs it."""
    with ExitStack() as until_the_end:
        yield until_the_end, {}


@pytest.fixture
def shared(
    started: tuple[ExitStack, dict[str, Server]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Callable[[Path], object]], Server]:
    """Gives a demo server on a folder that was filled so, for tests that leave it as it is.

    It is started within the fence of the first of them, and runs until the last has ended.
    """
    until_the_end, servers = started

    def get(fill: Callable[[Path], object]) -> Server:
        if fill.__qualname__ not in servers:
            folder = tmp_path_factory.mktemp("shared") / "served"
            fill(folder)
            new = Server(folder, {"DAILIES_DEMO_SECONDS": "60"}, warm=True)
            servers[fill.__qualname__] = until_the_end.enter_context(serving(new))
        return servers[fill.__qualname__]

    return get


@pytest.fixture
def empty_server(shared: Callable[[Callable[[Path], object]], Server]) -> Server:
    """A demo server on which nothing was made, for tests that make nothing either."""
    return shared(Path.mkdir)


@pytest.fixture
def look(
    browser: Browser, empty_server: Server, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """Opens pages of the server on which nothing was made, each for somebody who is new there."""
    with visits(browser, empty_server, request) as opening:
        yield opening
    with closing(sqlite3.connect(empty_server.folder / "history.db")) as file:
        assert file.execute("select count(*) from generations").fetchone() == (0,)
