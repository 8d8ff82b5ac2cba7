"""The inbox: what I have not rated of a view, and each decision taken in once, in order."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.generations import Generation, Request, Review, Status
from core.storage.search.selection import Filter, Order
from core.studio import Studio
from core.text.names import key
from pages.ui.access import person
from pages.ui.review import inbox
from tests.histories import HOSTILE
from tests.pages.conftest import TEXT_SINKS, component_data, sinks

Visit = Callable[..., AppTest]
Add = Callable[..., Generation]


def opened(visit: Visit) -> AppTest:
    page = visit("inbox")
    page.session_state[person.NAME] = "Ada"
    return page.run()


def told(page: AppTest) -> dict[str, Any]:
    assert not page.exception
    (data,) = component_data(page, "inbox")
    return dict(data)


def test_only_clips_that_i_have_not_rated_are_in_it(visit: Visit, add: Add, studio: Studio) -> None:
    add(), add(), add(status=Status.FAILED), add()
    studio.reviews.rate([2], 4, by="ADA")
    studio.reviews.rate([1], 4, by="Bob")
    data = told(opened(visit))
    assert ([clip["id"] for clip in data["clips"]], data["left"]) == ([4, 1], 2)


def test_the_history_leads_to_the_inbox_of_its_view(
    visit: Visit, add: Add, text_request: Request
) -> None:
    add(favourite=True), add(), add()
    page = visit("history", favourite="true")
    page.session_state[person.NAME] = "Ada"
    page.run()
    button = page.button(key="filter_inbox")
    assert button.label == "Inbox · 1"
    button.click().run()
    assert [clip["id"] for clip in told(page)["clips"]] == [1]


@pytest.mark.parametrize("of", ["x", "since=x&sort=x", "&".join(["q=a"] * 500), "status=%00"])
def test_an_address_that_names_no_view_is_harmless(visit: Visit, add: Add, of: str) -> None:
    add()
    page = visit("inbox", of=of)
    page.session_state[person.NAME] = "Ada"
    assert not page.run().exception


def test_hostile_words_are_text(visit: Visit, add: Add, text_request: Request) -> None:
    add(Request(text_request.endpoint, text_request.model, HOSTILE, text_request.params))
    page = opened(visit)
    assert told(page)["clips"][0]["words"] == HOSTILE
    assert sinks(page) <= TEXT_SINKS


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch, studio: Studio) -> Callable[..., None]:
    """Hands a message of the browser to the page's callback, in one session."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)

    def one(message: object) -> None:
        state[inbox.KEY] = SimpleNamespace(decisions=message)
        inbox._take_in(studio, "Ada")

    return one


def decision(number: int, what: str, value: str, of: int = 1) -> dict[str, Any]:
    return {"number": number, "id": of, "what": what, "value": value, "moment": 0.5}


def test_what_is_sent_again_is_taken_in_once_and_in_order(
    send: Callable[..., None], add: Add, studio: Studio
) -> None:
    add()
    first = [decision(1, "stars", "2"), decision(2, "note", "Too dark")]
    send({"run": "abc", "decisions": first})
    studio.reviews.rate([1], 5, by="Ada")
    send({"run": "abc", "decisions": [*first, decision(3, "state", "approved")]})
    assert [rating.stars for rating in studio.reviews.ratings(1)] == [5]
    assert [note.text for note in studio.reviews.notes(1)] == ["Too dark"]
    assert studio.generations.get(1).review is Review.APPROVED


def test_a_note_that_a_new_session_sends_again_stays_one(
    send: Callable[..., None], add: Add, studio: Studio
) -> None:
    add()
    send({"run": "abc", "decisions": [decision(1, "note", "Too dark")]})
    st.session_state.pop(inbox.TAKEN)
    send({"run": "abc", "decisions": [decision(1, "note", "Too dark")]})
    assert len(studio.reviews.notes(1)) == 1


@pytest.mark.parametrize(
    "message",
    [
        *[None, "x", [], {}, {"run": "abc", "decisions": "x"}, {"run": "../", "decisions": []}],
        {"run": "abc", "decisions": [None, "x", {}, {"number": "²"}, {"number": 1}]},
        {"run": "abc", "decisions": [decision(1, "stars", "9"), decision(2, "state", "x")]},
        {
            "run": "abc",
            "decisions": [decision(1, "stars", "3", of=99), {"number": 2, "moment": {}}],
        },
    ],
)
def test_anything_else_changes_nothing(
    send: Callable[..., None], add: Add, studio: Studio, message: object
) -> None:
    add()
    send(message)
    assert studio.history.unrated(Filter(), Order.NEWEST, key("Ada"), 9) == ([1], 1)
    assert studio.generations.get(1).review is Review.NONE
