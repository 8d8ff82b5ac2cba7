"""The ASGI app that `streamlit run app.py` serves: pages, routes and one Studio for all of them."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from core.api import routes as programs
from core.environment import LOOPBACK
from core.errors import DailiesError
from core.mcp import routes as agents
from core.media import permissions
from core.monitoring import logs, metrics
from core.serving import give_notice, serve
from core.settings import Settings
from core.studio import Studio
from core.web.body_limits import MB, Intake
from core.web.guard import Guard
from core.web.guests import shares
from core.web.page_style import Dressed, Face, PageStyle
from core.web.prompt_answers import send_at_once
from core.web.routes import routes
from core.web.sign_in import SignIn
from pages.ui.access import sign_in
from pages.ui.shell import code_ahead, page_styles, scripts_ahead

log = logging.getLogger("core.start")

SECONDS_OF_A_TURN = 0.001
"""A short answer takes the interpreter several times, and each time waits for so long while pages
are drawn and orders checked: with the 5 ms of Python, twice as long in all."""


def open_studio() -> tuple[Studio, bool]:
    """The Studio of this server, and whether people sign in to it. What stands against it ends the
    start with one sentence."""
    permissions.begin()
    try:
        settings = Settings.load()
        logs.begin(settings)
        signs_in = sign_in.is_configured(settings)
        opened = Studio(settings)
    except DailiesError as error:
        sys.exit(f"Dailies cannot start. {error.message} {error.hint}")
    for notice in (*settings.notices, *(one.message for one in permissions.exposures(settings))):
        log.warning(notice)
    return opened, signs_in


def sessions() -> float:
    """How many pages are open at this server."""
    return get_instance()._session_mgr.num_active_sessions()


class Waiting:
    """Uploaded files in Streamlit's memory, which waits for a page to take them."""

    def sizes(self) -> Mapping[str, int]:
        """Bytes, by session."""
        kept = self._manager().file_storage
        return {one: sum(len(file.data) for file in kept[one].values()) for one in list(kept)}

    def forget_gone(self) -> None:
        """Drop those of sessions whose page is gone."""
        manager = self._manager()
        for session in list(manager.file_storage):
            if not get_instance().is_active_session(session):
                manager.remove_session_files(session)

    def _manager(self) -> MemoryUploadedFileManager:
        manager = get_instance().uploaded_file_mgr
        assert isinstance(manager, MemoryUploadedFileManager)
        return manager


def guard(settings: Settings) -> Middleware:
    """What stands before everything that is served."""
    base, largest = st.get_option("server.baseUrlPath"), st.get_option("server.maxUploadSize")
    return Middleware(
        Guard,
        hosts=LOOPBACK | settings.allowed_hosts,
        monitors=settings.monitors,
        base=base,
        intake=Intake(
            Waiting(),
            base=base,
            largest=largest * MB,
            elsewhere=programs.largest(base) | agents.largest(base),
        ),
        programs=(*programs.places(base), *agents.places(base)),
        origins=settings.api_origins,
    )


def who_asks() -> list[Middleware]:
    """What tells who asks for a route, where people sign in."""
    networks, base = studio.settings.login_proxies, st.get_option("server.baseUrlPath")
    read = sign_in.of_cookies
    one = Middleware(SignIn, studio=studio, of_cookies=read, proxies=networks, base=base)
    return [one] if signs_in else []


@contextmanager
def with_notice() -> Iterator[None]:
    """uvicorn ends when every answer has ended: those that wait for a clip hear of it first."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def ending(number: int, frame: FrameType | None) -> None:
        give_notice()
        before = kept[signal.Signals(number)]
        if callable(before):
            before(number, frame)

    if threading.current_thread() is not threading.main_thread():
        yield  # signals are not for us
        return
    for number in kept:
        signal.signal(number, ending)
    try:
        yield
    finally:
        for number, before in kept.items():
            signal.signal(number, before)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Work while the server runs, whether or not anybody looks at a page."""
    logs.take_over(studio.settings)
    send_at_once()
    studio.metrics.watch(
        "dailies_sessions",
        "Pages that are open at this server.",
        (),
        lambda: metrics.one(sessions()),
    )
    code_ahead.begin()
    with serve(studio, sign_in.asker(studio) if signs_in else None), with_notice():
        yield


sys.setswitchinterval(SECONDS_OF_A_TURN)
studio, signs_in = open_studio()
base = st.get_option("server.baseUrlPath")
style = PageStyle(page_styles.text(), base)
scripts = scripts_ahead.addresses()
face = Face(style, page_styles.NAME, page_styles.icon(), page_styles.FONT, scripts)
apart = (shares.path(base), *programs.places(base))
app = st.App(
    "pages/shell.py",
    lifespan=lifespan,
    routes=[
        style.route(),
        *shares.routes(base),
        *routes(base),
        *programs.routes(base, studio.settings.api_origins),
        *agents.routes(base, studio.settings.api_origins),
    ],
    middleware=[
        guard(studio.settings),
        *who_asks(),
        Middleware(Dressed, face=face, apart=apart),
    ],
)
