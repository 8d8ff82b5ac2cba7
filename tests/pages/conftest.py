"""Opening a page in a session of its own, and filling the history without waiting for a clip."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.files import Output
from core.generations import Generation, Request, Status
from core.serving import current, presenting
from core.settings import Settings
from core.studio import Studio
from tests.conftest import NOON, ROOT

HOSTILE = "![x](http://evil.test/a.png) <img src=x> **bold** [l](http://evil.test) $a$ :red[b]"
Visit = Callable[..., AppTest]
Add = Callable[..., Generation]
TEXT_SINKS = {"text", "code", "dataframe", "text_area", "bidi_component"}
"""What draws text as it is: our own components do, which is tried in a browser. Everything else
reads it as Markdown."""


def component_data(page: AppTest, name: str) -> list[Any]:
    """What each of our own components of that name was given to draw."""
    found = [e.proto for e in page.get("bidi_component") if e.proto.component_name == name]
    return [json.loads(proto.json) for proto in found]


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
    page.run()
    for key, value in query.items():
        page.query_params[key] = value
    page.switch_page(f"{name}.py").run()
    if current().account.is_pending:  # no thread of the server's runs here
        current().account.look()
        page.run()
    return page


def add_to(
    studio: Studio,
    request: Request,
    status: Status = Status.SUCCEEDED,
    *,
    at: datetime = NOON,
    quoted: int | None = 24,
    charged: int | None = None,
    demo: bool = False,
    favourite: bool = False,
    sent: bool = True,
    **changes: Any,
) -> Generation:
    """A row at `status`, with a clip's row when it succeeded; the clip's file is not made."""
    model = studio.compose.model(request)
    store = studio._store
    row, _new = store.add(
        request,
        idempotency_key=secrets.token_hex(8),
        kind=model.kind if model else "text",
        quoted=quoted,
        demo=demo,
        now=at,
    )
    if status is Status.QUEUED:
        return row
    task: dict[str, Any] = (
        {"task_id": secrets.token_hex(16), "credits_estimated": quoted} if sent else {}
    )
    if status is Status.SUCCEEDED:
        task["outputs"] = (clip_row(studio, row.id),)
        charged = quoted if charged is None else charged
    store.move(row, status, at, credits_charged=charged, **task | changes)
    studio.generations.set_favourite(row.id, favourite)
    return studio.generations.get(row.id)


def keep_made(
    studio: Studio, request: Request, *contents: bytes, at: datetime = NOON
) -> Generation:
    """A generation that made these files, each of them kept as if it had come from Runway."""
    row = add_to(studio, request, Status.DOWNLOADING, at=at)
    outputs = []
    for position, content in enumerate(contents):
        part = studio.media.part(row, position)
        part.path.write_bytes(content)
        known = hashlib.sha256(content).hexdigest()
        outputs.append(studio.media.keep(part, row, position, "", known))
    studio._store.move(
        row, Status.SUCCEEDED, row.updated_at, outputs=tuple(outputs), credits_charged=24
    )
    return studio.generations.get(row.id)


def clip_row(studio: Studio, number: int, width: int = 1280, height: int = 720) -> Output:
    """A clip by its facts, with a poster but no film."""
    Image.new("RGB", (width // 8, height // 8), "teal").save(
        studio.media.folder / "posters" / f"{number:08d}-0.jpg"
    )
    return Output(
        position=0,
        file=f"{number:08d}-0.mp4",
        media_type="video/mp4",
        bytes=1_234_567,
        sha256=secrets.token_hex(32),
        width=width,
        height=height,
        duration=2.0,
        frame_rate=24.0,
        poster=f"{number:08d}-0.jpg",
    )


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
