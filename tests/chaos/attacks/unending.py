"""Answers that cost whoever reads them to their end: without one, vast, or a byte at a time."""

from __future__ import annotations

import gzip
import socket
from contextlib import suppress
from time import sleep

from tests.core.conftest import Act, say

MB = 1024**2


def large(connection: socket.socket) -> None:
    """A file that says nothing of its length, and is larger than may be."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 X\r\nContent-Type: video/mp4\r\n\r\n")
        for _ in range(64):
            connection.sendall(bytes(MB))


def endless(connection: socket.socket) -> None:
    """An answer in pieces, which has no end."""
    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(32_000):
            connection.sendall(piece)


def dripping(connection: socket.socket) -> None:
    """An answer that comes byte by byte."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 X\r\nContent-Length: 5000\r\n\r\n")
        for _ in range(120):
            connection.sendall(b" ")
            sleep(0.5)


def packed() -> Act:
    """600 MB in one."""
    content = gzip.compress(bytes(600 * MB), 1)
    return say(200, content, {"Content-Encoding": "gzip"})
