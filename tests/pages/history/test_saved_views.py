"""Views of the History that are kept by name: one's own, everyone's, and each leads back to it."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.studio import Studio
from pages.ui.access import person
from pages.ui.history.search import saved_views
from tests.histories import HOSTILE
from tests.pages.conftest import TEXT_SINKS, Add, Visit, button, component_data, sinks, unfold


def looked(visit: Visit, name: str = "Ann", **query: str) -> AppTest:
    """The History with the menu of views open, as somebody sees it whose name is known."""
    page = visit("history", **query)
    page.session_state[person.NAME] = name
    return unfold(page, "saved_views")


def keep(page: AppTest, name: str, *, everyones: bool = False) -> None:
    page.text_input(key="saved_views_name").set_value(name)
    page.toggle(key="saved_views_everyones").set_value(everyones)
    button(page, "Save").click().run()


def offered(page: AppTest) -> dict[str, dict[str, list[str]]]:
    """What each link's address says, by its name."""
    views = [view for data in component_data(page, "saved_views") for view in data["views"]]
    assert all(view["href"].startswith("/history?") for view in views)
    return {view["name"]: parse_qs(view["href"].partition("?")[2]) for view in views}


def test_a_view_is_kept_with_all_that_the_address_says(visit: Visit, add: Add) -> None:
    add(favourite=True)
    page = looked(visit, q="quiet", favourite="true", sort="Cost")
    keep(page, "Best of")
    assert offered(page) == {
        "Best of": {"q": ["quiet is:favourite"], "sort": ["Cost"]},
    }


def test_others_see_what_is_for_everyone(visit: Visit, add: Add) -> None:
    add()
    page = looked(visit, status="Done")
    keep(page, "Mine")
    keep(page, "Ours", everyones=True)
    assert list(offered(looked(visit, "Bea"))) == ["Ours"]
    assert sorted(offered(looked(visit, "Ann"))) == ["Mine", "Ours"]


def test_only_its_owner_forgets_a_view(
    visit: Visit, add: Add, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    add()
    keep(looked(visit, status="Done"), "Mine")
    (mine,) = studio.views.seen_by("Ann")
    state: dict[str, object] = {saved_views.KEY: SimpleNamespace(forget=mine.id)}
    monkeypatch.setattr(st, "session_state", state)
    for name, left in (("Bea", ["Mine"]), ("Ann", [])):
        saved_views._forget(studio, name)
        assert [view.name for view in studio.views.seen_by("Ann")] == left
    assert state[saved_views.WRONG] == "This view is Ann's."


def test_a_view_without_a_name_says_what_is_missing(visit: Visit, add: Add) -> None:
    add()
    page = looked(visit)
    keep(page, " \u200b")
    assert "Write a name." in " ".join(caption.value for caption in page.caption)


def test_a_hostile_name_is_text(visit: Visit, add: Add, studio: Studio) -> None:
    add()
    studio.views.save(HOSTILE[:60], "status=Done", by="Ann", everyones=True)
    page = looked(visit)
    assert list(offered(page)) == [HOSTILE[:60].strip()]
    assert sinks(page) <= TEXT_SINKS
