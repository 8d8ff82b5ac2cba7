"""A raw socket server for the answers that no web server would give."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

Act = Callable[[socket.socket], None]
"""What happens on a connection whose request has been read; then it is closed."""


@dataclass(frozen=True)
class Heard:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def say(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Act:
    """A whole answer; a body that is not bytes goes as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = {"Content-Length": str(len(content)), "Connection": "close"} | dict(headers or {})
    lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in head.items())]
    raw = "\r\n".join([*lines, "", ""]).encode("latin-1") + content
    return lambda connection: connection.sendall(raw)


def say_raw(raw: bytes) -> Act:
    """These bytes, then the end."""
    return lambda connection: connection.sendall(raw)


def hang_up(connection: socket.socket) -> None:
    """The end, politely."""


def reset(connection: socket.socket) -> None:
    """The end, by RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Wire:
    """Answers each path with its acts in turn, the last one for ever; keeps what it heard."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._tls = tls
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self.heard: list[Heard] = []
        self._acts: dict[str, list[Act]] = {}
        self._unread: set[str] = set()
        self.released = threading.Event()
        self._threads: list[threading.Thread] = []
        self._main = threading.Thread(target=self._accept, daemon=True)
        self._main.start()

    def on(self, call: str, *acts: Act, unread: bool = False) -> None:
        """What `call`, such as `POST /v1/text_to_video`, is answered with. `unread`: the
        connection is broken before the request's body is read."""
        self._acts[call] = list(acts)
        if unread:
            self._unread.add(call)

    def hang(self, connection: socket.socket) -> None:
        """No answer until the test is over."""
        self.released.wait(30)

    def count(self, method: str) -> int:
        """How many requests of that method were heard."""
        return sum(one.method == method for one in self.heard)

    def times(self, call: str) -> int:
        """How often a call such as `POST /v1/text_to_video` was heard."""
        return sum(f"{one.method} {one.path}" == call for one in self.heard)

    def close(self) -> None:
        """End every connection."""
        self.released.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in [self._main, *self._threads]:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self._answer(connection)
        except OSError:
            connection.close()

    def _answer(self, connection: socket.socket) -> None:
        head, rest = b"", b""
        while b"\r\n\r\n" not in head:
            if not (piece := connection.recv(65536)):
                return
            head += piece
            if head[:1] == b"\x16":  # somebody begins TLS
                connection.sendall(b"HTTP/1.1 400 Plain HTTP, please\r\n\r\n")
                return
        head, _, rest = head.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        call = f"{method} {path}"
        if call not in self._unread:
            while len(rest) < int(headers.get("Content-Length", 0)):
                rest += connection.recv(65536)
        self.heard.append(Heard(method, path, headers, rest))
        if not (acts := self._acts.get(call)):
            return  # it hangs up on what it was told nothing of
        (acts.pop(0) if len(acts) > 1 else acts[0])(connection)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A server that misbehaves exactly as told."""
    server = Wire()
    yield server
    server.close()
