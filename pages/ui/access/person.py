"""Who sits there: the name of their sign-in. Without one a name is asked for when it is first
needed, and kept in the browser."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import InvalidReview
from core.serving import who_asks
from core.text.names import LONGEST_NAME, tidy
from pages.ui import plain
from pages.ui.access import allowed
from pages.ui.components import component, message

KEY = "person"
NAME, PROJECT, TOLD, THEN, WRONG = (
    "person_name", "person_project", "person_told", "person_then", "person_wrong",
)  # fmt: skip
WIDEST = 420  # pixels of the field for it
Deed = Callable[[str], None]
"""Something that is done in somebody's name."""


def name() -> str:
    """Empty until somebody has told it."""
    asks = who_asks()
    if asks and asks.is_signed_in:
        return asks.name
    found: str = st.session_state.get(NAME, "")
    return found


def project() -> str:
    """The name of the project for new work; empty for none."""
    found: str = st.session_state.get(PROJECT, "")
    return found


def remember() -> None:
    """Keep name and project in the browser, and read them from there in a new session."""
    component("shell/person")(
        data={"name": name(), "project": project(), "told": st.session_state.get(TOLD, 0)},
        key=KEY,
        on_known_change=_recall,
    )


def choose_project(wanted: str) -> None:
    _tell(PROJECT, wanted)


def do(deed: Deed) -> None:
    """Now, or as soon as the name is told under which it is done."""
    if name():
        deed(name())
    else:
        st.session_state[THEN] = deed


def ask() -> None:
    if THEN in st.session_state:
        st.dialog("Who are you?", on_dismiss=_drop)(_question)()


def introduce(title: str, why: str, key: str) -> None:
    st.subheader(title, anchor=False)
    st.caption(why)
    field(key)
    st.button("Continue", key=f"person_continue_{key}", type="primary")  # the field is left by it


def field(key: str) -> None:
    if allowed.is_signed_in():
        st.text(name())
        return
    box = f"person_field_{key}"
    st.session_state[box] = name()
    st.text_input(
        "Your name",
        key=box,
        width=WIDEST,
        max_chars=LONGEST_NAME,
        placeholder="Beside your stars, notes and clips",
        on_change=_change_by,
        args=(box,),
    )
    _say_wrong()


def _question() -> None:
    with st.form("person_question", border=False):
        wanted = st.text_input(
            "Your name", key="person_asked", max_chars=LONGEST_NAME, label_visibility="collapsed"
        )
        st.caption("Your team sees it beside what you decide. This browser keeps it.")
        sent = st.form_submit_button("Continue", type="primary", key="person_go_on")
    if sent and _change(wanted):
        deed: Deed = st.session_state.pop(THEN)
        deed(name())
        st.rerun()
    _say_wrong()


def _say_wrong() -> None:
    if wrong := st.session_state.pop(WRONG, ""):
        st.caption(f":red[{plain.text(wrong)}]")


def _change_by(box: str) -> None:
    _change(st.session_state[box])


def _change(wanted: str) -> bool:
    try:
        _tell(NAME, tidy(wanted))
    except InvalidReview as error:
        st.session_state[WRONG] = error.message
        return False
    return True


def _tell(what: str, value: str) -> None:
    st.session_state[what] = value
    st.session_state[TOLD] = st.session_state.get(TOLD, 0) + 1


def _recall() -> None:
    """Read with care: a browser may send anything."""
    sent = message(KEY, "known")
    for kept, what in (("name", NAME), ("project", PROJECT)):
        value = sent.get(kept) if isinstance(sent, dict) else None
        if isinstance(value, str) and value and what not in st.session_state:
            try:
                st.session_state[what] = tidy(value)
            except InvalidReview:
                continue


def _drop() -> None:
    st.session_state.pop(THEN, None)
