"""Who may come in, and as what: for admins, where people sign in."""

from __future__ import annotations

import streamlit as st

from core.domain.people import Account, Role
from core.errors import NotAllowed
from core.studio import Studio
from core.studio.making.queue import MOST_TURNS
from pages.ui import formatting, plain
from pages.ui.access import allowed

NOBODY = "not let in"
CHOICES = [*Role, NOBODY]
MEANS = """
A *viewer* sees, rates and notes. A *maker* also generates within the caps, cancels, tags, shares.
An *admin* also sets caps and roles, and looks after projects, backups and the links of others.
"""
WRONG = "people_wrong"
SENDERS = (Role.MAKER, Role.ADMIN)
"""Those whose clips wait for turns."""


def show(studio: Studio) -> None:
    if not allowed.is_signed_in():
        st.caption("Nobody signs in here: whoever reaches this server may do everything.")
        return
    if not allowed.to(Role.ADMIN):
        st.caption("Admins say who may do what.")
        turns = studio.queue.turns()
        if len({turns[role] for role in SENDERS}) > 1:
            told = ", ".join(f"of {role}s {turns[role]}" for role in SENDERS)
            st.caption(f"Clips in one turn at a model's slots: {told}.")
        return
    st.caption(MEANS)
    if error := st.session_state.pop(WRONG, None):
        allowed.tell(error)
    for account, role in studio.people.all():
        _row(studio, account, role)
    _turns(studio)


def _row(studio: Studio, account: Account, role: Role | None) -> None:
    box = f"people_role_{account.id}"
    st.session_state[box] = role or NOBODY
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None, width="stretch"):
            st.text(account.name)
            email = f"{plain.text(account.email)} · " if account.email else ""
            st.caption(f"{email}seen {formatting.age(account.seen_at)}")
        st.selectbox(
            f"Role of {plain.text(account.name)}",
            CHOICES,
            key=box,
            width=150,
            label_visibility="collapsed",
            on_change=_give,
            args=(studio, account.id, box),
        )


def _turns(studio: Studio) -> None:
    st.caption("At the slots of a model it is the turn of one person after the other.")
    turns = studio.queue.turns()
    for role, column in zip(SENDERS, st.columns(len(SENDERS)), strict=True):
        box = f"people_turns_{role}"
        st.session_state[box] = turns[role]
        column.number_input(
            f"Clips in {'a' if role is Role.MAKER else 'an'} {role}'s turn",
            1,
            MOST_TURNS,
            key=box,
            on_change=_set_turns,
            args=(studio, role, box),
        )


def _set_turns(studio: Studio, role: Role, box: str) -> None:
    studio.queue.set_turns(role, st.session_state[box])


def _give(studio: Studio, person_id: str, box: str) -> None:
    chosen = st.session_state[box]
    try:
        if chosen == NOBODY:
            studio.people.remove(person_id)
        else:
            studio.people.set_role(person_id, Role(chosen))
    except NotAllowed as error:
        st.session_state[WRONG] = error
