"""What can be written into the search field, by examples that go there at a click."""

from __future__ import annotations

import streamlit as st

from core.storage.search.query import Query, parse
from core.studio import Studio
from pages.ui.history import unfolding
from pages.ui.history.search import controls

COST = "cost:<50"
COST_OF_SEVERAL = "credits of its own provider; the length is seconds:>5"
EXAMPLES = {
    "quiet harbour": "all of these, in prompt, notes, tags or file names",
    '"quiet harbour"': "exactly this",
    "-fog": "without it; also before a field",
    'model:"gen4 turbo"': "by name, or by a part of it",
    "tag:hero-shot,spare": "one of these",
    "project:harbour": "in this project",
    "by:ann": "who made it",
    "rated:ann": "what Ann has given stars; -rated:ann is the rest",
    "kind:image": "what it starts from",
    "is:approved": "or in-review, to-edit, rejected, favourite, rated, tagged, filed, trashed",
    "status:failed": "or done, open, cancelled, unconfirmed",
    "stars:>3": "the team's mean; also 4, >=3, 2..4",
    "guests:>3": "the mean of guests, which is apart from the team's",
    COST: "credits; the length is seconds:>5",
    "since:2026-01-31": "that day (UTC) or later; or until, before, after",
}


def show(studio: Studio) -> None:
    with unfolding.panel("Search help", ":material/help:", "search_help") as panel:
        if not panel.open:
            return
        st.caption("All of it must hold. In quotes, a field is searched as words.")
        examples = dict(EXAMPLES)
        if studio.spending.measure().is_dollars:
            examples[COST] = COST_OF_SEVERAL
        with st.container(key="search_help_examples", gap="xsmall"):
            for text, meaning in examples.items():
                _example(text, meaning)


def _example(text: str, meaning: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"`{text}`",
            key=f"search_help_{text}",
            type="tertiary",
            on_click=_add,
            args=(text,),
        )
        st.caption(meaning.replace(":", "\\:"), width="content")


def _add(text: str) -> None:
    controls.write(lambda query: Query((*query.items, *parse(text).items)))
