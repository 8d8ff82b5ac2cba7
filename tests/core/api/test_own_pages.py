"""A page of this server calls with the sign-in of its browser, and no other page can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from core.api import routes as programs
from core.domain.people import Identity, Person, Role
from core.serving import presenting
from core.studio import Studio
from core.web.sign_in import Cookies, SignIn
from tests.core.api.conftest import ORIGIN, Program

OWN = "https://studio.example.com"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def of_cookies(cookies: Cookies) -> Identity | None:
    """Stands for Streamlit's signed cookie, which the browser's test reads in truth."""
    return Identity(f"idp {cookies['who']}") if "who" in cookies else None


@pytest.fixture
def browser(studio: Studio) -> Iterator[TestClient]:
    """Mike's, who makes, at a server that has a token."""
    for name, role in (("Mike", Role.MAKER), ("Vera", Role.VIEWER)):
        studio.people.arrive(Identity(f"idp {name}", name))
        studio.people.set_role(f"idp {name}", role)
    studio.tokens.make("a script", Person("", "Ann", Role.ADMIN), Role.MAKER)
    sign_in = Middleware(SignIn, studio=studio, of_cookies=of_cookies, proxies=(), base="")
    app = Starlette(routes=programs.routes("", {ORIGIN}), middleware=[sign_in])
    with presenting(studio), TestClient(app, OWN) as client:
        client.cookies.set("who", "Mike")
        yield client


def make(browser: TestClient, headers: dict[str, str]) -> int:
    body = {"promptText": "Waves", "duration": 2}
    return browser.post("/api/generate-video", json=body, headers=headers).status_code


@pytest.mark.parametrize("headers", [FROM_HERE, {"Origin": OWN}, FROM_HERE | {"Origin": OWN}])
def test_a_page_of_this_server_needs_no_token(
    browser: TestClient, studio: Studio, headers: dict[str, str]
) -> None:
    assert make(browser, headers) == 200
    assert studio.generations.get(1).author == "Mike"
    assert browser.get("/api/task-status/1", headers=headers).status_code == 200
    browser.cookies.set("who", "Vera")
    assert make(browser, headers) == 403
    for who in ("Mike", "Eve"):
        browser.cookies.set("who", who)
        studio.people.remove("idp Mike")
        assert make(browser, headers) == 401
    assert studio.history.newest() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": ORIGIN},
        {"Origin": "null"},
        {"Origin": f"{OWN}.evil.test"},
        {"Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"},
        {"Origin": OWN, "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_no_other_page_calls_with_the_sign_in_of_who_looks_at_it(
    browser: TestClient, studio: Studio, headers: dict[str, str]
) -> None:
    assert make(browser, headers) == 401
    assert browser.get("/api/v1/generations", headers=headers).status_code == 401
    assert studio.history.newest() == 0


def test_where_nobody_signs_in_every_call_needs_a_token(program: Program) -> None:
    page = Program(program.url, headers=FROM_HERE)
    assert page.get("/api/task-status/1").status_code == 401
