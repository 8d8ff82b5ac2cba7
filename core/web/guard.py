"""Guards pages, routes and sockets: for whom the server answers, how much, how often.

"Only this machine" is a promise that a browser can break: a page from anywhere may call 127.0.0.1,
under its own name that resolves to it, or from its own origin. So each request must be for one of
our names, and if it tells its page's origin, that must be ours too.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.web.body_limits import Intake
from core.web.sockets import Frames, Pace

logger = logging.getLogger(__name__)

HOST = re.compile(r"(\[[0-9a-f:.]+\]|[0-9a-z_.-]+)(:\d{1,5})?", re.IGNORECASE)
MISNAMED = (
    "Dailies does not answer to this name. Whoever runs it can let it:"
    " DAILIES_ALLOWED_HOSTS lists the names besides those of this machine."
)
FOREIGN = (
    "This request comes from a page of another address, and is not answered. Behind a proxy:"
    " let it pass on the Host that the browser asked for."
)
PRIVATE = (
    "These figures are for this machine. Whoever runs it can let others read them:"
    " DAILIES_MONITORS lists their addresses."
)
FIGURES = ("/metrics", "/_stcore/metrics")
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers that a proxy adds. Behind one, everybody seems to be on this machine."""
Networks = Collection[IPv4Network | IPv6Network]
SECONDS_BETWEEN_WARNINGS = 10.0
LONGEST_LOGGED = 100


class Guard:
    """`hosts` are names without a port; `base` is the path of the pages."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        monitors: Networks,
        base: str,
        intake: Intake,
        programs: Collection[str] = (),
        origins: Collection[str] = (),
    ) -> None:
        """Pages of `origins` may call what is below `programs`."""
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._monitors = monitors
        below = f"/{base.strip('/')}".rstrip("/")
        self._figures = {below + path for path in FIGURES}
        self._intake = intake
        self._programs = tuple(programs)
        self._origins = frozenset(origins)
        self._warned_at = -SECONDS_BETWEEN_WARNINGS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif refused := self._refused(scope):
            await self._refuse(scope, receive, _framed(send), *refused)
        elif scope["type"] == "websocket":
            frames = Frames(Pace(receive), send)
            await self._app(scope, frames.receive, frames.send)
        else:
            await self._intake.serve(self._app, scope, receive, _framed(send))

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return 421, MISNAMED
        foreign = origins and not _is_same(origins, hosts[0], scope["scheme"])
        if foreign and not self._may_call(scope, origins):
            return 403, FOREIGN
        if scope["path"] in self._figures and not is_monitor(scope, self._monitors):
            return 403, PRIVATE
        return None

    def _may_call(self, scope: Scope, origins: list[str]) -> bool:
        calls = scope["type"] == "http" and scope["path"].startswith(self._programs or ("\0",))
        return calls and len(origins) == 1 and origins[0].lower() in self._origins

    def _is_ours(self, host: str) -> bool:
        found = HOST.fullmatch(host)
        return found is not None and found[1].strip("[]").lower() in self._hosts

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, status: int, sentence: str
    ) -> None:
        self._warn(scope, sentence)
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        await PlainTextResponse(sentence, status)(scope, receive, send)

    def _warn(self, scope: Scope, sentence: str) -> None:
        """Log a refusal now and then: anybody can cause as many as they like."""
        now = time.monotonic()
        if now - self._warned_at < SECONDS_BETWEEN_WARNINGS:
            return
        self._warned_at = now
        headers = Headers(scope=scope)
        named = {key: headers.get(key, "")[:LONGEST_LOGGED] for key in ("host", "origin")}
        logger.warning("a request was refused: %s", sentence, extra=named)


def is_monitor(scope: Scope, monitors: Networks) -> bool:
    """Who may see figures: this machine without a proxy in between, and the networks named."""
    if scope["client"] is None:
        return False
    address = ip_address(scope["client"][0])
    address = getattr(address, "ipv4_mapped", None) or address
    if any(address in network for network in monitors):
        return True
    headers = Headers(scope=scope)
    return address.is_loopback and not any(name in headers for name in FORWARDED)


def _is_same(origins: list[str], host: str, scheme: str) -> bool:
    """True only for the exact origin of the Host header: about any other, Streamlit asks an
    external service whether it is this machine's own.

    Plain http here may be https at a proxy; https here is https everywhere.
    """
    schemes = ("https",) if scheme in ("https", "wss") else ("http", "https")
    return len(origins) == 1 and origins[0] in [f"{one}://{host}" for one in schemes]


def _framed(send: Send) -> Send:
    """Let no other site show our pages in a frame, where a click can be stolen."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Frame-Options"] = "SAMEORIGIN"
            headers.append("Content-Security-Policy", "frame-ancestors 'self'")
        await send(message)

    return sending
