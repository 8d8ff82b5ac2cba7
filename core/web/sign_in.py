"""Who asks for what is served beside the pages; and what surrounds signing in and out there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.access import proxy_headers
from core.domain.people import Identity
from core.errors import NotAllowed
from core.serving import asking
from core.studio import Studio
from core.web.files import GONE

SIGNED_IN = "dailies.signed_in"
"""Where a request says who has signed in, where people do; None is nobody who is let in."""
RETURN = "dailies_return"
"""The cookie that holds the address that somebody came for until they have signed in."""
RETURN_SECONDS = 600
LONGEST_ADDRESS = 2000
Networks = Collection[IPv4Network | IPv6Network]
Cookies = Mapping[str, str]


class SignIn:
    """Tells for each request who makes it. `of_cookies` reads the cookie of a sign-in; `proxies`
    are those whose headers tell who asks: nobody else's do."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        studio: Studio,
        of_cookies: Callable[[Cookies], Identity | None],
        proxies: Networks,
        base: str,
    ) -> None:
        self._app = app
        self._studio = studio
        self._of_cookies = of_cookies
        self._proxies = proxies
        self._below = f"/{base.strip('/')}".rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if not is_trusted(scope, self._proxies):
            told = [name.encode() for name in proxy_headers.NAMES]
            scope["headers"] = [one for one in scope["headers"] if one[0].lower() not in told]
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        await self._answer(scope, receive, self._sending(scope, send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = HTTPConnection(scope)
        identity = proxy_headers.identity(asked.headers) if self._proxies else None
        identity = identity or self._of_cookies(asked.cookies)
        person = self._studio.people.find(identity.id) if identity else None
        try:
            with asking(person):
                scope[SIGNED_IN] = person
                await self._app(scope, receive, send)
        except NotAllowed:  # as if it did not exist: nobody learns that it does
            await PlainTextResponse(GONE, 404)(scope, receive, send)

    def _sending(self, scope: Scope, send: Send) -> Send:
        """At the sign-in's own paths: lead back to the address that somebody came for, and on
        sign-out make the browser drop its stored clips."""
        path = scope["path"].removeprefix(self._below)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if path == "/auth/login":
                    self._remember(scope, headers)
                elif path == "/oauth2callback":
                    self._return(scope, headers)
                elif path == "/auth/logout":
                    headers["Clear-Site-Data"] = '"cache"'
            await send(message)

        return sending

    def _remember(self, scope: Scope, headers: MutableHeaders) -> None:
        asked = Headers(scope=scope)
        came = urlsplit(asked.get("referer", ""))
        address = came.path + (f"?{came.query}" if came.query else "")
        if came.netloc == asked.get("host") and self._is_page(address):
            self._keep(headers, quote(address), RETURN_SECONDS)

    def _return(self, scope: Scope, headers: MutableHeaders) -> None:
        address = unquote(HTTPConnection(scope).cookies.get(RETURN, ""))
        if address and self._is_page(address):
            headers["Location"] = address
            self._keep(headers, "", 0)

    def _keep(self, headers: MutableHeaders, value: str, seconds: int) -> None:
        where = f"Path={self._below or '/'}; HttpOnly; SameSite=Lax; Max-Age={seconds}"
        headers.append("Set-Cookie", f"{RETURN}={value}; {where}")

    def _is_page(self, address: str) -> bool:
        is_plain = address.isprintable() and "\\" not in address and len(address) < LONGEST_ADDRESS
        return is_plain and address.startswith(f"{self._below}/") and not address.startswith("//")


def is_trusted(scope: Scope, proxies: Networks) -> bool:
    """Whether the request comes from one of these proxies, so that its headers may say who asks.

    After uvicorn has put the visitor's address in the proxy's place there is no port. It does so
    only for the proxies of FORWARDED_ALLOW_IPS, all of which the settings require to be among
    these.
    """
    client = scope.get("client")
    if not proxies or client is None:
        return False
    if client[1] == 0:
        return True
    try:
        address = ip_address(client[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in proxies)
