"""Decisions on a selection of the History: done at once, undone by a click, the rest is named."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.generations import Review, Status
from core.studio import Studio
from pages.ui.access import person
from tests.pages.conftest import Add, Visit, button, cards, markdown, opened

NAME = "Ann"


@pytest.fixture
def ids(add: Add) -> list[int]:
    return [add().id for _ in range(3)]


@pytest.fixture
def page(visit: Visit, ids: list[int]) -> AppTest:
    """The first two are selected, by somebody whose browser has told the name."""
    page = visit("history")
    page.session_state[person.NAME] = NAME
    page.session_state["history_selected"] = ids[:2]
    return page.run()


def choose(page: AppTest, label: str, value: object) -> None:
    next(one for one in page.pills if one.label == label).set_value(value).run()


def test_stars_and_state_reach_what_is_selected_and_nothing_else(
    studio: Studio, page: AppTest, ids: list[int]
) -> None:
    choose(page, "My stars", 4)
    choose(page, "State", Review.APPROVED)
    found = [studio.generations.get(number) for number in ids]
    assert [one.stars for one in found] == [400, 400, None]
    assert [one.review for one in found] == [Review.APPROVED, Review.APPROVED, Review.NONE]
    assert [r.person for r in studio.reviews.ratings(ids[0])] == [NAME]


def test_one_click_takes_it_back(studio: Studio, page: AppTest, ids: list[int]) -> None:
    choose(page, "State", Review.REJECTED)
    button(page, "Undo: rejected").click().run()
    assert {studio.generations.get(number).review for number in ids} == {Review.NONE}


def test_a_tag_and_a_project_reach_what_is_selected(
    studio: Studio, page: AppTest, ids: list[int]
) -> None:
    studio.reviews.tag([ids[2]], "Hero", by="Bob")
    harbour = studio.projects.named("Harbour", by="Bob").id
    page.run()
    for label, name in (("Add a tag", "Hero"), ("Move to a project", "Harbour")):
        next(one for one in page.selectbox if one.label == label).set_value(name).run()
    assert {tag.name for n in ids for tag in studio.reviews.tags(n)} == {"Hero"}
    assert studio.reviews.tag_counts() == {"Hero": 3}
    found = [studio.generations.get(number).project_id for number in ids]
    assert found == [harbour, harbour, None]


def test_the_trash_takes_them_out_of_the_view_and_gives_them_back(
    studio: Studio, page: AppTest, ids: list[int]
) -> None:
    button(page, "Move to trash").click().run()
    assert opened(page) == [ids[2]]
    assert "**1** generation" in markdown(page)
    button(page, "Restore from the trash").click().run()
    assert opened(page) == ids[::-1]


def test_what_cannot_be_done_is_named(
    studio: Studio, page: AppTest, ids: list[int], add: Add
) -> None:
    busy = add(status=Status.RUNNING)
    page.session_state["history_selected"] = [ids[0], busy.id]
    page.run()
    button(page, "Move to trash").click().run()
    assert f"Not done for #{busy.id}: " in " ".join(one.value for one in page.caption)
    assert studio.generations.get(ids[0]).is_in_trash


def test_everything_that_a_view_lets_through_can_be_selected(
    studio: Studio, visit: Visit, add: Add
) -> None:
    found = [add().id for _ in range(30)]
    add(status=Status.FAILED)
    page = visit("history", status="Done")
    page.session_state["history_selected"] = found[:1]
    page.run()
    button(page, "Select all 30").click().run()
    assert sorted(page.session_state["history_selected"]) == found
    assert all(card["selected"] for card in cards(page))


def test_without_a_name_it_waits_for_one(studio: Studio, visit: Visit, ids: list[int]) -> None:
    page = visit("history")
    page.session_state["history_selected"] = ids
    page.run()
    choose(page, "My stars", 5)
    assert studio.generations.get(ids[0]).stars is None
    page.text_input(key="person_asked").set_value("Bea")
    button(page, "Continue").click().run()
    assert [r.person for r in studio.reviews.ratings(ids[0])] == ["Bea"]
