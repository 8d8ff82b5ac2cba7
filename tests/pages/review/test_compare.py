"""The Compare page: which takes stand beside each other, and in what they differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.generations import Generation, Request, Status
from core.studio import Studio
from tests.histories import HOSTILE, keep_made
from tests.pages.conftest import TEXT_SINKS, button, component_data, sinks, words

Visit = Callable[..., AppTest]
Add = Callable[..., Generation]


def shown(page: AppTest) -> list[int]:
    assert not page.exception
    return [clip["id"] for data in component_data(page, "compare") for clip in data["clips"]]


def differences(page: AppTest) -> dict[str, list[str]]:
    assert not page.exception
    (data,) = component_data(page, "differences")
    return {row["name"]: row["values"] for row in data["rows"]}


def test_the_address_names_the_takes_in_their_order(visit: Visit, add: Add) -> None:
    one, two, three = add(), add(), add()
    assert shown(visit("compare", ids=f"{three.id},{one.id}, {two.id}")) == [3, 1, 2]


@pytest.mark.parametrize("ids", ["", "1", "1,1", "x,-2,²", "9,99", "1," + "9" * 5000])
def test_fewer_than_two_lead_back_to_the_history(visit: Visit, add: Add, ids: str) -> None:
    add()
    page = visit("compare", ids=ids)
    assert page.subheader[0].value == "There is nothing to compare"
    assert button(page, "Look through the history")


def test_more_than_four_are_not_compared(visit: Visit, add: Add) -> None:
    for _ in range(6):
        add()
    assert shown(visit("compare", ids="1,2,3,4,5,6")) == [1, 2, 3, 4]


def test_what_there_is_nothing_to_see_of_is_named(visit: Visit, add: Add) -> None:
    add(), add(), add(status=Status.FAILED)
    page = visit("compare", ids="1,3,2,77")
    assert shown(page) == [1, 2]
    assert "Not among them: #3, #77" in words(page)


def test_only_what_differs_is_in_the_table_and_always_the_cost(
    visit: Visit, add: Add, text_request: Request
) -> None:
    add(text_request, charged=24)
    add(replace(text_request, params={"ratio": "1280:720", "duration": 5, "seed": 7}), charged=60)
    told = differences(visit("compare", ids="1,2"))
    assert told == {
        "Cost": ["24 credits", "60 credits"],
        "Duration": ["2 seconds", "5 seconds"],
        "Seed": ["—", "7"],
    }
    add(text_request, charged=24)
    assert differences(visit("compare", ids="1,3")) == {"Cost": ["24 credits", "24 credits"]}


def test_another_model_and_other_words_are_differences(
    visit: Visit, add: Add, text_request: Request
) -> None:
    add(text_request)
    add(replace(text_request, model="veo3.1", prompt="A loud sea"))
    told = differences(visit("compare", ids="1,2"))
    assert told["Model"] == ["Gen-4.5", "Veo 3.1"]
    assert told["Prompt"] == ["A quiet sea", "A loud sea"]


def test_hostile_words_are_text(visit: Visit, add: Add, text_request: Request) -> None:
    add()
    add(replace(text_request, prompt=HOSTILE))
    page = visit("compare", ids="1,2")
    assert differences(page)["Prompt"][1] == HOSTILE
    assert sinks(page) <= TEXT_SINKS


def test_pictures_are_compared_too(
    visit: Visit, studio: Studio, text_request: Request, picture: Callable[..., bytes]
) -> None:
    keep_made(studio, text_request, picture((320, 180)))
    keep_made(studio, text_request, picture((180, 320)))
    (data,) = component_data(visit("compare", ids="1,2"), "compare")
    assert [(clip["kind"], clip["width"]) for clip in data["clips"]] == [
        ("image", 320),
        ("image", 180),
    ]


def test_a_selection_of_two_to_four_leads_there(visit: Visit, add: Add) -> None:
    for _ in range(5):
        add()
    page = visit("history")

    def ticked(*numbers: int) -> Any:
        page.session_state["history_selected"] = list(numbers)
        page.run()
        return page.button(key="selection_compare")

    assert ticked(3).disabled
    assert ticked(1, 2, 3, 4, 5).disabled
    ticked(4, 2).click().run()
    assert shown(page) == [2, 4]
