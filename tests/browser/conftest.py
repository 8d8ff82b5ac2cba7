"""A real server in a process of its own, and a real browser."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
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

from tests.browser.serving import Server, serving

PATIENCE_MS = 120_000
"""What a busy machine may take; what is there at once is not waited for."""
expect.set_options(timeout=PATIENCE_MS)

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP studio.example.com 127.0.0.1",  # the proxy's name
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One that fails is run once more, and both are told: a browser on a machine that is busy with
    others sometimes misses a moment, and what is broken is broken twice."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A fresh demo server, whose clips take four seconds."""
    with serving(Server(tmp_path / "served", {"DAILIES_DEMO_SECONDS": "4"})) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as the system has it; nothing is downloaded."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing: the browser tests must not be skipped here")
    if path is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


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


@contextmanager
def visits(browser: Browser, server: Server, pictures: Path) -> Iterator[Callable[..., Page]]:
    """Opens pages of the server; afterwards nothing may have gone wrong in any of them."""
    watched = Watched()
    contexts = []

    def open_one(path: str = "/", width: int = 1440, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 1000},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        watched.follow(page)
        page.goto(server.url + path)
        return page

    yield open_one
    for number, context in enumerate(contexts):
        for page in context.pages:
            page.screenshot(path=pictures / f"last-{number}.png")
        context.close()
    assert watched.errors == []
    assert watched.strangers == []


@pytest.fixture
def visit(browser: Browser, server: Server, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens pages of the test's own server."""
    with visits(browser, server, tmp_path) as opening:
        yield opening


@pytest.fixture(scope="module")
def started() -> Iterator[tuple[ExitStack, list[Server]]]:
    """What a file's tests that change nothing share: their server, once one of them needs it."""
    with ExitStack() as until_the_end:
        yield until_the_end, []


@pytest.fixture
def empty_server(
    started: tuple[ExitStack, list[Server]], tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """A demo server on which nothing was made, for tests that make nothing either.

    It is started within the fence of the first of them, and runs until the last has ended.
    """
    until_the_end, servers = started
    if not servers:
        new = Server(tmp_path_factory.mktemp("empty"), {})
        servers.append(until_the_end.enter_context(serving(new)))
    return servers[0]


@pytest.fixture
def look(browser: Browser, empty_server: Server, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens pages of the server on which nothing was made, each for somebody who is new there."""
    with visits(browser, empty_server, tmp_path) as opening:
        yield opening
    with closing(sqlite3.connect(empty_server.folder / "history.db")) as file:
        assert file.execute("select count(*) from generations").fetchone() == (0,)
