"""The Blind page: nothing tells what a clip is, and the result says what was liked better."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from streamlit.testing.v1 import AppTest

from core.domain.comparisons import Choice
from core.generations import Generation, Request, Status
from core.studio import Studio
from pages.ui.access import person
from tests.conftest import NOON
from tests.histories import HOSTILE
from tests.pages.conftest import TEXT_SINKS, button, component_data, sinks, words

Visit = Callable[..., AppTest]
Add = Callable[..., Generation]


def opened(visit: Visit, studio: Studio, *numbers: int) -> AppTest:
    compared = studio.comparisons.open(numbers, by="Ada")
    page = visit("blind", comparison=str(compared.id))
    page.session_state[person.NAME] = "Ada"
    return page.run()


def pairs(page: AppTest) -> dict[str, Any]:
    assert not page.exception
    (data,) = component_data(page, "blind")
    return dict(data)


def test_nothing_tells_what_a_clip_is(
    visit: Visit, add: Add, studio: Studio, text_request: Request
) -> None:
    add(text_request, charged=4321)
    add(replace(text_request, model="veo3.1", prompt="A loud lake"), charged=8765)
    page = opened(visit, studio, 1, 2)
    told = json.dumps(pairs(page)) + words(page)
    for hidden in ("gen4.5", "Gen-4.5", "veo3.1", "Veo", "sea", "lake", "4321", "8765", "4,321"):
        assert hidden not in told
    (pair,) = pairs(page)["pairs"]
    sides = {pair["left"]["src"], pair["right"]["src"]}
    assert sides == {"/app/static/blind/1/0", "/app/static/blind/1/1"}


def test_who_judges_is_asked_first(visit: Visit, add: Add, studio: Studio) -> None:
    add(), add()
    studio.comparisons.open([1, 2], by="Ada")
    page = visit("blind", comparison="1")
    assert page.subheader[0].value == "Who judges?"
    assert not component_data(page, "blind")
    page.text_input(key="person_field_blind").set_value("Ada").run()
    assert pairs(page)["total"] == 1


def test_the_result_comes_when_all_are_judged(
    visit: Visit, add: Add, studio: Studio, text_request: Request
) -> None:
    add(text_request, charged=24)
    add(replace(text_request, model="veo3.1", prompt=HOSTILE), charged=100)
    page = opened(visit, studio, 1, 2)
    assert not page.dataframe
    compared = studio.comparisons.get(1)
    assert compared
    (pair,) = compared.pairs("ada")
    liked = Choice.LEFT if compared.generation_ids[pair.left] == 2 else Choice.RIGHT
    studio.comparisons.vote(compared, pair.number, liked, by="Ada")
    page.run()
    assert page.selectbox(key="blind_by").value == "Model"
    table = page.dataframe[0].value
    assert list(table["Model"]) == ["Veo 3.1", "Gen-4.5"]
    assert list(table["Win rate"]) == [1.0, 0.0]
    assert list(table["Votes"]) == [1, 1]
    assert list(table["Credits a clip"]) == [100.0, 24.0]
    page.selectbox(key="blind_by").select("Prompt").run()
    assert sinks(page) <= TEXT_SINKS
    studio._store.move(studio.generations.get(2), Status.SUCCEEDED, NOON, provider="kie")
    page.run()
    assert list(page.dataframe[0].value["Dollars a clip"]) == [0.5, 0.24]


def test_a_selection_leads_there(visit: Visit, add: Add, studio: Studio) -> None:
    add(), add(), add()
    page = visit("history")
    page.session_state["history_selected"] = [3]
    page.run()
    assert page.button(key="selection_blind").disabled
    page.session_state["history_selected"] = [3, 1]
    page.run()
    page.button(key="selection_blind").click().run()
    assert page.subheader[0].value == "Who judges?"
    compared = studio.comparisons.get(1)
    assert compared
    assert set(compared.generation_ids) == {1, 3}


def test_what_is_left_out_is_said(visit: Visit, add: Add, studio: Studio) -> None:
    add(), add()
    told = add()
    assert told.main
    drawing = replace(told.main, media_type="image/svg+xml")
    studio._store.move(told, told.status, told.updated_at, outputs=(drawing,))
    page = visit("history")
    page.session_state["history_selected"] = [1, 2, 3]
    page.run()
    page.button(key="selection_blind").click().run()
    assert [toast.value for toast in page.toast] == [
        "1 left out: no browser plays it, or the file would say how it was made."
    ]


def test_an_unknown_comparison_leads_back(visit: Visit) -> None:
    page = visit("blind", comparison="9" * 5000)
    assert page.subheader[0].value == "There is no such comparison"
    assert button(page, "Look through the history")


def test_all_that_a_filter_finds_leads_there(visit: Visit, add: Add, studio: Studio) -> None:
    for _ in range(3):
        add()
    visit("history").button(key="filter_blind").click().run()
    compared = studio.comparisons.get(1)
    assert compared
    assert set(compared.generation_ids) == {1, 2, 3}
    for _ in range(40):
        add()
    assert "filter_blind" not in {button.key for button in visit("history").button}
