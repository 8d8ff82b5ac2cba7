"""What stands in every frame of a page before anything is drawn: style sheet, name, icon."""

from __future__ import annotations

from importlib.resources import files

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from core.web.page_style import Dressed, Face, PageStyle
from tests.conftest import in_a_thread

PAGE = (files("streamlit") / "static" / "index.html").read_text()


async def page(_request: Request) -> Response:
    return HTMLResponse(
        PAGE, headers={"ETag": '"1"', "Last-Modified": "Thu, 26 Nov 2026 17:53:37 GMT"}
    )


async def data(_request: Request) -> Response:
    return JSONResponse({"said": "<body>"})


def get(style: PageStyle, path: str) -> httpx.Response:
    icon, font = "data:image/svg+xml;base64,AA==", "app/static/fonts/ours.woff2"
    face = Face(style, "Dailies", icon, font, ["static/js/a.js"])
    names = ("/page", "/", "/share", "/share/page", "/shared")
    routes = [style.route(), *(Route(name, page) for name in names), Route("/data", data)]
    inside = Middleware(GZipMiddleware, minimum_size=1)
    app = Starlette(
        routes=routes, middleware=[Middleware(Dressed, face=face, apart=("/share",)), inside]
    )

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path, headers={"Accept": "text/html"})

    return in_a_thread(ask())


def test_a_page_links_the_style_sheet_before_its_first_element() -> None:
    style = PageStyle("b { color: red }")
    answer = get(style, "/page")
    assert answer.text.index(style.address) < answer.text.index('id="root"')
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_the_frame_that_streamlit_serves_has_our_name_icon_and_typeface() -> None:
    frame = get(PageStyle(""), "/page").text
    assert "<title>Dailies</title>" in frame
    assert '<link rel="shortcut icon" href="data:image/svg+xml;base64,AA==" />' in frame
    assert 'href="./app/static/fonts/ours.woff2"' in frame
    assert "<title>Streamlit" not in frame
    assert "favicon.png" not in frame
    assert "SourceSans" not in frame


def test_scripts_of_the_page_are_asked_for_behind_those_of_the_frame() -> None:
    head = get(PageStyle(""), "/page").text.partition("</head>")[0]
    assert head.endswith('fetchpriority="low" href="./static/js/a.js">')


def test_the_frame_says_which_page_it_is_of() -> None:
    assert '<body data-page="page">' in get(PageStyle(""), "/page").text
    assert '<body data-page="">' in get(PageStyle(""), "/").text


def test_the_style_sheet_is_kept_for_good_under_an_address_that_changes_with_it() -> None:
    style, other = PageStyle("b { color: red }"), PageStyle("b { color: blue }")
    answer = get(style, style.address)
    assert (answer.text, answer.headers["content-type"]) == (
        "b { color: red }",
        "text/css; charset=utf-8",
    )
    assert "immutable" in answer.headers["cache-control"]
    assert style.address != other.address


def test_a_browser_that_keeps_the_frame_does_not_keep_it_without_the_style() -> None:
    answer = get(PageStyle(""), "/page")
    assert not {"etag", "last-modified"} & set(answer.headers)


def test_what_is_no_page_is_passed_on_as_it_is() -> None:
    assert get(PageStyle(""), "/data").json() == {"said": "<body>"}


def test_a_page_that_is_not_streamlits_is_passed_on_as_it_is() -> None:
    style = PageStyle("")
    assert get(style, "/share").text == get(style, "/share/page").text == PAGE
    assert style.address in get(style, "/shared").text


def test_the_address_follows_the_base_path() -> None:
    assert PageStyle("", "dailies").address.startswith("/dailies/app/static/pages.")
