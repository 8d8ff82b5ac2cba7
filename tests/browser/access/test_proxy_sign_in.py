"""Signing in at the nginx of the README: it asks people for a password and tells who they are, and
lets programs with a token by."""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.proxies import NAME, PASSWORD, Nginx, signing_in
from tests.browser.serving import Server, serving
from tests.program_tokens import token_in

pytestmark = pytest.mark.browser

NORA, MIKE = "nora@studio.example", "mike@studio.example"
AS_NORA = {"X-Auth-Request-Email": NORA, "X-Forwarded-For": "127.0.0.1"}
NEWEST = "/app/static/newest"
MODELS = "/api/v1/models"
ELSEWHERE = "127.0.0.2"
"""An address of another machine, as far as the settings know."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that believes the proxy of this machine, and has Nora as an admin."""
    environment = {
        "DAILIES_DEMO_SECONDS": "0",
        "DAILIES_ALLOWED_HOSTS": NAME,
        "DAILIES_LOGIN_PROXIES": "127.0.0.1",
        "DAILIES_ADMINS": NORA,
    }
    folder = tmp_path_factory.mktemp("served")
    with serving(Server(folder, environment, base="/dailies")) as running:
        yield running


@pytest.fixture(scope="module")
def proxy(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    folder = tmp_path_factory.mktemp("proxy") / "nginx"
    running = Nginx(folder, server.port, text=signing_in(), users=(NORA, MIKE))
    running.start()
    yield running
    running.stop()


def basic(user: str, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def through(
    proxy: Nginx, path: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> tuple[int, str]:
    """The status that comes back through nginx, and as what somebody is asked to sign in."""
    context = ssl.create_default_context(cafile=str(proxy.folder / "studio.pem"))
    context.check_hostname = False  # the name is that of the README, and nobody's here
    port = HTTPSConnection("127.0.0.1", proxy.port, timeout=60, context=context)
    return _asked(port, method, path, {"Host": NAME, **(headers or {})})


def beside(server: Server, path: str, source: str) -> int:
    """The status for who says to be Nora, from that address and not through nginx."""
    port = HTTPConnection("127.0.0.1", server.port, timeout=60, source_address=(source, 0))
    return _asked(port, "GET", path, AS_NORA)[0]


def _asked(
    connection: HTTPConnection, method: str, path: str, headers: Mapping[str, str]
) -> tuple[int, str]:
    with closing(connection):
        connection.request(method, f"/dailies{path}", headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.headers.get("WWW-Authenticate", "").partition(" ")[0]


def test_programs_pass_nginx_with_a_token_and_with_nothing_else(
    server: Server, proxy: Nginx
) -> None:
    assert through(proxy, MODELS) == (404, "")  # there is no API yet
    token = {"Authorization": f"Bearer {token_in(server.folder)}"}
    for path in (MODELS, "/runway/v1/organization"):
        assert through(proxy, path, token) == (200, ""), path
        assert through(proxy, path) == (401, "Bearer"), path
    assert through(proxy, "/mcp", method="POST") == (401, "Bearer")
    assert through(proxy, "/mcp", token, method="POST")[0] not in (401, 404)

    # A token opens nothing else.
    for path in ("/", "/history", NEWEST, "/api", "/apis/", "/mcp/1", f"/api/..{NEWEST}"):
        assert through(proxy, path, token) == (401, "Basic"), path


def test_nginx_tells_who_has_signed_in_and_nobody_else_can(
    browser: Browser, server: Server, proxy: Nginx
) -> None:
    context = browser.new_context(
        ignore_https_errors=True, http_credentials={"username": NORA, "password": PASSWORD}
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(f"{proxy.url}/settings?section=Team")
    expect(page.get_by_role("heading", name="Who did what")).to_be_visible()  # for admins
    expect(page.get_by_role("button", name="nora", exact=True)).to_be_visible()
    context.close()
    assert through(proxy, NEWEST, basic(NORA)) == (200, "")
    assert through(proxy, NEWEST) == (401, "Basic")

    # Mike has a password, and nobody has let him in, whatever his browser says of him.
    assert through(proxy, NEWEST, basic(MIKE) | AS_NORA) == (404, "")

    # Without nginx that header says who asks on this machine, and is nothing from any other.
    assert beside(server, NEWEST, "127.0.0.1") == 200
    assert beside(server, NEWEST, ELSEWHERE) == 404

    # Where nginx asks for no password, a name beside a guessed one is nobody's.
    token_in(server.folder)  # now there is an API
    for forged in (basic(NORA, "a guess"), AS_NORA):
        own_page = forged | {"Sec-Fetch-Site": "same-origin"}
        assert through(proxy, MODELS, own_page) == (401, "Bearer"), forged
