"""URLs from the answers of others: which may be called, and what may come from there.

Only https, and only public addresses, checked on the connected socket before a byte is sent, so
that a second DNS lookup cannot lead elsewhere. Redirects are refused. A server on this machine,
even over plain http, is allowed only when who gives the URL is on it: an emulator. Behind a
proxy, the proxy resolves names and connects.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from core.environment import LOOPBACK
from core.errors import DownloadError, LinkExpired, StaleDownload
from core.public_hosts import is_domain, is_number, is_public

CHUNK = 256 * 1024
EXPIRED = frozenset({401, 403, 404, 410})
TALK = ("text/", "application/json", "application/xml", "application/javascript")
"""Media types that no output has: a login page, an error message."""


@dataclass(frozen=True)
class Download:
    """An output being streamed: `start` is its first byte, `total` the length of the whole file."""

    chunks: Iterator[bytes] = field(repr=False)
    start: int
    total: int | None
    media_type: str
    etag: str


def checked(url: str, local: bool) -> str:
    """The URL, if it may be called. Raises DownloadError, which does not repeat it."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    home = local and host in LOOPBACK
    safe = parts.scheme == "https" or (parts.scheme == "http" and home)
    public = is_public(host) if is_number(host) else is_domain(host)
    if not (safe and (home or public)):
        raise DownloadError("The address that was given is not safe to use.")
    return url


def read(answer: requests.Response) -> Download:
    """Raises LinkExpired, StaleDownload or DownloadError."""
    if answer.status_code in EXPIRED:
        raise LinkExpired("The clip's address has expired.")
    if answer.status_code == 416:
        raise StaleDownload("The part already fetched does not fit the clip any more.")
    if answer.status_code not in (200, 206):
        raise DownloadError(f"The clip could not be fetched (HTTP {answer.status_code}).")
    media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    is_markup = media_type.endswith(("+xml", "+json")) and media_type != "image/svg+xml"
    if media_type.startswith(TALK) or is_markup:
        raise DownloadError("What came instead of the clip is a text: perhaps a log-in page.")
    if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise DownloadError("The clip came packed, though that was not asked for.")
    start, total = _span(answer)
    return Download(
        chunks=answer.iter_content(CHUNK),
        start=start,
        total=total,
        media_type=media_type,
        etag=answer.headers.get("ETag", ""),
    )


def _span(answer: requests.Response) -> tuple[int, int | None]:
    if answer.status_code == 206:
        span, _, total = answer.headers.get("Content-Range", "").rpartition("/")
        start = span.removeprefix("bytes ").partition("-")[0]
        if not (start.isascii() and start.isdigit()):
            raise DownloadError("The clip's server sent an unreadable range.")
        return int(start), int(total) if total.isascii() and total.isdigit() else None
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isascii() and length.isdigit() else None


class Fence:
    """Lets connections out to public addresses; to this machine only if `local`."""

    def __init__(self, local: bool) -> None:
        self._local = local

    def around(self, adapter: HTTPAdapter) -> None:
        fence = self

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return fence.connected(self, super()._new_conn)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return fence.connected(self, super()._new_conn)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        pools = {"http": PlainPool, "https": SecurePool}
        adapter.poolmanager.pool_classes_by_scheme = pools

    def connected(self, connection: HTTPConnection, connect: Any) -> socket.socket:
        """A socket to an address that may be called. Checked before connecting, so that a private
        address is not even contacted, and again afterwards, since names can change."""
        for *_, address in self._looked_up(connection):
            self._check(str(address[0]))
        made: socket.socket = connect()
        try:
            self._check(str(made.getpeername()[0]))
        except BaseException:
            made.close()
            raise
        return made

    def _looked_up(self, connection: HTTPConnection) -> list[Any]:
        try:
            return socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return []  # urllib3 will run into the same, and raises the right error

    def _check(self, address: str) -> None:
        home = self._local and ipaddress.ip_address(address.partition("%")[0]).is_loopback
        if not (home or is_public(address)):
            raise DownloadError("The address that was given is not safe to use.")
