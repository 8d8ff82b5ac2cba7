"""Caps on the pages: set in a dialog, told where somebody works, and never passed by a click."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.domain.caps import EVERYONE, Period, Scope, Subject
from core.generations import Request, Status
from core.studio import Studio
from pages.ui.access.person import NAME
from tests.histories import HOSTILE
from tests.pages.conftest import Add, Visit, button, markdown


def as_nora(page: AppTest) -> AppTest:
    page.session_state[NAME] = "Nora"
    return page.run()


def told(page: AppTest) -> list[str]:
    quietly = [one.value for one in page.caption if "is nearly used up" in one.value]
    return [*(box.value for box in page.warning), *quietly]


def test_a_cap_is_set_changed_and_removed(visit: Visit, studio: Studio) -> None:
    page = as_nora(visit("spending"))
    button(page, "Set a cap").click().run()
    page.segmented_control(key="caps_long").select(Period.WEEK).run()
    page.number_input(key="caps_amount").set_value(500).run()
    button(page, "Set cap · 500 credits ($5.00)").click().run()
    (standing,) = studio.caps.standings()
    assert (standing.cap.subject, standing.cap.period) == (EVERYONE, Period.WEEK)
    assert (standing.cap.credits, standing.cap.made_by) == (500, "Nora")
    assert "**Everyone** · each week" in markdown(page)

    button(page, "Change").click().run()
    page.segmented_control(key="caps_unit").select("dollars").run()
    page.number_input(key="caps_amount").set_value(7).run()
    button(page, "Set cap · 700 credits ($7.00)").click().run()
    assert [one.cap.credits for one in studio.caps.standings()] == [700]

    button(page, "Remove").click().run()
    assert studio.caps.standings() == []
    assert [cap.credits for cap in studio.caps.past()] == [700, 500]


def test_a_cap_may_be_for_a_person_who_has_made_something(
    visit: Visit, studio: Studio, text_request: Request
) -> None:
    studio.compose.submit(text_request, "one", author=HOSTILE[:40])
    page = as_nora(visit("spending"))
    button(page, "Set a cap").click().run()
    page.segmented_control(key="caps_for").select(Scope.PERSON).run()
    assert not [one for one in page.button if one.label.startswith("Set cap") and not one.disabled]
    page.selectbox(key="caps_who_person").select(HOSTILE[:40]).run()
    button(page, "Set cap · 1,000 credits ($10.00)").click().run()
    assert not page.exception
    assert [one.used for one in studio.caps.standings()] == [24]


def test_without_a_name_it_is_set_once_that_is_told(visit: Visit, studio: Studio) -> None:
    page = visit("spending")
    button(page, "Set a cap").click().run()
    button(page, "Set cap · 1,000 credits ($10.00)").click().run()
    assert studio.caps.standings() == []
    page.text_input(key="person_asked").set_value("Ann")
    button(page, "Continue").click().run()
    assert [one.cap.made_by for one in studio.caps.standings()] == ["Ann"]


def test_every_page_tells_of_a_cap_that_is_near_or_reached(
    visit: Visit, studio: Studio, add: Add
) -> None:
    studio.caps.set(EVERYONE, Period.ALL, 30, by="Nora")
    add(quoted=24)
    (said,) = told(visit("history"))
    assert said.endswith("is nearly used up: 24 of 30 credits are used. 6 are left.")
    studio.caps.set(EVERYONE, Period.ALL, 24, by="Nora")
    (said,) = told(visit("settings"))
    assert said.startswith("24 of 24 credits are used. Nothing more")


def test_nobody_is_told_of_the_cap_of_another(
    visit: Visit, studio: Studio, text_request: Request
) -> None:
    studio.caps.set(Subject(Scope.PERSON, "", "Ann"), Period.ALL, 24, by="Nora")
    studio.compose.submit(text_request, "one", author="Ann")
    page = visit("history")
    assert told(page) == []
    page.session_state[NAME] = "ann"
    assert len(told(page.run())) == 1


@pytest.mark.parametrize(("cap", "fits"), [(60, True), (59, False)])
def test_generate_says_what_is_left_and_is_refused_beyond(
    visit: Visit, studio: Studio, cap: int, fits: bool
) -> None:
    studio.caps.set(EVERYONE, Period.DAY, cap, by="Nora")
    page = visit("create")
    page.segmented_control(key="create_0_kind").select("text").run()
    next(one for one in page.text_area if one.label == "Prompt").set_value("A sea").run()
    generate = next(one for one in page.button if one.label.startswith("Generate"))
    assert f"Everyone's cap today: {cap} left" in [one.value for one in page.caption]
    generate.click().run()
    assert not page.exception
    assert studio.history.is_empty != fits
    refused = [box.value for box in page.error]
    assert len(refused) == (0 if fits else 1)
    assert all("Everyone's cap today is 59 credits" in one for one in refused)


def test_a_failed_one_that_a_cap_has_no_room_for_says_so_in_place_of_its_button(
    visit: Visit, studio: Studio, add: Add
) -> None:
    failed = {"failure_code": "INTERNAL", "remote_status": "FAILED", "charged": 0}
    made = add(status=Status.FAILED, **failed)
    page = visit("generation", id=str(made.id))
    assert button(page, "Try again").label == "Try again · 24 credits ($0.24)"
    studio.caps.set(EVERYONE, Period.ALL, 23, by="Nora")
    page = visit("generation", id=str(made.id))
    assert not [one for one in page.button if one.label.startswith("Try again")]
    assert [one for one in page.caption if "Everyone's cap in all is 23 credits" in one.value]
