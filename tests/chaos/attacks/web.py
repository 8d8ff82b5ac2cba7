"""Attacks over HTTP and sockets: under other names, from other pages, too much, too often."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.benchmarks.viewers import opened
from tests.browser.serving import Server

MB = 1024**2
PATHS = ("/", "/healthz", "/metrics", "/app/static/videos/1/0", "/_stcore/health", "/media/a.png")
EVIL = "http://evil.test"
FLOOD, SHORT_FLOOD = 15_000, 1_000
FLOOD_SECONDS, SHORT_FLOOD_SECONDS = 8, 1
CLIMBS = (
    "../../../history.db", "..%2f..%2f..%2fhistory.db", "%2e%2e/%2e%2e/history.db",
    "..%5c..%5chistory.db", "%2fetc%2fpasswd", "videos/1/..%2f..%2f..%2fhistory.db",
    "uploads/..%2fhistory.db", "pictures/%00", "videos/1/0%00.mp4", "videos/-1/0",
    f"videos/{10**40}/0", f"videos/1/{10**40}", "history.db", ".env",
)  # fmt: skip


@dataclass(frozen=True)
class Attack:
    """One kind of attack. `run` tells what it has reached, in a word; nothing when refused."""

    name: str
    run: Callable[[Server, bool], str]


def raw(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    """The answer to a request whose path nobody tidies up, under these names."""
    port = urlsplit(server.url).port
    given = {"Host": f"127.0.0.1:{port}", "Connection": "close"} | headers
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    with socket.create_connection(("127.0.0.1", port), timeout=60) as plain:
        plain.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode())
        answer = b"".join(iter(lambda: plain.recv(65536), b""))
    return int(answer.split()[1]), answer


def handshake(server: Server, **headers: str) -> int:
    """How a socket under these names is answered."""
    try:
        with connect(stream(server), additional_headers=headers):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def stream(server: Server) -> str:
    return server.url.replace("http:", "ws:") + "/_stcore/stream"


def session(wire: ClientConnection) -> str:
    """The id of the session of a new page."""
    wanted = BackMsg()
    wanted.rerun_script.query_string = ""
    wire.send(wanted.SerializeToString())
    for frame in wire:
        assert isinstance(frame, bytes)
        told = ForwardMsg.FromString(frame)
        if told.WhichOneof("type") == "new_session":
            return told.new_session.initialize.session_id
    raise ConnectionError("the server hung up")


def token(server: Server) -> dict[str, str]:
    """What a page of ours adds to an upload."""
    with requests.Session() as page:
        page.get(f"{server.url}/_stcore/health", timeout=60)
        found = page.cookies["_streamlit_xsrf"]
    return {"X-Xsrftoken": found, "Cookie": f"_streamlit_xsrf={found}"}


# -- from elsewhere -------------------------------------------------------------------------------


def rebinding(server: Server, _short: bool) -> str:
    """A name of the attacker's leads to this machine."""
    for host in ("evil.test", "127.0.0.1.evil.test", "localhost.", "0.0.0.0", "2130706433"):
        for path in PATHS:
            if raw(server, path, Host=host)[0] != 421:
                return f"{path} as {host}"
        if raw(server, "/_stcore/stream", Host=host, **UPGRADE)[0] == 101:
            return f"a socket as {host}"
    return ""


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def foreign_page(server: Server, _short: bool) -> str:
    """A page of elsewhere, or of another port of this machine, opens a socket or uploads."""
    here = urlsplit(server.url).port
    others = (EVIL, "http://127.0.0.1:3000", f"http://localhost:{here}", "null", server.url + "/")
    for origin in others:
        if handshake(server, Origin=origin) == 101:
            return f"a socket from {origin}"
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
            path = "/_stcore/upload_file/a/b"
            if raw(server, path, method, Origin=origin, **{"Content-Length": "0"})[0] != 403:
                return f"{method} from {origin}"
    return ""


def asking_outside(server: Server, _short: bool) -> str:
    """Handshakes that make Streamlit ask an outside address what this machine is called."""
    for number in range(6):
        handshake(server, Origin=f"http://evil{number}.test")
    return "asked" if "disallowed Origin" in server.log else ""


def framing(server: Server, _short: bool) -> str:
    """A page of elsewhere shows ours in a frame, or is trusted to steer it."""
    for path in (*PATHS, "/history", "/_stcore/host-config", "/static/nothing.js"):
        headers = requests.get(server.url + path, timeout=60).headers
        framed = "frame-ancestors 'self'" in headers.get("content-security-policy", "")
        if not framed or headers.get("x-frame-options") != "SAMEORIGIN":
            return path
    config = requests.get(f"{server.url}/_stcore/host-config", timeout=60).json()
    return " ".join(config["allowedOrigins"])


