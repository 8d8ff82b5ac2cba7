"""How fast a socket may send. Anything faster waits at the sender; nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import Message, Receive

A_SECOND = 20
"""Messages. An open page sends one every two seconds, and one for each action."""
AT_ONCE = 100


class Pace:
    """The `receive` of one socket: a burst at first, then only so many a second."""

    def __init__(self, receive: Receive, ticks: Callable[[], float] = time.monotonic) -> None:
        self._receive = receive
        self._ticks = ticks
        self._filled_at = ticks()
        self._left = float(AT_ONCE)

    async def __call__(self) -> Message:
        if (wait := self._wait()) > 0:
            await asyncio.sleep(wait)
        return await self._receive()

    def _wait(self) -> float:
        now = self._ticks()
        self._left = min(AT_ONCE, self._left + (now - self._filled_at) * A_SECOND) - 1
        self._filled_at = now
        return -self._left / A_SECOND
