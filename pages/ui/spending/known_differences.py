"""What somebody has explained of the books: marked with a reason, told with it, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from core.accounting.differences import LONGEST_REASON, Difference, InvalidReason
from core.catalog.suppliers import Supplier
from core.domain.people import Role
from core.studio import Studio
from pages.ui import formatting, plain
from pages.ui.access import allowed, person
from pages.ui.spending import differing_days

WRONG = "known_difference_wrong"


def offer(studio: Studio, days: Sequence[Difference], of: Supplier) -> None:
    if not allowed.to(Role.ADMIN):
        return
    with st.container(horizontal=True, gap="small"):
        for difference in days:
            _explain(studio, difference, of.title)


def show(studio: Studio, days: Sequence[Difference], of: Supplier) -> None:
    for difference in days:
        known = difference.known
        assert known is not None
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            by = f"{known.person}, " if known.person else ""
            said = f"{differing_days.sentence(difference, of)} Known: {known.why}"
            st.caption(plain.text(f"{said} ({by}{formatting.age(known.at)})"), width="stretch")
            if allowed.to(Role.ADMIN):
                st.button(
                    "Undo",
                    key=f"known_undo_{difference.day}",
                    type="tertiary",
                    icon=":material/undo:",
                    on_click=_unmark,
                    args=(studio, difference.day),
                )


def _explain(studio: Studio, difference: Difference, who: str) -> None:
    box = f"known_why_{difference.day}"
    label = f"{difference.day:%-d %B} is known …"
    with st.popover(label, icon=":material/check:", type="tertiary"):
        with st.form(f"known_{difference.day}", border=False):
            st.text_input(
                "What is it?",
                key=box,
                max_chars=LONGEST_REASON,
                placeholder=f"Tests in {who}'s playground",
            )
            st.form_submit_button(
                "Mark as known", type="primary", on_click=_mark, args=(studio, difference, box)
            )
        if wrong := st.session_state.pop(f"{WRONG}_{difference.day}", None):
            st.error(plain.text(wrong.message), icon=":material/error:")
        st.caption("It warns of this day no more, unless its figures change.")


def _mark(studio: Studio, difference: Difference, box: str) -> None:
    try:
        studio.differences.mark(difference, st.session_state[box], by=person.name())
    except InvalidReason as error:
        st.session_state[f"{WRONG}_{difference.day}"] = error


def _unmark(studio: Studio, day: date) -> None:
    studio.differences.unmark(day)
