"""A stop on the browser's way back for each view that somebody looked at."""

from __future__ import annotations

import uuid

from pages.ui import components


def stops() -> None:
    """At the end of the page, since any later change of the address is another view."""
    components.component("history/way_back")(
        key="history_way_back", data={"drawing": uuid.uuid4().hex}
    )