def figures(server: Server, _short: bool) -> str:
    """Somebody behind the proxy reads what is only for this machine."""
    for path in ("/metrics", "/_stcore/metrics"):
        if raw(server, path, **{"X-Forwarded-For": "203.0.113.5"})[0] != 403:
            return path
    _, answer = raw(server, "/healthz", **{"X-Forwarded-For": "203.0.113.5"})
    return "details of /healthz" if b"database" in answer else ""


def climbing(server: Server, _short: bool) -> str:
    """Out of the folder of media, in every spelling."""
    for climb in CLIMBS:
        status, answer = raw(server, f"/app/static/{climb}")
        if status not in (400, 404) or b"SQLite format" in answer:
            return climb
    return ""


# -- too much -------------------------------------------------------------------------------------


def without_a_token(server: Server, _short: bool) -> str:
    """An upload that no page of ours sends."""
    with connect(stream(server)) as wire:
        address = f"{server.url}/_stcore/upload_file/{session(wire)}/invented"
        taken = requests.put(address, files={"file": b"x"}, timeout=60).ok
    return "taken" if taken else ""


def hoarding(server: Server, short: bool) -> str:
    """Large files under invented ids, which no field of a page has asked for."""
    taken, size, times = 0, 199 * MB, 3 if short else 6
    with connect(stream(server), max_size=None) as wire:
        address = f"{server.url}/_stcore/upload_file/{session(wire)}"
        with suppress(requests.ConnectionError):
            for number in range(times):
                files = {"file": ("a.mp4", bytes(size))}
                sent = requests.put(
                    f"{address}/{number}", files=files, headers=token(server), timeout=120
                )
                taken += sent.ok
    if not taken:
        return "not even one file was taken"
    return f"{taken} files lie in memory" if taken > 2 else ""


def endless(server: Server, _short: bool) -> str:
    """A body without an end, where no body is wanted, and where a file is."""

    def pieces() -> Iterator[bytes]:
        for _ in range(250):
            yield bytes(MB)

    for method, path in (("POST", "/"), ("PUT", "/_stcore/upload_file/a/b"), ("PUT", "/healthz")):
        with suppress(requests.ConnectionError):
            if requests.request(method, server.url + path, data=pieces(), timeout=60).ok:
                return f"{method} {path}"
    return ""


def large_frames(server: Server, _short: bool) -> str:
    """Messages of a socket that are too large, or none."""
    for message in (bytes(40 * MB), b"\xff" * 1000, "words", b"\x0a" + b"\xff\xff\xff\xff\x7f"):
        with suppress(ConnectionClosed), connect(stream(server), max_size=None) as wire:
            wire.send(message)
            wire.recv(timeout=30)
            return f"an answer to {message[:3]!r}"
    return ""


# -- too often ------------------------------------------------------------------------------------


def flood(server: Server, short: bool) -> str:
    """Thousands of reruns as fast as one socket takes them."""
    count, seconds = (SHORT_FLOOD, SHORT_FLOOD_SECONDS) if short else (FLOOD, FLOOD_SECONDS)
    asyncio.run(pour(server, count, seconds))
    return "" if server.is_well() else "/healthz does not answer"


async def pour(server: Server, count: int, seconds: float) -> None:
    """Send so many without reading an answer, for at most that long."""
    (viewer,) = await opened(server.url, 1)
    wanted = BackMsg()
    wanted.rerun_script.page_script_hash = viewer.page
    frame = wanted.SerializeToString()
    end = time.monotonic() + seconds
    with suppress(TimeoutError, ConnectionClosed):
        async with asyncio.timeout(seconds):
            for _ in range(count):
                await viewer.socket.send(frame)
            await asyncio.sleep(max(0, end - time.monotonic()))
    viewer.socket.transport.abort()


ATTACKS = (
    Attack("a name that leads here", rebinding),
    Attack("a page of elsewhere, or of another port", foreign_page),
    Attack("handshakes that lead to outside look-ups", asking_outside),
    Attack("our pages in a frame", framing),
    Attack("figures through a proxy", figures),
    Attack("paths out of the media", climbing),
    Attack("an upload without a token", without_a_token),
    Attack("large files under invented ids", hoarding),
    Attack("bodies without an end", endless),
    Attack("frames that are too large, or garbage", large_frames),
    Attack("a flood of reruns", flood),
)
