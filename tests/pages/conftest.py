"""Opening a page in a session of its own, and reading what it shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.generations import Generation, Request
from core.serving import presenting, served
from core.settings import Settings
from core.studio import Studio
from tests.conftest import NOON, ROOT
from tests.histories import add_to

Visit = Callable[..., AppTest]
Add = Callable[..., Generation]
TEXT_SINKS = {"text", "code", "dataframe", "text_area", "bidi_component"}
"""What draws text as it is: our own components do, which is tried in a browser. Everything else
reads it as Markdown."""


def component_data(page: AppTest, name: str) -> list[Any]:
    """What each of our own components of that name was given to draw."""
    found = [e.proto for e in page.get("bidi_component") if e.proto.component_name == name]
    return [json.loads(proto.json) for proto in found]


@pytest.fixture(scope="session", autouse=True)
def one_look_for_components() -> Iterator[None]:
    """Streamlit looks through all that is installed for components with each session that a test
    opens, which takes longer than to draw a page. Nothing is installed in between."""
    with pytest.MonkeyPatch.context() as patch:
        look = manifest_scanner.scan_component_manifests
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(look))
        yield


@pytest.fixture
def visit(studio: Studio) -> Iterator[Visit]:
    """Opens a page by its name, with an address's query."""
    with presenting(studio):
        yield open_page


@pytest.fixture
def demo(open_studio: Callable[[Settings], Studio], tmp_path: Path) -> Iterator[Studio]:
    """A studio without a key, presented to the pages."""
    opened = open_studio(Settings(data_dir=tmp_path / "demo", demo_seconds=0, disk_floor=0))
    with presenting(opened):
        yield opened


@pytest.fixture
def add(studio: Studio, text_request: Request) -> Add:
    """Writes a generation into the studio's history as if it had gone that way."""

    moments = (NOON + timedelta(seconds=4 * n) for n in count())

    def add_one(request: Request = text_request, *args: Any, **facts: Any) -> Generation:
        return add_to(studio, request, *args, **{"at": next(moments)} | facts)

    return add_one


def open_page(name: str, **query: str | list[str]) -> AppTest:
    """A page in a session of its own."""
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20)
    for key, value in query.items():
        page.query_params[key] = value
    _read_accounts()
    page.switch_page(f"{name}.py").run()
    if served().accounts.is_pending:  # it tells of more than the balance
        served().accounts.look()
        page.run()
    return page


def _read_accounts() -> None:
    """As a server's thread does before the first visitor comes; here runs none."""
    accounts = served().accounts
    for provider in accounts.names:
        accounts.seen(provider)
    accounts.look()


def words(page: AppTest) -> str:
    """Everything on the page that can be read, once it is sure that nothing was raised."""
    assert not page.exception
    return "\n".join(str(getattr(element, "proto", "")) for element in page.main)


def markdown(page: AppTest) -> str:
    """Captions and Markdown as they were written, for their signs and letters."""
    assert not page.exception
    return "\n".join(element.value for element in [*page.markdown, *page.caption, *page.subheader])


def sinks(page: AppTest, text: str = "evil.test") -> set[str]:
    """The kinds of element that show `text`."""
    assert not page.exception
    return {e.type for e in page.main if text in str(getattr(e, "proto", ""))}


def button(page: AppTest, label: str) -> Any:
    """The button whose label begins so."""
    return next(b for b in page.button if b.label.startswith(label))


def unfold(page: AppTest, key: str) -> AppTest:
    """Open the panel of that key, as a click does."""
    page.session_state[key] = True
    return page.run()


def cards(page: AppTest) -> list[dict[str, Any]]:
    """The cards of the gallery, as the browser gets them."""
    assert not page.exception
    found = [e.proto for e in page.main if e.type == "bidi_component"]
    gallery = next((one for one in found if one.component_name == "gallery"), None)
    return list(json.loads(gallery.json)["cards"]) if gallery else []


def opened(page: AppTest) -> list[int]:
    """The ids that the page's cards or else its links lead to, in their order."""
    if shown := cards(page):
        return [card["id"] for card in shown]
    links = [e.proto for e in page.main if e.type == "page_link" and e.proto.label != "History"]
    return [int(link.query_string[3:]) for link in links if link.query_string.startswith("id=")]


def figures(page: AppTest) -> dict[str, str]:
    """The metrics by their labels; of equal labels the first."""
    assert not page.exception
    return {metric.label: metric.value for metric in reversed(page.metric)}
