"""Who comes in: a program with a token that works, so often, and nobody while there is no token."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Hashable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api import own_pages
from core.domain.people import Person
from core.domain.tokens import Token
from core.errors import StoreError
from core.serving import asking, served
from core.sharing.rates import Rate, network
from core.studio.identity.tokens import Tokens

log = logging.getLogger(__name__)

PERSON = "dailies.person"
"""Where a request says who asks."""
MINUTE = 60.0
CALLS_A_MINUTE = 6000
WRONG_A_MINUTE = 30
"""From one address."""
OFF = "There is no API here yet: make a token on Settings, and it is there."
NO_TOKEN = "Send a token of Settings as Authorization: Bearer …"
WRONG_TOKEN = "This token does not work: it was revoked, or is not one of this server's."
TOO_OFTEN = "Too many calls in a minute. Wait, and go on."

Judgement = tuple[Person | None, int, str]
"""Who it is, or else a status and a sentence."""
Refuse = Callable[[Request, int, str], Response]


class Admission:
    def __init__(
        self,
        app: ASGIApp,
        refuse: Refuse,
        *,
        is_open: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`refuse` makes an answer of a status and a sentence; `is_open` tells of a path, below
        where this is mounted, whether it needs no token."""
        self._app = app
        self._refuse = refuse
        self._is_open = is_open
        self._refreshing: asyncio.Task[None] | None = None
        self._calls = Rate(CALLS_A_MINUTE, MINUTE, time.monotonic)
        self._wrong = Rate(WRONG_A_MINUTE, MINUTE, time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope)
        judged = self._known(request)
        if judged is None:
            judged = await run_in_threadpool(self._judge, request)
        person, status, said = judged
        if status:
            answer = self._refuse(request, status, said)
            await answer(scope, receive, send)
            return
        with asking(person):
            await self._app({**scope, PERSON: person}, receive, send)

    def _known(self, request: Request) -> Judgement | None:
        """Of who has called a moment ago; nobody waits for a thread or the history."""
        tokens = served().tokens
        token = tokens.remembered(bearer(request))
        if token and tokens.is_due() and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(_refresh(tokens))
        return self._let_in(token) if token else None

    def _let_in(self, token: Token) -> Judgement | None:
        """What a token may is at most what its owner may by now; None if that is nothing."""
        owner = served().people.now(token.owner)
        return self._counted(token.id, owner) if owner else None

    def _counted(self, by: Hashable, person: Person) -> Judgement:
        return (person, 0, "") if self._calls.allows(by) else (None, 429, TOO_OFTEN)

    def _judge(self, request: Request) -> Judgement:
        studio, secret = served(), bearer(request)
        host = network(request.client.host if request.client else "")
        if not secret and not self._calls.allows(host):
            return None, 429, TOO_OFTEN
        token = studio.tokens.recognise(secret) if secret else None
        if token and (judged := self._let_in(token)):
            return judged
        if not studio.tokens.any_works():
            return None, 404, OFF
        if not secret and (person := studio.people.now(own_pages.caller(request))):
            return self._counted(person.id, person)
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if not secret and self._is_open(path):
            return None, 0, ""
        if secret and not self._wrong.allows(host):
            return None, 429, TOO_OFTEN
        return None, 401, WRONG_TOKEN if secret else NO_TOKEN


async def _refresh(tokens: Tokens) -> None:
    try:
        await run_in_threadpool(tokens.refresh)
    except StoreError as error:
        log.warning("the tokens cannot be read anew: %s", error.message)


def bearer(request: Request) -> str:
    """The token that a request shows; empty if it shows none."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def headers_of(status: int) -> dict[str, str]:
    return {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "30"}}.get(status, {})


def one_of(paths: Collection[str]) -> Callable[[str], bool]:
    """Whether a path is one of these, or lies below one that ends with a slash."""
    return lambda path: any(
        path == one or (one[-1] == "/" and path.startswith(one)) for one in paths
    )
