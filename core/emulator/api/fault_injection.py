"""How a fault shows on the wire: late, wrong, truncated or not at all."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.emulator.api.faults import Do, Script
from core.emulator.api.listening import TRANSPORT

FAULT = "emulator.fault"
PIECE = 64 * 1024


@dataclass
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in message["headers"]}
        else:
            self.body += message.get("body", b"")

    def spoil(self, do: Do) -> None:
        if do.status is not None:
            self.status = do.status
        if do.merge or do.omit:
            kept = {k: v for k, v in json.loads(self.body).items() if k not in do.omit}
            self.body = json.dumps(kept | do.merge).encode()
        if do.body is not None or (do.status is not None and not self.body):
            self._replace_body({"error": "Scripted fault"} if do.body is None else do.body)
        if do.inflate:
            self.body = _packed(do.inflate)
            self.headers["content-encoding"] = "gzip"
        if do.content_type:
            self.headers["content-type"] = do.content_type
        self.headers |= {name.lower(): value for name, value in do.headers.items()}
        self.headers["content-length"] = str(
            len(self.body) if do.content_length is None else do.content_length
        )

    def never_end(self) -> None:
        del self.headers["content-length"]
        self.headers["transfer-encoding"] = "chunked"

    def _replace_body(self, body: Any) -> None:
        html = isinstance(body, str)
        self.headers["content-type"] = "text/html" if html else "application/json"
        self.body = body.encode() if html else json.dumps(body).encode()

    def raw(self) -> bytes:
        known = {status.value: status.phrase for status in HTTPStatus}
        head = [f"HTTP/1.1 {self.status} {known.get(self.status, 'Unknown')}"]
        head += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*head, "connection: close", "", ""]).encode("latin-1") + self.body


class FaultInjection:
    def __init__(self, app: ASGIApp, script: Script) -> None:
        self._app = app
        self._script = script

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        do = self._script.meet(scope["method"], scope["path"]) or Do()
        await _pause(do.delay, scope)
        if do.only_waits:
            await self._app(scope, receive, self._counted(do, scope, send))
            return
        scope[FAULT] = do
        answer = Answer()
        if do.replaces:
            await _drain(receive)
        else:
            await self._app(scope, receive, answer.take)
        await _pause(do.hang, scope)
        answer.spoil(do)
        if do.endless:
            answer.never_end()
        body = b"" if do.drop else answer.body[: do.cut_at]
        # Counted before sending, so that the next reader of the ledger sees them.
        self._script.count_sent(scope["method"], scope["path"], len(body))
        await _deliver(answer, body, do, scope, receive)

    def _counted(self, do: Do, scope: Scope, send: Send) -> Send:
        async def late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await _pause(do.hang, scope)
            size = len(message.get("body", b""))
            self._script.count_sent(scope["method"], scope["path"], size)
            await send(message)

        return late


async def _deliver(
    answer: Answer, body: bytes, do: Do, scope: Mapping[str, Any], receive: Receive
) -> None:
    """Write past the server, which would not allow a wrong length or an answer that ends early."""
    transport = cast(asyncio.Transport, scope[TRANSPORT])
    if not do.drop:
        head = answer.raw().removesuffix(answer.body)
        await _write(transport, head, body, do)
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(transport: asyncio.Transport, head: bytes, body: bytes, do: Do) -> None:
    if do.endless:
        transport.write(head)
        chunk = b"%x\r\n%s\r\n" % (PIECE, b"x" * PIECE)
        while not transport.is_closing():
            if transport.get_write_buffer_size() < PIECE:
                transport.write(chunk)
            await asyncio.sleep(0)
        return
    if not do.drip:
        transport.write(head + body)
        return
    for byte in head + body:
        if transport.is_closing():
            return
        transport.write(bytes([byte]))
        await asyncio.sleep(do.drip)


def _packed(megabytes: int) -> bytes:
    packer = zlib.compressobj(wbits=31)
    blank = b" " * 1024 * 1024
    parts = [packer.compress(b"{"), *(packer.compress(blank) for _ in range(megabytes))]
    return b"".join([*parts, packer.compress(b"}"), packer.flush()])


async def _pause(seconds: float, scope: Mapping[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    transport = cast(asyncio.Transport, scope[TRANSPORT])
    while (rest := end - loop.time()) > 0 and not transport.is_closing():
        await asyncio.sleep(min(rest, 0.05))


async def _drain(receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return
