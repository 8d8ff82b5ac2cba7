"""A stop on the browser's way back for each view that somebody looked at."""

from __future__ import annotations

import uuid

from pages.ui import components


def stops() -> None:
    """Stand at the end of the page: what changes the address later is another view."""
    components.component("history/way_back")(
        key="history_way_back", data={"drawing": uuid.uuid4().hex}
    )
