"""Who gets what is served beside the pages: those who have signed in, and nobody by a trick."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as Asked
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from core.domain.people import Identity, Role
from core.domain.shares import NewShare
from core.generations import Request
from core.serving import presenting
from core.settings import Settings
from core.studio import Studio
from core.web.guests import shares
from core.web.routes import routes
from core.web.sign_in import RETURN, Cookies, SignIn, is_trusted
from tests.conftest import OpenStudio
from tests.histories import add_to

PROXIES = (ip_network("10.0.0.7"),)
VERA = "vera@studio.example"
HEADERS = {"X-Auth-Request-Email": VERA}
MEDIA = (
    "videos/1/0", "posters/1/0", "stills/1/0/320", "previews/1/0", "storyboards/1/0",
    "frames/1/0/1", "blind/1/0", "pictures/00", "uploads/00", "exports/00/archive.zip",
    "exports/00/generations.csv", "exports/00/generations.json", "newest", "in_flight",
)  # fmt: skip


def of_cookies(cookies: Cookies) -> Identity | None:
    """Stands for Streamlit's signed cookie, which the browser's test reads in truth."""
    return Identity(f"idp {cookies['who']}") if "who" in cookies else None


def header(request: Asked) -> PlainTextResponse:
    return PlainTextResponse(request.headers.get("x-auth-request-email", "nobody"))


@pytest.fixture
def team(open_studio: OpenStudio, settings: Settings, text_request: Request) -> Studio:
    """A studio with a generation, to which Mike comes by the provider and Vera by the proxy."""
    studio = open_studio(replace(settings, viewers=frozenset({VERA})))
    studio.people.arrive(Identity("idp mike", "Mike"))
    studio.people.set_role("idp mike", Role.MAKER)
    studio.people.arrive(Identity(f"proxy {VERA}", "Vera", VERA))
    add_to(studio, text_request)
    return studio


@pytest.fixture
def web(team: Studio) -> Iterator[Starlette]:
    """What is served, with a sign-in that sends people home as Streamlit's does."""

    def home(_request: Asked) -> RedirectResponse:
        return RedirectResponse("/dailies/", 302)

    extra = [
        Route("/dailies/header", header),
        Route("/dailies/auth/login", home),
        Route("/dailies/oauth2callback", home),
        Route("/dailies/auth/logout", home),
    ]
    sign_in = Middleware(
        SignIn, studio=team, of_cookies=of_cookies, proxies=PROXIES, base="dailies"
    )
    with presenting(team):
        yield Starlette(
            routes=[*extra, *shares.routes("dailies"), *routes("dailies")],
            middleware=[sign_in],
        )


def client(web: Starlette, address: str = "203.0.113.9", port: int = 40_000) -> TestClient:
    return TestClient(web, client=(address, port), follow_redirects=False)


@pytest.mark.parametrize("path", MEDIA)
def test_without_a_sign_in_nothing_is_there(web: Starlette, path: str) -> None:
    answer = client(web).get(f"/dailies/app/static/{path}")
    assert (answer.status_code, answer.text) == (404, "There is no such file in the history.")


def test_the_cookie_of_a_sign_in_opens_and_a_removal_closes(web: Starlette, team: Studio) -> None:
    browser = client(web)
    browser.cookies.set("who", "mike")
    assert browser.get("/dailies/app/static/newest").json() == {"newest": 1}
    team.people.remove("idp mike")
    assert browser.get("/dailies/app/static/newest").status_code == 404
    browser.cookies.set("who", "eve")
    assert browser.get("/dailies/app/static/newest").status_code == 404


@pytest.mark.parametrize(
    ("address", "port", "is_believed"),
    [
        ("10.0.0.7", 40_000, True),
        ("::ffff:10.0.0.7", 40_000, True),
        ("203.0.113.9", 0, True),  # uvicorn has put the visitor in the place of the proxy
        ("203.0.113.9", 40_000, False),
        ("127.0.0.1", 40_000, False),
        ("10.0.0.70", 40_000, False),
        ("testclient", 40_000, False),
    ],
)
def test_only_a_proxy_that_the_settings_name_tells_who_asks(
    web: Starlette, address: str, port: int, is_believed: bool
) -> None:
    browser = client(web, address, port)
    status = browser.get("/dailies/app/static/newest", headers=HEADERS).status_code
    seen = browser.get("/dailies/header", headers=HEADERS).text
    assert (status, seen) == ((200, VERA) if is_believed else (404, "nobody"))
    assert not is_trusted({"client": (address, port)}, ())


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("203.0.113.9", 404)])
def test_a_proxy_is_known_where_uvicorn_tells_its_visitor(
    web: Starlette, address: str, status: int
) -> None:
    """And nobody becomes one by saying that they stand behind it."""
    server = ProxyHeadersMiddleware(web, trusted_hosts="127.0.0.1")  # type: ignore[arg-type]
    browser = TestClient(server, client=(address, 40_000))  # type: ignore[arg-type]
    told = HEADERS | {"X-Forwarded-For": "10.0.0.7"}
    assert browser.get("/dailies/app/static/newest", headers=told).status_code == status


def test_links_of_guests_and_health_need_no_sign_in(web: Starlette, team: Studio) -> None:
    share = team.shares.make(NewShare("Cut", "Mike"), [1])
    browser = client(web)
    page = browser.get(f"/dailies/share/{team.shares.token(share)}")
    assert page.status_code == 200
    assert "Cut" in page.text
    assert browser.get("/dailies/healthz").status_code in (200, 503)


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://testserver/dailies/generation?id=5&x=a%20b", "/dailies/generation?id=5&x=a%20b"),
        ("http://evil.example/dailies/history", "/dailies/"),
        ("http://testserver//evil.example/", "/dailies/"),
        ("http://testserver/other", "/dailies/"),
        ("", "/dailies/"),
    ],
)
def test_a_sign_in_leads_back_to_the_page_that_somebody_came_for(
    web: Starlette, came_from: str, leads_to: str
) -> None:
    browser = client(web)
    browser.get("/dailies/auth/login", headers={"Referer": came_from} if came_from else {})
    assert browser.get("/dailies/oauth2callback").headers["location"] == leads_to
    assert RETURN not in browser.cookies


@pytest.mark.parametrize("address", ["//evil.example", "/dailies/\\evil", "https://evil.example/"])
def test_a_sign_in_never_leads_elsewhere(web: Starlette, address: str) -> None:
    browser = client(web)
    browser.cookies.set(RETURN, address)
    assert browser.get("/dailies/oauth2callback").headers["location"] == "/dailies/"


@pytest.mark.parametrize("address", ["//evil.example/", "/\\evil.example/"])
def test_at_the_root_a_sign_in_never_leads_elsewhere_either(team: Studio, address: str) -> None:
    callback = Route("/oauth2callback", lambda _request: RedirectResponse("/", 302))
    sign_in = Middleware(SignIn, studio=team, of_cookies=of_cookies, proxies=(), base="")
    with presenting(team):
        browser = client(Starlette(routes=[callback], middleware=[sign_in]))
        browser.cookies.set(RETURN, address)
        assert browser.get("/oauth2callback").headers["location"] == "/"


def test_signing_out_has_the_browser_forget_clips(web: Starlette) -> None:
    answer = client(web).get("/dailies/auth/logout")
    assert answer.headers["clear-site-data"] == '"cache"'
