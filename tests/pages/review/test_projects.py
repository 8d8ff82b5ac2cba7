"""Settings renames and archives projects, and says what it refuses."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.studio import Studio
from pages.ui.access import person
from tests.histories import HOSTILE
from tests.pages.conftest import TEXT_SINKS, Add, Visit, button, sinks


@pytest.fixture
def page(studio: Studio, visit: Visit, add: Add) -> AppTest:
    """The Settings of somebody whose name is known, with "Sea" chosen of two projects."""
    sea = studio.projects.named("Sea", by="Ann")
    studio.projects.named("Land", by="Ann")
    studio.projects.file([add().id], sea.id, by="Ann")
    page = visit("settings", section="Team")
    page.session_state[person.NAME] = "Ann"
    page.run()
    page.selectbox(key="projects_chosen").set_value(sea.id).run()
    return page


def names(studio: Studio) -> list[tuple[str, bool]]:
    return [(one.name, bool(one.archived_at)) for one in studio.projects.all()]


def name_field(page: AppTest) -> str:
    return f"projects_name_{page.selectbox(key='projects_chosen').value}"


def test_a_project_is_renamed(studio: Studio, page: AppTest) -> None:
    assert "Sea · 1 generation" in page.selectbox(key="projects_chosen").options
    page.text_input(key=name_field(page)).set_value("Ocean").run()
    assert sorted(names(studio)) == [("Land", False), ("Ocean", False)]


@pytest.mark.parametrize(
    ("name", "why"), [("LAND", "Another project has this name."), (" ", "Write a project name.")]
)
def test_a_name_that_cannot_be_is_refused(
    studio: Studio, page: AppTest, name: str, why: str
) -> None:
    page.text_input(key=name_field(page)).set_value(name).run()
    assert sorted(names(studio)) == [("Land", False), ("Sea", False)]
    assert f":red[{why}]" in [caption.value for caption in page.caption]


def test_a_project_is_archived_and_brought_back(studio: Studio, page: AppTest) -> None:
    button(page, "Archive").click().run()
    assert sorted(names(studio)) == [("Land", False), ("Sea", True)]
    button(page, "Bring back").click().run()
    assert sorted(names(studio)) == [("Land", False), ("Sea", False)]


def test_a_hostile_name_is_text(studio: Studio, visit: Visit) -> None:
    studio.projects.named(HOSTILE[:60], by="Ann")
    page = visit("settings", section="Team")
    assert sinks(page) <= TEXT_SINKS | {"selectbox"}
