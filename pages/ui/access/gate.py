"""What stands in the place of every page until somebody is let in; and the way out again."""

from __future__ import annotations

import streamlit as st

from core.domain.people import Role
from core.serving import who_asks
from pages.ui import media_urls, plain
from pages.ui.access import allowed
from pages.ui.access.sign_in import DEFAULT, providers
from pages.ui.components import component

ROLES = {
    Role.VIEWER: "You see, rate and note.",
    Role.MAKER: "You make clips, within the caps.",
    Role.ADMIN: "You are an admin.",
}


def show() -> None:
    """To sign in, or to ask to be let in."""
    with st.container(key="gate", border=True, width=420):
        st.subheader("Dailies", anchor=False)
        if st.user.get("is_logged_in"):
            st.write("You are signed in, and nobody has let you in yet.")
            with st.container(gap="xxsmall"):
                st.caption("Ask an admin to let in this account:")
                st.text(_called())
            _out("gate_out")
        elif offered := providers():
            st.write("Sign in to see clips and to make them.")
            for name in offered:
                _in(name)
        else:
            st.write("This server does not know who you are. Reach it by its own address.")


def watch() -> None:
    """Where people sign in: removes a page once its person has signed out in another."""
    if allowed.is_signed_in():
        component("shell/signed_in")(data={"address": media_urls.newest()}, key="gate_signed_in")


def menu() -> None:
    person = who_asks()
    if person is None or not person.is_signed_in:
        return
    with (
        st.container(key="chrome_person"),
        st.popover(plain.text(person.name), icon=":material/account_circle:", type="tertiary"),
    ):
        st.text(person.name)
        st.caption(ROLES[person.role])
        if st.user.get("is_logged_in"):
            _out("gate_sign_out")


def _in(provider: str) -> None:
    label = "Sign in" if provider == DEFAULT else f"Sign in with {provider.capitalize()}"
    st.button(
        label,
        key=f"gate_in_{provider}",
        type="primary",
        width="stretch",
        icon=":material/login:",
        on_click=st.login,
        args=() if provider == DEFAULT else (provider,),
    )


def _out(key: str) -> None:
    st.button("Sign out", key=key, icon=":material/logout:", on_click=st.logout)


def _called() -> str:
    return str(st.user.get("email") or st.user.get("name") or "somebody without a name")
