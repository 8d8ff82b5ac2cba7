"""What pages show to whom: the gate, what a role is offered, refusals in words, the people list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.access.guarded import Asker
from core.domain.people import Identity, Role
from core.generations import Request
from core.serving import presenting
from core.settings import ROOT, Settings
from core.studio import Studio
from pages.ui.access import sign_in
from tests.conftest import OpenStudio
from tests.pages.conftest import button, markdown, open_page, words

NORA = Identity("idp 1", "Nora", "nora@studio.example")
MIKE = Identity("idp 2", "Mike", "mike@studio.example")
Visits = Callable[[Identity | None], AppTest]


@pytest.fixture
def team(open_studio: OpenStudio, settings: Settings) -> Studio:
    """Nora is an admin, Mike a maker."""
    admins, makers = frozenset({NORA.email}), frozenset({MIKE.email})
    studio = open_studio(replace(settings, admins=admins, makers=makers))
    for one in (NORA, MIKE):
        studio.people.arrive(one)
    return studio


@contextmanager
def signed_in(studio: Studio, identity: Identity | None) -> Iterator[None]:
    """Pages are opened by this person, as a session with their sign-in opens them."""

    def who() -> object:
        return studio.people.arrive(identity) if identity else None

    asker = sign_in.asker(studio)
    with presenting(studio, Asker(who, asker.refused)):  # type: ignore[arg-type]
        yield


def test_nothing_is_drawn_for_who_is_not_let_in(team: Studio) -> None:
    with signed_in(team, None):
        page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20).run()
        assert not page.exception
        assert [one.value for one in page.subheader] == ["Dailies"]
        assert page.button.len == 0
        assert not page.get("page_link")


def test_a_viewer_is_told_why_nothing_is_generated(team: Studio) -> None:
    team.people.set_role(MIKE.id, Role.VIEWER)
    with signed_in(team, MIKE):
        page = open_page("create")
        page.text_area[0].set_value("A quiet sea").run()
        assert "Only a maker can generate" in words(page)
        assert button(page, "Generate").disabled


def test_a_click_in_a_stale_tab_is_refused_in_words_and_loses_nothing(team: Studio) -> None:
    with signed_in(team, MIKE):
        page = open_page("create")
        page.text_area[0].set_value("A quiet sea").run()
        button(page, "Generate").click()
        team.people.set_role(MIKE.id, Role.VIEWER)
        page.run()
        assert "Only a maker can generate" in words(page)
        assert page.text_area[0].value == "A quiet sea"
        assert team.history.newest() == 0


def test_who_is_signed_in_is_asked_for_no_name(team: Studio) -> None:
    with signed_in(team, MIKE):
        page = open_page("settings", section="You")
        assert not [one for one in page.text_input if one.label == "Your name"]
        shown: set[str] = set()
        for section in ("Team", "Connections", "Server"):
            shown |= {one.value for one in open_page("settings", section=section).subheader}
        assert {"People", "Other programs", "Trash"} <= shown
        assert {"Backups", "Webhooks", "Who did what"}.isdisjoint(shown)


def test_an_admin_changes_a_role_and_finds_it_in_the_list(team: Studio) -> None:
    with signed_in(team, NORA):
        page = open_page("settings", section="Team")
        roles = next(one for one in page.selectbox if one.label == "Role of Mike")
        assert roles.value == Role.MAKER
        roles.set_value(Role.VIEWER).run()
        found = team.people.find(MIKE.id)
        assert found
        assert found.role is Role.VIEWER
        assert "Mike: viewer" in str(page.dataframe[-1].value)
        own = next(one for one in page.selectbox if one.label == "Role of Nora")
        own.set_value("not let in").run()
        assert "Nora is an admin by DAILIES_ADMINS" in words(page)


def test_an_admin_gives_a_role_longer_turns_which_the_queue_and_makers_are_told(
    team: Studio, text_request: Request
) -> None:
    team.compose.submit(text_request, "one", author="Mike")
    with signed_in(team, NORA):
        page = open_page("settings", section="Team")
        page.number_input(key="people_turns_maker").set_value(3).run()
        assert team.queue.turns()[Role.MAKER] == 3
        assert "makers: 3 clips in a turn" in str(page.dataframe[-1].value)
    with signed_in(team, MIKE):
        assert "of makers 3, of admins 1" in words(open_page("settings", section="Team"))
        assert "In your turn 3 clips go." in words(open_page("generation", id="1"))


def test_without_a_sign_in_settings_say_so(studio: Studio) -> None:
    with presenting(studio):
        assert "Nobody signs in here" in markdown(open_page("settings", section="Team"))


def test_who_made_a_project_says_who_sees_it(team: Studio) -> None:
    team.people.arrive(Identity("idp 3", "Ann", "ann@studio.example"))
    team.people.set_role("idp 3", Role.VIEWER)
    sea = team.projects.named("Sea", by="Mike").id
    team.projects.named("Land", by="Nora")
    ann = team.people.find("idp 3")
    with signed_in(team, MIKE):
        page = open_page("settings", section="Team")
        box = page.selectbox(key="projects_chosen")
        assert [one.split(" · ")[0] for one in box.options] == ["Sea"]
        box.set_value(sea).run()
        assert not [one for one in page.button if one.label == "Archive"]
        page.segmented_control(key=f"projects_who_{sea}").set_value("Named people").run()
        people = page.multiselect(key=f"projects_people_{sea}")
        assert people.value == [MIKE.id]
        assert team.asked_by(ann).projects.find("Sea") is None
        people.select("idp 3").run()
        assert team.asked_by(ann).projects.find("Sea")
        assert "private" in page.selectbox(key="projects_chosen").options[0]
        page.segmented_control(key=f"projects_who_{sea}").set_value("Everybody").run()
        found = team.projects.find("Sea")
        assert found
        assert not found.is_private
