"""What who sits there is offered, and why a click was refused: each call is asked again."""

from __future__ import annotations

import streamlit as st

from core.domain.people import Role
from core.errors import NotAllowed
from core.serving import who_asks
from pages.ui import plain

REFUSED = "allowed_refused"
NO_MAKER = "Only a maker can generate: an admin can make you one."


def to(role: Role) -> bool:
    """Whether things for this role are offered to whoever sits there."""
    person = who_asks()
    return person is not None and person.role.includes(role)


def is_signed_in() -> bool:
    person = who_asks()
    return person is not None and person.is_signed_in


def told() -> None:
    """Above the page: why the last click was refused."""
    if error := st.session_state.pop(REFUSED, None):
        tell(error)


def tell(error: NotAllowed) -> None:
    st.error(plain.text(error.hint) or " ", title=plain.text(error.message), icon=":material/lock:")
