"""Has a fragment drawn anew once something in flight has changed, and every half minute, as some
words tell of time. The browser asks for that: else a page that follows a clip costs the server no
drawing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import streamlit as st

from core.errors import DailiesError, NotAllowed, StoreError
from core.studio import Studio
from pages.ui import components, media_urls, plain
from pages.ui.access import allowed

log = logging.getLogger(__name__)


@dataclass
class Lookout:
    waits: bool
    """Whether there is anything to wait for."""


def etag(studio: Studio) -> str:
    """Taken before anything is drawn, so that the next look sees what changes meanwhile. Empty,
    which never matches, where it cannot be read at the moment."""
    try:
        return studio.in_flight.etag()
    except StoreError:
        return ""


@contextmanager
def waiting(
    studio: Studio, key: str, *, waits: bool = True, read_at: str | None = None
) -> Iterator[Lookout]:
    """Goes around all that a fragment or a page draws, with the `etag` from before the page has
    read it, if it did so earlier.

    The lookout stands last, where it moves nothing, but not when the whole page is to be drawn
    anew. Where an error ends the drawing it always does, or nothing would ever draw it again.
    """
    drawn_at = etag(studio) if read_at is None else read_at
    lookout = Lookout(waits)
    try:
        yield lookout
    except NotAllowed as error:
        allowed.tell(error)
    except DailiesError as error:
        _tell(error)
        lookout.waits = True
    except Exception:  # neither a rerun nor a stop of Streamlit's is one
        _wait(drawn_at, key)
        raise
    if lookout.waits:
        _wait(drawn_at, key)


def _tell(error: DailiesError) -> None:
    log.warning("a page could not be drawn: %s", error.message)
    st.error(
        f"{plain.text(error.hint)} The page is drawn again by itself.".strip(),
        title=plain.text(error.message),
        icon=":material/error:",
    )


def _wait(drawn_at: str, key: str) -> None:
    components.component("shell/lookout")(
        key=key,
        data={"address": media_urls.in_flight(), "etag": drawn_at},
        on_changed_change=_look,
    )


def _look() -> None:
    """Drawing it anew is all it has to do."""
