"""Tokens of other programs: made, shown once, revoked."""

from __future__ import annotations

import streamlit as st

from core.domain.people import LOCAL, Person, Role
from core.domain.tokens import Token
from core.errors import InvalidReview
from core.serving import who_asks
from core.studio import Studio
from core.text.names import LONGEST_NAME
from pages.ui import formatting, media_urls, plain
from pages.ui.access import allowed, person

LABEL, ROLE, MADE, WRONG = "token_label", "token_role", "token_made", "token_wrong"
MAY = {Role.VIEWER: "Look only", Role.MAKER: "Look and generate", Role.ADMIN: "Everything"}
OLDER_SHOWN = 20


def show(studio: Studio) -> None:
    tokens = studio.tokens.all()
    if not tokens:
        st.caption(
            "None yet. A token lets a script, a frontend or an agent make clips in"
            " your name, within your caps, without a provider's key."
        )
    _made()
    for one in tokens:
        if one.revoked_at is None:
            _working(studio, one)
    with st.expander("New token", icon=":material/add:"):
        _form(studio)
    if over := [one for one in tokens if one.revoked_at]:
        with st.expander(f"Revoked tokens ({len(over):,})"):
            for one in over[:OLDER_SHOWN]:
                st.text(one.label)
                st.caption(_facts(one))


def _working(studio: Studio, token: Token) -> None:
    with st.container(border=True, gap="xsmall", key=f"token_{token.id}"):
        st.text(token.label)
        st.caption(plain.text(f"by {token.person} · {_facts(token)}"))
        asks = who_asks()
        if not (asks and (asks.role is Role.ADMIN or asks.id == token.person_id)):
            return
        with st.popover("Revoke", icon=":material/key_off:", type="tertiary"):
            st.write("What uses it is refused from now on. This cannot be undone.")
            st.button(
                "Revoke this token",
                key=f"token_revoke_{token.id}",
                type="primary",
                on_click=studio.tokens.revoke,
                args=(token.id,),
            )


def _form(studio: Studio) -> None:
    st.text_input(
        "What it is for",
        key=LABEL,
        max_chars=LONGEST_NAME,
        placeholder="Such as the storyboard script",
    )
    st.selectbox(
        "What it may do",
        [role for role in (Role.MAKER, Role.VIEWER, Role.ADMIN) if allowed.to(role)],
        format_func=MAY.__getitem__,
        key=ROLE,
    )
    if wrong := st.session_state.pop(WRONG, ""):
        st.caption(f":red[{plain.text(wrong)}]")
    st.button("Make the token", key="token_make", on_click=_ask, args=(studio,))


def _ask(studio: Studio) -> None:
    label, role = st.session_state[LABEL], st.session_state[ROLE]
    asks = who_asks() or LOCAL
    person.do(lambda name: _make(studio, label, Person(asks.id, name, asks.role), role))


def _make(studio: Studio, label: str, owner: Person, role: Role) -> None:
    try:
        token, secret = studio.tokens.make(label, owner, role)
    except InvalidReview as error:
        st.session_state[WRONG] = error.message
        return
    st.session_state[MADE] = token.label, secret


def _made() -> None:
    if MADE not in st.session_state:
        return
    label, secret = st.session_state[MADE]
    with st.container(border=True, gap="xsmall", key="token_secret"):
        st.text(label)
        st.caption("Copy it now: nobody can read it again.")
        st.code(secret, language=None, wrap_lines=True)
        st.caption(
            "A program shows it with each call:"
            f" [{media_urls.base()}/api/docs]({media_urls.base()}/api/docs) says how, and what it"
            " may ask."
        )
        st.button("I have copied it", key="token_copied", on_click=_put_away)


def _put_away() -> None:
    st.session_state.pop(MADE, None)


def _facts(token: Token) -> str:
    used = f"used {formatting.age(token.last_used_at)}" if token.last_used_at else "never used"
    ended = f"revoked {formatting.age(token.revoked_at)}" if token.revoked_at else ""
    parts = (MAY[token.role], f"made {formatting.age(token.made_at)}", used, ended)
    return " · ".join(filter(None, parts))
