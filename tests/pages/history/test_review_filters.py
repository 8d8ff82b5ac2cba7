"""The History finds clips by what people said of them, and its address says so."""

from __future__ import annotations

import pytest

from core.generations import Generation, Review
from core.studio import Studio
from pages.ui.access import person
from tests.histories import HOSTILE
from tests.pages.conftest import (
    TEXT_SINKS,
    Add,
    Visit,
    button,
    component_data,
    opened,
    sinks,
    unfold,
)


@pytest.fixture
def judged(studio: Studio, add: Add) -> Generation:
    """One of three clips: approved, four stars, tagged, in a project."""
    ids = [add().id for _ in range(3)]
    chosen = ids[1]
    studio.reviews.set_state([chosen], Review.APPROVED, by="Ann")
    studio.reviews.rate([chosen], 4, by="Ann")
    studio.reviews.rate(ids[:1], 2, by="Ann")
    studio.reviews.tag([chosen], "Hero shot", by="Ann")
    studio.reviews.tag(ids[2:], "Spare", by="Ann")
    studio.projects.file([chosen], studio.projects.named("Harbour", by="Ann").id, by="Ann")
    return studio.generations.get(chosen)


@pytest.mark.parametrize(
    "query",
    [
        {"review": "Approved"},
        {"stars": "3 and more"},
        {"stars": "4 and more"},
        {"project": "Harbour"},
        {"tag": "Hero shot"},
        {"tag": "Hero shot", "review": "Approved", "stars": "1 and more"},
    ],
)
def test_each_filter_works_by_its_address(
    visit: Visit, judged: Generation, query: dict[str, str]
) -> None:
    assert opened(visit("history", **query)) == [judged.id]


@pytest.mark.parametrize("query", [{"stars": "5"}, {"project": "Harbour", "review": "Rejected"}])
def test_what_nobody_said_is_found_nowhere(
    visit: Visit, judged: Generation, query: dict[str, str]
) -> None:
    assert opened(visit("history", **query)) == []


def test_names_of_one_kind_widen_the_view(studio: Studio, visit: Visit, judged: Generation) -> None:
    page = unfold(visit("history"), "filters")
    page.multiselect(key="tag").set_value(["hero shot", "spare"]).run()
    assert page.text_input(key="q").value == 'tag:"Hero shot",Spare'
    assert len(opened(page)) == 2
    button(page, "Clear filters").click().run()
    assert len(opened(page)) == 3
    assert [tags.value for tags in page.multiselect if tags.label == "Tag"] == [[]]


def test_a_former_name_in_the_address_is_seen_as_its_project(
    studio: Studio, visit: Visit, judged: Generation
) -> None:
    project = studio.projects.named("Harbour", by="Ann")
    studio.projects.set_name(project.id, "Marina", by="Ann")
    page = unfold(visit("history", q="project:harbour"), "filters")
    assert opened(page) == [judged.id]
    assert page.multiselect(key="project").value == [project.id]
    page.multiselect(key="project").set_value([]).run()
    assert page.text_input(key="q").value == ""


def test_the_trash_is_a_view_of_its_own(studio: Studio, visit: Visit, judged: Generation) -> None:
    studio.trash.put([judged.id], by="Ann")
    assert judged.id not in opened(visit("history"))
    assert opened(visit("history", trash="true")) == [judged.id]


def test_the_view_is_as_it_was_after_a_look_at_one(visit: Visit, judged: Generation) -> None:
    asked = {"review": "Approved", "stars": "3 and more", "project": "Harbour", "tag": "Hero shot"}
    page = visit("history", **asked)
    page.query_params.clear()
    page.query_params["id"] = str(judged.id)
    page.switch_page("generation.py").run()
    page.switch_page("history.py").run()
    assert opened(page) == [judged.id]
    unfold(page, "filters")
    assert page.multiselect(key="tag").value == ["hero shot"]
    assert page.pills(key="stars").value == 3


def test_names_are_text(studio: Studio, visit: Visit, judged: Generation) -> None:
    hostile = HOSTILE[:60]
    studio.reviews.tag([judged.id], hostile, by="Ann")
    studio.projects.named(hostile, by="Ann")
    page = unfold(visit("history"), "filters")
    assert sinks(page) <= TEXT_SINKS | {"multiselect"}


@pytest.mark.parametrize(
    "query",
    [{"review": "Approved"}, {"stars": "4 and more"}, {"project": "Harbour"}, {"tag": "Hero shot"}],
)
def test_the_inbox_is_of_the_same_view(
    visit: Visit, judged: Generation, query: dict[str, str]
) -> None:
    page = visit("history", **query)
    page.session_state[person.NAME] = "Bea"
    page.run().button(key="filter_inbox").click().run()
    (data,) = component_data(page, "inbox")
    assert [clip["id"] for clip in data["clips"]] == [judged.id]
