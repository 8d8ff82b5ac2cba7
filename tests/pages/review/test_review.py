"""What is decided on a generation's page: in whose name, shown as text, and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.domain.reviews import Span
from core.generations import Generation, Review, Status
from core.studio import Studio
from core.text.names import LONGEST_NAME
from pages.ui.access import person
from pages.ui.review import notes
from tests.conftest import Clock
from tests.histories import HOSTILE
from tests.pages.compose.test_create import generate, start_from, write
from tests.pages.conftest import (
    TEXT_SINKS,
    Add,
    Visit,
    button,
    component_data,
    markdown,
    sinks,
    words,
)

NAMED = HOSTILE[:LONGEST_NAME].strip()
See = Callable[..., AppTest]


@pytest.fixture
def see(visit: Visit) -> See:
    """A generation's page as somebody sees it whose browser has told the name."""

    def open_one(generation: Generation, name: str = "Ann") -> AppTest:
        page = visit("generation", id=str(generation.id))
        page.session_state[person.NAME] = name
        return page.run()

    return open_one


@pytest.fixture
def clip(add: Add) -> Generation:
    return add()


def stars(page: AppTest, clip: Generation) -> object:
    return page.session_state[f"review_stars_{clip.id}"]


def notes_of(page: AppTest) -> list[dict[str, object]]:
    (data,) = component_data(page, "notes")
    return list(data["notes"])


def test_stars_are_mine_beside_the_mean_of_all(studio: Studio, see: See, clip: Generation) -> None:
    studio.reviews.rate([clip.id], 2, by="Bob")
    page = see(clip)
    assert stars(page, clip) is None
    assert "2.0 of 5 from 1 person" in markdown(page)
    page.feedback(key=f"review_stars_{clip.id}").set_value(4).run()
    assert "3.5 of 5 from 2 people" in markdown(page)
    assert [(one.person, one.stars) for one in studio.reviews.ratings(clip.id)] == [
        ("Ann", 5),
        ("Bob", 2),
    ]
    button(page, "Undo: 5 stars").click().run()
    assert stars(page, clip) is None
    assert "2.0 of 5 from 1 person" in markdown(page)


def test_the_name_is_asked_for_when_it_is_first_needed(
    studio: Studio, visit: Visit, clip: Generation
) -> None:
    page = visit("generation", id=str(clip.id))
    page.segmented_control(key=f"review_state_{clip.id}").select(Review.APPROVED).run()
    assert studio.generations.get(clip.id).review is Review.NONE
    page.text_input(key="person_asked").set_value(" \u200b")
    button(page, "Continue").click().run()
    assert "Write a name." in markdown(page)
    page.text_input(key="person_asked").set_value(" Ann\u202e  B ")
    button(page, "Continue").click().run()
    assert studio.generations.get(clip.id).review is Review.APPROVED
    (decision,) = studio.reviews.decisions(clip.id)
    assert decision.person == "Ann B"
    (told,) = component_data(page, "person")
    assert (told["name"], told["told"]) == ("Ann B", 1)
    assert not [one for one in page.text_input if one.key == "person_asked"]


