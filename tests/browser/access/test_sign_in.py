"""Signing in at a real provider, in a real browser: there and back, and out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.serving import Server, free_port, serving

PEOPLE = (
    {"sub": "nora", "name": "Nora", "email": "nora@studio.example"},
    {"sub": "mike", "name": "Mike", "email": "mike@studio.example"},
)
NEWEST = "/app/static/newest"


@contextmanager
def provider(port: int) -> Iterator[str]:
    """An OpenID provider in a process of its own, at which one click is a sign-in."""
    known = [part for one in PEOPLE for part in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *known]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
    try:
        yield f"http://127.0.0.1:{port}/.well-known/openid-configuration"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Server]:
    """A server to which Nora comes as an admin; Mike waits to be let in."""
    port, secrets = free_port(), tmp_path / "secrets.toml"
    environment = {
        "DAILIES_DEMO_SECONDS": "0",
        "DAILIES_ADMINS": "nora@studio.example",
        "STREAMLIT_SECRETS_FILES": str(secrets),
    }
    with provider(free_port()) as metadata:
        server = Server(tmp_path / "served", environment, port=port)
        secrets.write_text(
            "[auth]\n"
            f'redirect_uri = "{server.url}/oauth2callback"\n'
            f'cookie_secret = "{"5" * 64}"\nclient_id = "dailies"\nclient_secret = "{"7" * 32}"\n'
            f'server_metadata_url = "{metadata}"\n'
        )
        with serving(server):
            yield server


@pytest.fixture
def somebody(browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """Browsers of people of their own, none of whom loads what the provider's page wants."""
    opened: list[BrowserContext] = []

    def new() -> BrowserContext:
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        context.set_default_timeout(PATIENCE_MS)
        context.route("**/*.jsdelivr.net/**", lambda route: route.abort())
        opened.append(context)
        return context

    yield new
    for context in opened:
        context.close()


def come(context: BrowserContext, server: Server, name: str, path: str) -> Page:
    """To that page, by way of the provider."""
    page = context.new_page()
    page.goto(server.url + path)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url(server.url + path)
    return page


def test_people_sign_in_are_let_in_and_sign_out(
    studio: Server, somebody: Callable[[], BrowserContext]
) -> None:
    # Without a sign-in there is neither a page nor a file; a forged cookie is none.
    assert requests.get(studio.url + NEWEST, timeout=10).status_code == 404
    forged = {"_streamlit_user": "eyJpc19sb2dnZWRfaW4iOnRydWV9.aaaa.bbbb"}
    assert requests.get(studio.url + NEWEST, cookies=forged, timeout=10).status_code == 404

    # Mike signs in, and waits.
    mikes = somebody()
    mike = come(mikes, studio, "mike", "/history")
    expect(mike.get_by_text("nobody has let you in yet")).to_be_visible()
    assert mikes.request.get(studio.url + NEWEST).status == 404

    # Nora comes to the very page that she asked for, and lets him in.
    noras = somebody()
    nora = come(noras, studio, "nora", "/spending?period=Today")
    expect(nora.get_by_role("heading", name="Caps")).to_be_visible()
    nora.get_by_role("link", name="Settings").click()
    nora.get_by_role("tab", name="Team").click()
    role = nora.get_by_role("combobox", name="Role of Mike")
    role.click()  # the list opens first: what is typed before is dropped
    role.fill("viewer")
    role.press("Enter")
    expect(nora.get_by_text("1 of 1. Nobody can change or delete them.")).to_be_visible()
    mike.reload()
    expect(mike.get_by_role("link", name="History")).to_be_visible()
    assert mikes.request.get(studio.url + NEWEST).status == 200

    # He signs out: no page and no file is left to him, nor in another tab that he looks at again.
    other = mikes.new_page()
    other.goto(f"{studio.url}/history")
    expect(other.get_by_role("link", name="History")).to_be_visible()
    mike.get_by_role("button", name="Mike").click()
    mike.get_by_role("button", name="Sign out").click()
    mike.get_by_role("button", name="End session").click()  # the provider's own page
    expect(mike.get_by_role("button", name="Sign in")).to_be_visible()
    other.evaluate("dispatchEvent(new Event('focus'))")
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    assert mikes.request.get(studio.url + NEWEST).status == 404
    assert noras.request.get(studio.url + NEWEST).status == 200
