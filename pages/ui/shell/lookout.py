"""Has a fragment drawn anew once something in flight has changed, and every half minute, as some
words tell of time. The browser asks for that: else a page that follows a clip costs the server no
drawing."""

from __future__ import annotations

from core.studio import Studio
from pages.ui import components, media_urls


def etag(studio: Studio) -> str:
    """What `wait` takes. It is read before anything is drawn, so that what changes meanwhile is
    seen at the next look."""
    return studio.in_flight.etag()


def wait(drawn_at: str, key: str) -> None:
    """Goes last in a fragment, where it moves nothing."""
    components.component("shell/lookout")(
        key=key,
        data={"address": media_urls.in_flight(), "etag": drawn_at},
        on_changed_change=_look,
    )


def _look() -> None:
    """Being drawn anew is all."""
