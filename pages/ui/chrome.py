"""What stands around every page: the mode, and trouble that concerns everything."""

from __future__ import annotations

import streamlit as st

from core.errors import NoRoom
from core.studio import Studio


def mode(studio: Studio) -> None:
    """Say on every page that a demo is a demo."""
    if studio.settings.demo:
        st.caption(
            ":violet-badge[:material/theater_comedy: Demo]"
            " Clips are imitations and nothing is charged. Settings says how to make real ones."
        )


def room(studio: Studio) -> None:
    """A disk that is nearly full: what waits for it, and that it goes on by itself."""
    try:
        studio.media.disk.check()
    except NoRoom as error:
        st.warning(
            f"{error.hint} Nothing new is sent and no clip is fetched until then; nothing is lost.",
            title=error.message,
            icon=":material/hard_drive:",
        )


def trouble(studio: Studio) -> None:
    """A wrong key or no network: nothing is lost, and this is why nothing moves."""
    if error := studio.trouble:
        st.warning(f"{error.hint} Nothing is lost.", title=error.message, icon=":material/error:")
