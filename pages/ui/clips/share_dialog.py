"""A link to clips for people outside: what it is called, what it shows, how long it opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import streamlit as st

from core.domain.people import Role
from core.domain.shares import LONGEST_NAME, LONGEST_PASSWORD, LONGEST_TITLE, NewShare, Share, Terms
from core.errors import InvalidShare, NotAllowed, Problem
from core.storage.search.selection import Filter, Order
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import plain, share_address, times
from pages.ui.access import allowed, person

OPEN, MADE, PROBLEMS = "share_open", "share_made", "share_problems"
OPENINGS, SHARER = "share_openings", "share_sharer"
EVERYTHING = "This view has no filter: whatever is made here, from now on too, is in this link."
LOCAL = (
    "Only this machine can open it. The README says how others reach Dailies: a proxy, and its name"
    " in DAILIES_ALLOWED_HOSTS."
)


@dataclass(frozen=True)
class Clips:
    numbers: tuple[int, ...]

    def say(self, _studio: Studio) -> None:
        count = counted(len(self.numbers), "generations")
        st.markdown(
            f"**Only what is chosen: {count}.** Nothing that is made later is in this link."
        )

    def make(self, studio: Studio, wanted: NewShare) -> Share:
        return studio.shares.make(wanted, self.numbers)


@dataclass(frozen=True)
class View:
    """What a link leads to: whatever a filter finds when somebody looks. `words` say the filter,
    none if it finds everything."""

    chosen: Filter
    order: Order
    words: tuple[str, ...]

    def say(self, studio: Studio) -> None:
        count = counted(studio.shares.count_live(self.chosen, self.order), "clips")
        st.markdown(
            f"**This view, live: {count} now.** What comes into the view later is in this link too,"
            " and what leaves it is not. The trash never is."
        )
        if self.words:
            st.text(" · ".join(self.words))
        else:
            st.warning(EVERYTHING, icon=":material/warning:")

    def make(self, studio: Studio, wanted: NewShare) -> Share:
        return studio.shares.make_live(wanted, self.chosen, self.order)


def button(studio: Studio, behind: Clips | View, key: str, label: str = "Share …") -> None:
    if not allowed.to(Role.MAKER):
        return
    st.button(
        label,
        key=key,
        icon=":material/share:",
        type="tertiary",
        on_click=_open,
        args=(key, behind),
    )
    if st.session_state.get(OPEN) == (key, behind):
        st.dialog("Share", width="medium", on_dismiss=_close)(_dialog)(studio, behind)


def openings() -> int:
    """Counts openings: a menu with this number in its key closes at each."""
    count: int = st.session_state.get(OPENINGS, 0)
    return count


def _open(key: str, behind: Clips | View) -> None:
    _close()
    st.session_state[OPEN] = (key, behind)
    st.session_state[OPENINGS] = openings() + 1


def _close() -> None:
    for name in (OPEN, MADE, PROBLEMS):
        st.session_state.pop(name, None)


def _dialog(studio: Studio, behind: Clips | View) -> None:
    made: Share | None = st.session_state.get(MADE)
    if made:
        _link(studio, made)
    else:
        _terms(studio, behind)


def _link(studio: Studio, share: Share) -> None:
    clips = counted(share.clips, "clips")
    leads = f"a live view, of {clips} now" if share.live else clips
    st.markdown(f"A link to {leads}, for whoever has it:")
    token = studio.shares.token(share)
    assert token
    st.code(share_address.of(token), language=None, wrap_lines=True)
    if share_address.is_local():
        st.info(LOCAL, icon=":material/computer:")
    st.caption("Settings lists all links, counts their visits and turns them off.")


def _terms(studio: Studio, behind: Clips | View) -> None:
    problems: list[Problem] = st.session_state.get(PROBLEMS, [])
    behind.say(studio)
    st.caption("A page of its own, for people outside. They need no login.")
    _said(problems, "clips")
    title = st.text_input("Title", key="share_title", max_chars=LONGEST_TITLE)
    _said(problems, "title")
    sharer = st.text_input(
        "Your name, which they see",
        person.name() if allowed.is_signed_in() else st.session_state.get(SHARER, ""),
        key="share_by",
        max_chars=LONGEST_NAME,
        disabled=allowed.is_signed_in(),
    )
    _said(problems, "by")
    last_day = st.date_input(
        "Last day (optional)",
        None,
        key="share_last_day",
        format="YYYY-MM-DD",
        help="Without one it works until you turn it off.",
    )
    _said(problems, "ends_at")
    password = st.text_input(
        "Password (optional)",
        key="share_password",
        type="password",
        max_chars=LONGEST_PASSWORD,
        autocomplete="new-password",
        help="Without one whoever has the link gets in.",
    )
    _said(problems, "password")
    seen, left = st.columns(2)
    with seen:
        st.markdown("**They also see**")
        prompts = st.toggle("Prompts", key="share_prompts")
        settings = st.toggle("Models, seeds and settings", key="share_settings")
        cost = st.toggle("Cost", key="share_cost")
    with left:
        st.markdown("**They may leave**")
        ratings = st.toggle("Stars", key="share_ratings")
        notes = st.toggle("Notes, which other guests see", key="share_notes")
    terms = Terms(prompts, settings, cost, takes_ratings=ratings, takes_notes=notes)
    if st.button("Make the link", key="share_make", type="primary"):
        ends_at = _end_of(last_day)
        _make(studio, NewShare(title.strip(), sharer.strip(), terms, ends_at, password), behind)
        st.rerun()


def _make(studio: Studio, wanted: NewShare, behind: Clips | View) -> None:
    st.session_state[SHARER] = wanted.by
    try:
        st.session_state[MADE] = behind.make(studio, wanted)
    except InvalidShare as error:
        st.session_state[PROBLEMS] = list(error.problems)
    except NotAllowed as error:
        st.session_state[PROBLEMS] = [Problem("clips", f"{error.message} {error.hint}".strip())]


def _said(problems: Sequence[Problem], field: str) -> None:
    for problem in problems:
        if problem.field == field:
            st.error(plain.text(problem.message), icon=":material/error:")


def _end_of(day: date | None) -> datetime | None:
    if not isinstance(day, date):
        return None
    return datetime.combine(day + timedelta(days=1), time(), times.viewers())
