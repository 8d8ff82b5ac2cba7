"""The ASGI app that `streamlit run app.py` serves: pages, routes and one Studio for all of them."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from core import logs
from core.errors import DailiesError
from core.routes import routes
from core.serving import serve
from core.settings import Settings
from core.studio import Studio


def open_studio() -> Studio:
    """The Studio of this server. What stands against it ends the start with one sentence."""
    try:
        settings = Settings.load()
        logs.begin(settings)
        return Studio(settings)
    except DailiesError as error:
        sys.exit(f"Dailies cannot start. {error.message} {error.hint}")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Work while the server runs, whether or not anybody looks at a page."""
    logs.take_over(studio.settings)
    with serve(studio):
        yield


studio = open_studio()
app = st.App(
    "pages/shell.py", lifespan=lifespan, routes=routes(st.get_option("server.baseUrlPath"))
)
