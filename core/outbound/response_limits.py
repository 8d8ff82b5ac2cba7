"""What an answer may cost us: its bytes, and the seconds from its first to its last.

The timeouts of `requests` only run from one byte to the next, so an answer that drips or never ends
does not trip them; and it drains an answer before a retry.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager, ProxyManager

from core.errors import UnreadableAnswer

LARGEST = 4 * 1024 * 1024
"""Bytes of an answer, after decompression."""
HEAD = 128 * 1024
PIECE = 64 * 1024


def body(answer: requests.Response) -> bytes:
    """Decompresses piece by piece. Raises UnreadableAnswer when it is too long."""
    found = bytearray()
    for piece in answer.iter_content(PIECE):
        found += piece
        if len(found) > LARGEST:
            raise UnreadableAnswer(
                "The answer is far too long to be a real one.", "It is tried again."
            )
    return bytes(found)


class Bounded(HTTPAdapter):
    """An adapter that wants whole answers within `seconds`, also through a proxy."""

    def __init__(self, seconds: float, **options: Any) -> None:
        self._seconds = seconds
        super().__init__(**options)

    def bound(self, manager: PoolManager) -> None:
        seconds = self._seconds

        class Answer(_Answer):
            patience = seconds

        pools: dict[str, Any] = dict(manager.pool_classes_by_scheme)
        for scheme, pool in pools.items():
            connection = type("Connection", (pool.ConnectionCls,), {"response_class": Answer})
            pools[scheme] = type("Pool", (pool,), {"ConnectionCls": connection})
        manager.pool_classes_by_scheme = pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        known = proxy in self.proxy_manager
        manager: ProxyManager = super().proxy_manager_for(proxy, **options)
        if not known:
            self.bound(manager)
        return manager


class _Answer(http.client.HTTPResponse):
    patience: float

    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = io.BufferedReader(_Watched(self.fp.detach(), sock, self.patience))


class _Watched(io.RawIOBase):
    def __init__(self, inner: io.RawIOBase, sock: socket.socket, seconds: float) -> None:
        self._inner = inner
        self._socket = sock
        self._longest = sock.gettimeout()
        self._end = time.monotonic() + seconds
        self._room = LARGEST + HEAD

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Raises TimeoutError or ConnectionError, as a socket does."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        if self._room <= 0:
            raise ConnectionError("the answer does not end")
        self._socket.settimeout(left if self._longest is None else min(left, self._longest))
        count: int | None = self._inner.readinto(buffer)
        self._room -= count or 0
        return count

    def close(self) -> None:
        self._inner.close()
        super().close()
