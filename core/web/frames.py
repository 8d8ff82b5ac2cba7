"""What a socket may say: frames of bytes, as the pages send them. Who sends text is hung up on."""

from __future__ import annotations

from starlette.types import Message, Receive, Send

UNSUPPORTED = 1003


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
