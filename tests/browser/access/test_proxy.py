"""Dailies behind the proxy of the README: a path of its own, TLS, a login, a limit on bodies."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Watched
from tests.browser.proxies import NAME, PASSWORD, USER, Nginx
from tests.browser.serving import Server, serving
from tests.browser.test_journey import generate, play, settled, upload

pytestmark = pytest.mark.browser

SEEN = """said => [...document.querySelectorAll('img')].some(
    i => i.alt.startsWith(said) && i.complete && i.naturalWidth)"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A demo server as the README starts it, for its proxy."""
    environment = {"DAILIES_DEMO_SECONDS": "2", "DAILIES_ALLOWED_HOSTS": NAME}
    with serving(Server(tmp_path / "served", environment, base="/dailies")) as running:
        yield running


@pytest.fixture
def proxy(server: Server, tmp_path: Path) -> Iterator[Nginx]:
    running = Nginx(tmp_path / "nginx", server.port)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def page(browser: Browser, proxy: Nginx) -> Iterator[Page]:
    """A page that comes through the proxy, as somebody who may."""
    watched = Watched(NAME)
    context = browser.new_context(
        ignore_https_errors=True,
        http_credentials={"username": USER, "password": PASSWORD},
        viewport={"width": 1440, "height": 1000},
    )
    page = context.new_page()
    page.set_default_timeout(90_000)
    watched.follow(page)
    page.goto(f"{proxy.url}/")
    yield page
    context.close()
    assert watched.errors == []
    assert watched.strangers == []


def large_picture() -> bytes:
    """More than a proxy lets through that was told of no limit."""
    out = io.BytesIO()
    noise = random.Random(1).randbytes(1280 * 720 * 3)
    Image.frombytes("RGB", (1280, 720), noise).save(out, "PNG")
    return out.getvalue()


def test_the_main_job_is_done_through_the_proxy(page: Page, proxy: Nginx, server: Server) -> None:
    noise = large_picture()
    assert len(noise) > 2_000_000
    upload(page, "noise.png", noise)
    page.wait_for_function(SEEN, arg="First frame")
    figures = requests.get(f"{server.url}/_stcore/metrics", timeout=10).text
    assert "session_events" in figures
    assert "UploadedFileManager" not in figures, "it lies in memory beside the disk"
    generate(page)
    play(page)
    tile = page.locator("li[data-state=done] img")
    page.wait_for_function("still => still.naturalWidth > 0", arg=tile.element_handle())

    link = page.get_by_role("link", name="Download").first
    address = link.get_attribute("href")
    assert address
    assert address.startswith("/dailies/app/static/videos/1/0?")
    with page.expect_download() as saved:
        link.evaluate("link => { link.removeAttribute('target'); link.click() }")
    assert re.fullmatch(r"dailies-1-[\w.]+\.mp4", saved.value.suggested_filename)

    page.get_by_role("link", name="History").first.click()
    page.wait_for_url("**/dailies/history")
    page.get_by_role("link", name="#1").first.click()
    page.wait_for_url("**/dailies/generation?id=1")
    play(page)
    page.goto(f"{proxy.url}/generation?id=1")  # a link that somebody was sent
    play(page)
    settled(page)
