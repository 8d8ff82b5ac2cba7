"""What the socket of a page may send: frames of bytes, and only so many a second. Text ends it;
whatever is faster waits at the sender, and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import Message, Receive, Send

A_SECOND = 20
"""Messages. An open page sends one every two seconds, and one for each action."""
AT_ONCE = 100
UNSUPPORTED = 1003


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


class Frames:
    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_closed = False

    async def receive(self) -> Message:
        """The next message; text is the last, and for the app the other side has gone then."""
        message = await self._receive()
        if message["type"] == "websocket.receive" and message.get("bytes") is None:
            await self.send({"type": "websocket.close", "code": UNSUPPORTED})
            self._is_closed = True
            return {"type": "websocket.disconnect", "code": UNSUPPORTED}
        return message

    async def send(self, message: Message) -> None:
        """Passes nothing on to a socket that was hung up on."""
        if not self._is_closed:
            await self._send(message)
