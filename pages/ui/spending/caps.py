"""The caps that hold: how far each is used, and a dialog that sets one."""

from __future__ import annotations

import streamlit as st

from core.catalog.suppliers import Supplier
from core.domain.caps import EVERY_PROVIDER, Cap, Scope, Standing
from core.domain.people import Role
from core.errors import DailiesError
from core.generations import FIRST_PROVIDER
from core.studio import Studio
from pages.ui import formatting, money, plain
from pages.ui.access import allowed, person
from pages.ui.spending import cap_dialog

ICONS = {
    Scope.EVERYONE: ":material/groups:",
    Scope.PERSON: ":material/person:",
    Scope.PROJECT: ":material/folder:",
    Scope.MODEL: ":material/category:",
}


def show(studio: Studio) -> None:
    standings = studio.caps.standings()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Caps", anchor=False, width="stretch")
        if allowed.to(Role.ADMIN):
            st.button(
                "Set a cap",
                key="caps_set",
                icon=":material/add:",
                type="tertiary",
                on_click=cap_dialog.open_new,
            )
    if standings:
        grid = st.grid(columns=4, min_column_width=250)
        for standing in standings:
            with grid.cell():
                _card(studio, standing)
    else:
        st.caption("None yet. A cap stops what would cost more, before it is submitted.")
    _past(studio)
    cap_dialog.show(studio)


def _card(studio: Studio, standing: Standing) -> None:
    cap, of = standing.cap, studio.catalog.suppliers[standing.cap.provider]
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.markdown(
            f"{ICONS[cap.subject.scope]} **{plain.text(_whose(cap))}** · {_often(studio, cap)}"
        )
        share = min(1.0, standing.used / cap.credits) if cap.credits else 1.0
        used = f"{of.figure(standing.used)} of {formatting.credits(cap.credits, of)}"
        st.progress(share, text=money.escaped(used))
        st.caption(plain.text(_told(standing, of)))
        if not allowed.to(Role.ADMIN):
            return
        with st.container(horizontal=True):
            st.button(
                "Change",
                key=f"caps_change_{cap.id}",
                type="tertiary",
                icon=":material/edit:",
                on_click=cap_dialog.open_for,
                args=(cap,),
            )
            st.button(
                "Remove",
                key=f"caps_end_{cap.id}",
                type="tertiary",
                icon=":material/close:",
                on_click=_end,
                args=(studio, cap),
            )


def _told(standing: Standing, of: Supplier) -> str:
    cap = standing.cap
    left, worth = of.figure(standing.left), of.dollars(standing.left)
    said = [f"{left} left." if worth in ("", left) else f"{left} left, {worth}."]
    if standing.pending:
        said.append(f"{of.figure(standing.pending)} of what is used are not final.")
    if standing.turns_at:
        said.append(f"Starts again on {standing.turns_at:%-d %B}, UTC.")
    said.append(f"Warns at {cap.warn_percent}\u00a0%. Set by {cap.made_by}.")
    return " ".join(said)


def _past(studio: Studio) -> None:
    past = studio.caps.past()
    if not past:
        return
    with st.expander("Earlier caps", icon=":material/history:"):
        st.dataframe(
            [
                {
                    "For": _whose(cap),
                    "How long": _often(studio, cap),
                    "At most": studio.catalog.suppliers[cap.provider].counted(cap.credits),
                    "Set by": cap.made_by,
                    "Set": cap.made_at,
                    "Ended by": cap.ended_by,
                    "Ended": cap.ended_at,
                }
                for cap in past
            ],
            hide_index=True,
            alt="Caps that hold no more",
        )


def _whose(cap: Cap) -> str:
    return "Everyone" if cap.subject.scope is Scope.EVERYONE else cap.subject.name


def _often(studio: Studio, cap: Cap) -> str:
    """For other providers than the first with its name; dollars speak for themselves."""
    there = studio.catalog.suppliers[cap.provider].title
    unsaid = cap.provider in (FIRST_PROVIDER, EVERY_PROVIDER)
    where = "" if unsaid else f" · {plain.text(there)}"
    return f"{cap_dialog.PERIODS[cap.period].lower()}{where}"


def _end(studio: Studio, cap: Cap) -> None:
    def deed(by: str) -> None:
        try:
            studio.caps.end(cap.id, by=by)
        except DailiesError as error:
            st.toast(plain.error(error), icon=":material/error:")

    person.do(deed)
