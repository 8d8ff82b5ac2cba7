"""What stands around every page: what holds work up at the moment."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core.errors import DiskFull
from core.providers.breaker import CREDITS
from core.studio import Studio
from pages.ui import plain


def redraw_on_return() -> None:
    """Draw the page anew when it has found its server again.

    Streamlit's page asks for that only where a timer runs: otherwise a click on what an earlier
    server drew would be lost in silence.
    """
    st.fragment(_nothing, run_every=timedelta(days=1))()


def _nothing() -> None:
    """Only its timer is needed."""


def fetch_ahead() -> None:
    """Let the browser load now what it needs when a clip is on its way: Streamlit loads parts of a
    page when they are first drawn, and the server may be away just then."""
    with st.container(key="chrome_ahead"):
        st.progress(0.0)


def room(studio: Studio) -> None:
    """For a nearly full disk: what waits for it, and that it goes on by itself."""
    try:
        studio.server.check_disk()
    except DiskFull as error:
        st.warning(
            f"{plain.text(error.hint)} Nothing new is sent and no clip is fetched until then;"
            " nothing is lost.",
            title=plain.text(error.message),
            icon=":material/hard_drive:",
        )


def trouble(studio: Studio) -> None:
    """For a wrong key, no credits, no network: nothing is lost, and this is why nothing moves."""
    names = studio.catalog.names
    for breaker in studio.breakers.open():
        name = names.get(breaker.model, breaker.model)
        st.warning(
            f"{plain.text(breaker.error.hint)} Nothing is lost.",
            title=plain.text(f"{name}: {breaker.error.message}" if name else breaker.error.message),
            icon=":material/error:",
        )
        site = studio.catalog.suppliers[breaker.provider].site
        if breaker.kind is CREDITS and site:
            st.link_button("Buy credits", site, icon=":material/open_in_new:")


def overdue(studio: Studio) -> None:
    """Clips that have waited so long that their providers may delete them."""
    if count := studio.server.overdue():
        usual = studio.catalog.suppliers[studio.accounts.usual]
        kept = f"{plain.text(usual.title)} keeps a clip for {usual.keeps}."
        if len(studio.accounts.names) > 1:
            kept = "Providers keep a clip for some days alone."
        st.warning(
            f"{kept} The cards say what is wrong with each.",
            title=f"{count:,} clip{' is' if count == 1 else 's are'} waiting for half a day",
            icon=":material/schedule:",
        )
