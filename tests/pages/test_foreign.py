"""Words that came from outside stay words: no picture, no link and no format, on any page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.emulator import Emulator
from core.generations import Generation, Input, Request, Status
from core.studio import Studio
from pages.ui import plain
from tests.conftest import Clock
from tests.histories import HOSTILE
from tests.pages.conftest import TEXT_SINKS, Visit, button, unfold

PAGES = ("create", "history", "unconfirmed", "spending", "models", "settings", "generation")
LIVE = re.compile(r"(?<!\\)\]\(|(?<!\\)<img|(?<!\\)\*\*bold|(?<!\\):red\[|(?<!`)https?://evil")
CHART = "vega_lite_chart"
REFUSAL = {"status": 400, "body": {"error": HOSTILE}}


def live(page: AppTest) -> list[str]:
    """Elements that read Markdown and would act on the foreign text. Of charts it is their
    specification, which can hold links; what is drawn of their data is text."""
    assert not page.exception
    drawn = [
        e.proto.spec if e.type == CHART else str(e.proto)
        for e in page.main
        if e.type not in TEXT_SINKS and hasattr(e, "proto")
    ]
    return [text for text in drawn if "evil.test" in text and LIVE.search(text)]


@pytest.mark.parametrize(
    ("foreign", "drawn"),
    [
        ("Take 2. It costs 5 (at most), the rest is free.", None),
        ("Set RUNWAYML_BASE_URL in .env at 10:30.", None),
        ("a\n\n# b  c", "a # b c"),
        ("# a", r"\# a"),
        ("1. a", r"1\. a"),
        ("![x](y) **b** _c_ `d` <i> $e$ :red[f]", None),
        ("http://evil.test/a_b*c, a@evil.test", "`http://evil.test/a_b*c,` `a@evil.test`"),
        ("WWW.evil.test`` x", "``` WWW.evil.test`` ``` x"),
    ],
)  # fmt: skip
def test_foreign_text_reads_as_it_was_written(foreign: str, drawn: str | None) -> None:
    made = plain.text(foreign)
    assert made == drawn or (drawn is None and made.replace("\\", "") == foreign)


def test_no_sign_of_markdown_is_left_to_act() -> None:
    made = plain.text("![x](y) **b** _c_ `d` <i> $e$ :red[f]")
    assert made == r"!\[x\](y) \*\*b\*\* \_c\_ \`d\` \<i\> \$e\$ \:red\[f\]"


@pytest.mark.parametrize("name", PAGES)
def test_what_runway_answers_is_text_on_every_page(
    visit: Visit, studio: Studio, emulator: Emulator, clock: Clock, add: Callable[..., Generation],
    text_request: Request, name: str,
) -> None:  # fmt: skip
    file = Input("reference", url="https://evil.test/a.png", settings={"tag": HOSTILE})
    request = replace(text_request, prompt=HOSTILE, inputs=(file,))
    add(replace(request, params={**request.params, "negativePrompt": HOSTILE}))
    add(request, Status.FAILED, reason=HOSTILE, failure_code=HOSTILE)
    add(replace(request, model="[m](http://evil.test)"), Status.FAILED, sent=False, reason=HOSTILE)
    last = add(request, Status.UNCONFIRMED, sent=False, reason=HOSTILE)
    emulator.script([{"on": on, "times": 9, "do": REFUSAL} for on in ("organization", "usage")])
    clock.advance(3600)
    query = {"id": str(last.id)} if name == "generation" else {}
    assert live(visit(name, **query)) == []


def test_what_runway_refuses_is_text_in_every_form(
    visit: Visit, emulator: Emulator, add: Callable[..., Generation]
) -> None:
    lost = add(status=Status.UNCONFIRMED, sent=False)
    task = "17f20503-6c24-4c16-946b-35dbbce2af2f"
    emulator.script([{"on": "task", "times": 9, "do": REFUSAL}])
    page = unfold(visit("unconfirmed"), "unconfirmed_import")
    page.text_input(key="unconfirmed_import_task").set_value(task)
    button(page, "Import").click().run()
    assert "evil.test" in page.error[0].value
    assert live(page) == []
    page = visit("unconfirmed")
    page.text_input(key=f"unconfirmed_task_{lost.id}").set_value(task)
    button(page, "Follow this task").click().run()
    assert "evil.test" in page.error[0].value
    assert live(page) == []
    failed = add(status=Status.FAILED)
    page = visit("generation", id=str(failed.id))
    button(page, "Fetch it again").click().run()
    assert "evil.test" in page.error[-1].value
    assert live(page) == []
