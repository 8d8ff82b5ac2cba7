"""How fast one socket is listened to. What comes faster waits at its sender; nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import Message, Receive

A_SECOND = 20
"""Messages. An open page sends one in two seconds, and one for each thing that somebody does."""
AT_ONCE = 100


class Pace:
    """The `receive` of one socket: many at once, then no more than so many a second."""

    def __init__(self, receive: Receive, ticks: Callable[[], float] = time.monotonic) -> None:
        self._receive = receive
        self._ticks = ticks
        self._filled_at = ticks()
        self._left = float(AT_ONCE)

    async def __call__(self) -> Message:
        """The next message, when its turn has come. While it waits the server reads no further."""
        if (wait := self._wait()) > 0:
            await asyncio.sleep(wait)
        return await self._receive()

    def _wait(self) -> float:
        now = self._ticks()
        self._left = min(AT_ONCE, self._left + (now - self._filled_at) * A_SECOND) - 1
        self._filled_at = now
        return -self._left / A_SECOND
