"""Sharing from the pages: the dialog on a generation and a selection, and the list on Settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from streamlit.testing.v1 import AppTest

from core.domain.feedback import Feedback
from core.domain.shares import NewShare, Share, Terms
from core.generations import Generation, Review
from core.studio import Studio
from pages.ui import plain
from pages.ui.access import person
from pages.ui.clips import share_dialog
from pages.ui.review import notes
from tests.histories import HOSTILE
from tests.pages.conftest import TEXT_SINKS, component_data


def dialog(page: AppTest) -> AppTest:
    return page.button(key="generation_share").click().run()


def fill(page: AppTest, title: str, by: str) -> None:
    page.text_input(key="share_title").input(title)
    page.text_input(key="share_by").input(by)


def test_a_generation_is_shared_with_nothing_told_that_is_not_switched_on(
    visit: Callable[..., AppTest], studio: Studio, add: Callable[..., Generation]
) -> None:
    made = add()
    page = dialog(visit("generation", id=str(made.id)))
    fill(page, "Takes", " Ann ")
    page.toggle(key="share_cost").set_value(True)
    page.toggle(key="share_notes").set_value(True)
    page.date_input(key="share_last_day").set_value(date(2030, 1, 31))
    page.button(key="share_make").click().run()
    (share,) = studio.shares.all()
    assert (share.title, share.by, share.clips) == ("Takes", "Ann", 1)
    terms = share.terms
    assert (terms.shows_prompts, terms.shows_settings, terms.shows_cost) == (False, False, True)
    assert (terms.takes_ratings, terms.takes_notes) == (False, True)
    assert share.ends_at
    assert share.ends_at.date() == date(2030, 2, 1)
    links = [code.value for code in page.code]
    assert any(f"/share/{studio.shares.token(share)}" in link for link in links)


def test_what_is_missing_is_said_and_what_was_typed_stays(
    visit: Callable[..., AppTest], studio: Studio, add: Callable[..., Generation]
) -> None:
    page = dialog(visit("generation", id=str(add().id)))
    fill(page, "Takes", "\u200b")
    page.text_input(key="share_password").input("short")
    page.button(key="share_make").click().run()
    assert [error.value for error in page.error] == [
        "Say who shares it.",
        "Use 6 to 200 characters.",
    ]
    assert page.text_input(key="share_title").value == "Takes"
    assert studio.shares.all() == []


def test_a_view_is_shared_live_and_the_dialog_says_which_it_is(
    visit: Callable[..., AppTest], studio: Studio, add: Callable[..., Generation]
) -> None:
    first, second = add(), add()
    studio.reviews.set_state([first.id], Review.APPROVED, by="Ann")
    page = visit("history", review="Approved")
    page.button(key="filter_share").click().run()
    assert any("This view, live: 1 clip now" in said.value for said in page.markdown)
    assert "is:approved" in [text.value for text in page.text]
    fill(page, "Approved", "Ann")
    page.button(key="share_make").click().run()
    (share,) = studio.shares.all()
    assert share.live
    studio.reviews.set_state([second.id], Review.APPROVED, by="Ann")
    shown = studio.shares.page(share, 1, 9).clips
    assert [clip.generation.id for clip in shown] == [second.id, first.id]
    assert any(
        "live view, 2 clips now" in c.value
        for c in visit("settings", section="Connections").caption
    )


def test_a_view_without_a_filter_warns_before_it_is_shared_and_the_trash_never_is(
    visit: Callable[..., AppTest], studio: Studio, add: Callable[..., Generation]
) -> None:
    made = add()
    page = visit("history")
    page.button(key="filter_share").click().run()
    assert [warning.value for warning in page.warning] == [share_dialog.EVERYTHING]
    studio.trash.put([made.id], by="Ann")
    assert "filter_share" not in [one.key for one in visit("history", trash="true").button]


def test_settings_lists_a_link_as_text_and_takes_it_back(
    visit: Callable[..., AppTest], studio: Studio, add: Callable[..., Generation]
) -> None:
    share = studio.shares.make(NewShare(HOSTILE, HOSTILE[:60]), [add().id])
    studio.shares.note_visit(share, "192.0.2.1")
    page = visit("settings", section="Connections")
    drawn = [e.type for e in page.main if HOSTILE[:30] in str(getattr(e, "value", ""))]
    assert drawn
    assert set(drawn) <= TEXT_SINKS
    assert any("1 visit, the last" in caption.value for caption in page.caption)
    page.button(key=f"share_revoke_{share.id}").click().run()
    assert not studio.shares.is_open(studio.shares.all()[0])
    assert [e.label for e in page.expander if e.label.startswith("Links that")] == [
        "Links that have ended (1)"
    ]


def test_a_link_of_another_secret_still_opens_and_says_that_it_cannot_be_shown(
    visit: Callable[..., AppTest], studio: Studio, add: Callable[..., Generation]
) -> None:
    share: Share = studio.shares.make(NewShare("Takes", "Ann"), [add().id])
    with studio._file.tx() as db:
        db.execute("update shares set nonce = 'other'")
    page = visit("settings", section="Connections")
    assert any("only its guests have it" in text.value for text in page.markdown)
    assert share.is_open(studio.now + timedelta(days=1))


def test_what_guests_left_stands_on_the_generations_page_as_text(
    visit: Callable[..., AppTest], studio: Studio, add: Callable[..., Generation]
) -> None:
    made = add()
    both = Terms(takes_ratings=True, takes_notes=True)
    share = studio.shares.make(NewShare("Takes", "Ann", both), [made.id])
    (clip,) = studio.shares.page(share, 1, 100).clips
    left = Feedback(HOSTILE[:40], 4, HOSTILE)
    studio.guests.leave(share, clip, "bea", left, "192.0.2.1")
    studio.reviews.rate([made.id], 2, by="Ann")
    page = visit("generation", id=str(made.id))
    (means,) = (c for c in page.caption if "guests" in c.value)
    assert means.value == "2.0 of 5 from 1 person · guests 4.0 from 1"
    assert means.help.startswith("★★")
    assert f"★★★★☆ {plain.text(f'{HOSTILE[:40]} (guest)')}" in means.help.split("\n\n")
    (note,) = component_data(page, "notes")[0]["notes"]
    assert (note["person"], note["guest"], note["text"]) == (HOSTILE[:40], True, HOSTILE)
    drawn = [e.type for e in page.main if HOSTILE[:30] in str(getattr(e, "value", ""))]
    assert len(drawn) == 2, "the steps tell of both"
    assert set(drawn) <= TEXT_SINKS


def test_nobody_of_the_team_has_the_note_or_the_stars_of_a_guest_of_their_name(
    visit: Callable[..., AppTest], studio: Studio, add: Callable[..., Generation]
) -> None:
    made = add()
    both = Terms(takes_ratings=True, takes_notes=True)
    share = studio.shares.make(NewShare("Takes", "Ann", both), [made.id])
    (clip,) = studio.shares.page(share, 1, 100).clips
    studio.guests.leave(share, clip, "a", Feedback("Ann", 4, "Softer"), "192.0.2.1")
    page = visit("generation", id=str(made.id))
    page.session_state[person.NAME] = "Ann"
    page.run()
    (note,) = component_data(page, "notes")[0]["notes"]
    assert (note["guest"], note["mine"]) == (True, False)
    assert page.session_state[f"review_stars_{made.id}"] is None
    notes.obey(studio, made.id, {"do": "delete", "id": note["id"]})
    assert [one.text for one in studio.reviews.notes(made.id)] == ["Softer"]