def test_what_a_browser_kept_is_taken_with_care(
    studio: Studio, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    for sent in (None, 7, {"name": 7, "project": None}, {"name": "x" * 99}):
        state[person.KEY] = type("Sent", (), {"known": sent})
        person._recall()
        assert person.NAME not in state
    state[person.KEY] = type("Sent", (), {"known": {"name": " Ann ", "project": "Sea"}})
    person._recall()
    assert (state[person.NAME], state[person.PROJECT]) == ("Ann", "Sea")


def test_tags_and_project_are_typed_or_chosen(studio: Studio, see: See, add: Add) -> None:
    first, second = add(), add()
    studio.reviews.tag([first.id], "Hero", by="Bob")
    studio.projects.file([first.id], studio.projects.named("Sea", by="Bob").id, by="Bob")
    page = see(second)
    tags = page.multiselect(key=f"review_tags_{second.id}")
    assert tags.options == ["Hero"]
    tags.set_value(["Hero"]).run()
    page.selectbox(key=f"review_project_{second.id}").set_value("Sea").run()
    made = studio.generations.get(second.id)
    assert [tag.name for tag in studio.reviews.tags(second.id)] == ["Hero"]
    assert made.project_id == studio.generations.get(first.id).project_id
    page.multiselect(key=f"review_tags_{second.id}").set_value([]).run()
    assert studio.reviews.tags(second.id) == []
    page.selectbox(key=f"review_project_{second.id}").set_value(None).run()
    assert studio.generations.get(second.id).project_id is None


def test_everything_that_people_write_is_shown_as_text(
    studio: Studio, see: See, clip: Generation
) -> None:
    studio.reviews.tag([clip.id], NAMED, by=NAMED)
    studio.projects.file([clip.id], studio.projects.named(NAMED, by=NAMED).id, by=NAMED)
    studio.reviews.write(clip.id, HOSTILE, by=NAMED, span=Span(1.5))
    studio.trash.put([clip.id], by=NAMED)
    page = see(clip, NAMED)
    (note,) = notes_of(page)
    assert (note["text"], note["person"], note["mine"]) == (HOSTILE, NAMED, True)
    # The chosen tag and project are text in their fields; on its button the name is escaped.
    assert sinks(page) <= TEXT_SINKS | {"multiselect", "selectbox", "text_input", "popover"}
    told = [text.value for text in page.text]
    assert f"{NAMED} noted: {HOSTILE}" in told
    assert f"{NAMED} moved it to the trash" in told


def test_the_trash_says_so_and_lets_go_again(
    studio: Studio, see: See, clip: Generation, clock: Clock
) -> None:
    page = see(clip)
    button(page, "Move to trash").click().run()
    assert studio.generations.get(clip.id).trashed_by == "Ann"
    assert "In the trash. Its files are deleted on 22 December 2026." in page.info[0].value
    button(page, "Restore").click().run()
    assert not studio.generations.get(clip.id).is_in_trash
    button(page, "Undo: the restore").click().run()
    button(page, "Delete them now").click().run()
    assert studio.generations.get(clip.id).emptied_at
    assert "Its files were deleted here" in page.info[0].value
    assert "Restore" not in [one.label for one in page.button]


def test_what_is_still_being_made_has_no_way_to_the_trash(see: See, add: Add) -> None:
    labels = [one.label for one in see(add(status=Status.RUNNING)).button]
    assert "Move to trash" not in labels
    assert "Delete it at Runway" not in labels


def test_the_name_is_changed_where_it_is_shown_and_in_the_settings(
    studio: Studio, see: See, visit: Visit, clip: Generation
) -> None:
    page = see(clip, NAMED)
    field = page.text_input(key="person_field_review")
    assert field.value == NAMED
    field.set_value("Bob").run()
    page.feedback(key=f"review_stars_{clip.id}").set_value(2).run()
    assert [one.person for one in studio.reviews.ratings(clip.id)] == ["Bob"]
    page.text_input(key="person_field_review").set_value("").run()
    assert page.text_input(key="person_field_review").value == "Bob"
    assert "Write a name." in markdown(page)
    page = visit("settings", section="You")
    page.text_input(key="person_field_settings").set_value("Cleo").run()
    assert page.session_state[person.NAME] == "Cleo"


def test_the_settings_list_the_trash_and_empty_it(
    studio: Studio, visit: Visit, add: Add, clock: Clock
) -> None:
    assert "Empty. What is put here is deleted after 30 days." in markdown(
        visit("settings", section="Server")
    )
    made = [add() for _ in range(10)]
    for one in made[:9]:
        studio.trash.put([one.id], by="Ann")
        clock.advance(1)
    page = visit("settings", section="Server")
    assert "9 generations. What is put here is deleted after 30 days." in markdown(page)
    assert f"#{made[8].id} · Gen-4.5" in words(page)
    assert f"#{made[0].id} · Gen-4.5" not in words(page)
    button(page, "Delete them now").click().run()
    assert studio.trash.count() == 9, "nobody has said who does it"
    page.text_input(key="person_asked").set_value("Ann")
    button(page, "Continue").click().run()
    assert studio.trash.count() == 0
    assert not studio.generations.get(made[9].id).emptied_at


# -- notes, as the component sends them -----------------------------------------------------------


@pytest.fixture
def send(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What the script sends, in a session of somebody."""
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)

    def sent(number: int, by: str = "Ann", **act: object) -> None:
        state[person.NAME] = by
        notes.obey(studio, number, act)

    return sent


def test_a_note_that_is_sent_twice_is_one(
    studio: Studio, clip: Generation, send: Callable[..., None]
) -> None:
    first, second = "a" * 16, "b" * 16
    for _ in range(2):
        send(clip.id, do="write", id=first, text="Too dark", start=1.5, end=2.5)
    send(clip.id, by="Bob", do="write", id=second, text="Fixed", answers=first)
    send(clip.id, by="Bob", do="resolve", id=first)
    send(clip.id, by="Bob", do="rewrite", id=first, text="Mine")
    send(clip.id, do="rewrite", id=first, text="Far too dark")
    note, answer = studio.reviews.notes(clip.id)
    assert (note.id, note.text, note.span) == (first, "Far too dark", Span(1.5, 2.5))
    assert (note.resolved_by, answer.parent) == ("Bob", first)
    send(clip.id, by="Bob", do="reopen", id=first)
    send(clip.id, do="delete", id=first)
    assert [one.text for one in studio.reviews.notes(clip.id) if not one.deleted_at] == ["Fixed"]


@pytest.mark.parametrize(
    "act",
    [
        {},
        {"do": "drop"},
        {"do": "write", "id": 7, "text": None},
        {"do": "write", "id": "a" * 16, "text": " "},
        {"do": "write", "id": "a" * 16, "text": "Here", "answers": "c" * 16},
        {"do": "rewrite", "id": "of another", "text": "Here"},
        {"do": "delete", "id": ["a"]},
    ],
)
def test_nothing_else_that_a_browser_sends_does_anything(
    studio: Studio, clip: Generation, send: Callable[..., None], act: dict[str, object]
) -> None:
    send(clip.id, **act)
    assert studio.reviews.notes(clip.id) == []


@pytest.mark.parametrize("start", [True, "1", -1, float("nan"), float("inf"), 1e300, 10**400])
def test_a_moment_that_is_none_leaves_a_plain_note(
    studio: Studio, clip: Generation, send: Callable[..., None], start: object
) -> None:
    send(clip.id, do="write", id="../../etc", text="Here", start=start, end="x")
    (note,) = studio.reviews.notes(clip.id)
    assert note.span is None
    assert note.id != "../../etc"


def test_a_note_of_another_generation_is_not_reached_from_here(
    studio: Studio, add: Add, send: Callable[..., None]
) -> None:
    here, there = add(), add()
    send(there.id, do="write", id="a" * 16, text="There")
    send(here.id, do="delete", id="a" * 16)
    assert [one.text for one in studio.reviews.notes(there.id)] == ["There"]


# -- new work -------------------------------------------------------------------------------------


def test_new_work_goes_to_the_chosen_project_in_its_authors_name(
    studio: Studio, visit: Visit
) -> None:
    studio.projects.named("Sea", by="Bob")
    page = visit("create")
    page.session_state[person.NAME] = "Ann"
    page.run()
    page.selectbox(key="filing_project").set_value("Sea").run()
    (told,) = component_data(page, "person")
    assert (told["name"], told["project"], told["told"]) == ("Ann", "Sea", 1)
    page.session_state[person.PROJECT] = "Glass whale"
    start_from(page.run(), "text")
    generate(write(page, "A quiet sea"))
    (made,) = studio.history.in_flight()
    project = studio.projects.find("glass WHALE")
    assert project
    assert (made.author, made.project_id) == ("Ann", project.id)
