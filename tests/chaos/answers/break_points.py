"""The create call, broken at every point where it can break: what is sent again, and what never.

Each point has a server of its own that breaks there once and would make a task the next time. A
Studio with its tracker and its detached submitter meets it; where the call was left in doubt, the
Studio is then closed, opened again and watched: there must be exactly one POST.
"""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from core.generations import Status
from core.providers import receipts
from core.providers.submitters import Submitters
from core.runway.provider import call_to
from core.settings import Settings
from core.studio import Studio
from tests.chaos.figures import Figure, Promise
from tests.chaos.servers import intent, settings_for
from tests.core.conftest import Act, Wire, hang_up, reset, say, say_raw

KEY = "key_of_a_broken_call"
ACCOUNT = {"creditBalance": 1000, "usage": {"models": {"gen4.5": {"dailyGenerations": 3}}}}
CREATED = {"id": "4f8f-1", "estimatedCost": {"credits": 24}}
RUNNING = {"id": "4f8f-1", "status": "RUNNING", "createdAt": "2026-11-22T20:01:05.123Z"}
CREATE = "POST /v1/text_to_video"
WATCHED_SECONDS, HELD_SECONDS = 2.0, 12.0
HTML = b"<html>Log in</html>"
NO = {"error": "No."}
SOON = {"Retry-After": "1"}


class Breaking(Wire):
    """A wire that can also break before it reads, or stop listening."""

    def __init__(self) -> None:
        super().__init__()
        self.blind: Act | None = None
        self.broken = 0

    @property
    def posts(self) -> int:
        """Create calls that arrived, and connections that were broken unread in their place."""
        return self.times(CREATE) + self.broken

    def _serve(self, connection: socket.socket) -> None:
        act, self.blind = self.blind, None
        if act is None:
            super()._serve(connection)
            return
        self.broken += 1
        with connection:
            act(connection)

    def refuse(self, seconds: float) -> None:
        """Let nobody connect for so long: the port is closed."""
        address = self._stop_listening()
        time.sleep(seconds)
        self._listen_again(address)

    def ignore(self, seconds: float) -> None:
        """Let nobody connect for so long: the queue is full."""
        address = self._stop_listening()
        with socket.create_server(address, backlog=0):
            waiting = [socket.socket() for _ in range(4)]
            for one in waiting:
                one.setblocking(False)
                one.connect_ex(address)
            time.sleep(seconds)
            for one in waiting:
                one.close()
        self._listen_again(address)

    def _stop_listening(self) -> tuple[str, int]:
        address: tuple[str, int] = self._listener.getsockname()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._main.join()
        return address

    def _listen_again(self, address: tuple[str, int]) -> None:
        self._listener = socket.create_server(address)
        self._main = threading.Thread(target=self._accept, daemon=True)
        self._main.start()


Arrange = Callable[[Breaking], None]


@dataclass(frozen=True)
class Point:
    """Where the call breaks, and the class that the table gives it."""

    name: str
    kind: str
    arrange: Arrange
    slow: bool = False
    alike: bool = False
    """The same rule judges it as another point."""


def answered(act: Act, *, unread: bool = False) -> Arrange:
    """The first create call meets `act`, the next one a task."""

    def arrange(wire: Breaking) -> None:
        wire.on(CREATE, act, say(200, CREATED), unread=unread)

    return arrange


def before(trouble: Callable[[Breaking], None]) -> Arrange:
    """The trouble begins once the balance has been read, right before the create call."""

    def arrange(wire: Breaking) -> None:
        def then(connection: socket.socket) -> None:
            say(200, ACCOUNT)(connection)
            trouble(wire)

        wire.on("GET /v1/organization", then, say(200, ACCOUNT))

    return arrange


def blindly(act: Act) -> Arrange:
    """The connection of the create call breaks before anything is read."""

    def late(connection: socket.socket) -> None:
        time.sleep(0.2)  # a reset at once may still reach the caller while it connects
        act(connection)

    return before(lambda wire: setattr(wire, "blind", late))


def aside(trouble: Callable[[], None]) -> None:
    """Begin it, and let the connection that has caused it end."""
    threading.Thread(target=trouble, daemon=True).start()


POINTS = (
    Point("refused", "sent again", before(lambda wire: aside(lambda: wire.refuse(1)))),
    Point("connect timeout", "sent again", before(lambda w: aside(lambda: w.ignore(7))), slow=True),
    Point("closed after accept", "in doubt", blindly(hang_up)),
    Point("reset after accept", "in doubt", blindly(reset)),
    Point("reset before the body is read", "in doubt", answered(reset, unread=True)),
    Point("closed before the body is read", "in doubt", answered(hang_up, unread=True)),
    Point("reset after all is read", "in doubt", answered(reset)),
    Point("closed after all is read", "in doubt", answered(hang_up)),
    Point("no answer", "in doubt", lambda w: w.on(CREATE, w.hang, say(200, CREATED)), slow=True),
    Point("headers cut short", "in doubt", answered(say_raw(b"HTTP/1.1 200 OK\r\nContent-Le"))),
    Point("half a body", "in doubt", answered(say(200, b'{"id": "4', {"Content-Length": "99"}))),
    Point(
        "chunks cut short",
        "in doubt",
        answered(say_raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{")),
    ),
    Point("no HTTP at all", "in doubt", answered(say_raw(b"220 mail.example.com ESMTP\r\n"))),
    Point("200 with HTML", "in doubt", answered(say(200, HTML))),
    Point("200 without an id", "in doubt", answered(say(200, {"estimatedCost": 3}))),
    Point("307", "in doubt", answered(say(307, b"", {"Location": "/v1/text_to_video"}))),
    *(
        Point(f"{code}{where}", "refused", answered(say(code, body)), alike=code != 400)
        for code in (400, 404, 405, 413, 422)
        for where, body in (("", NO), (" in HTML", HTML))
    ),
    *(Point(f"{code}", "held", answered(say(code, NO)), alike=code == 403) for code in (401, 403)),
    *(
        Point(f"{code} in HTML", "in doubt", answered(say(code, HTML)), alike=code == 403)
        for code in (401, 403)
    ),
    *(
        Point(f"{code}", "sent again", answered(say(code, NO, SOON)), alike=code == 502)
        for code in (429, 502, 503)
    ),
    Point("429 in HTML", "sent again", answered(say(429, HTML, SOON))),
    *(
        Point(f"{code} in HTML", "in doubt", answered(say(code, HTML, SOON)), alike=code != 502)
        for code in (500, 502, 503, 504)
    ),
    *(
        Point(f"{code}", "in doubt", answered(say(code, NO)), alike=code == 504)
        for code in (500, 504)
    ),
)
POSTS = {"sent again": 2, "in doubt": 1, "refused": 1, "held": 1}
UNSEEN = {"refused", "connect timeout"}
"""Points whose first try reaches nobody who could count it."""


def run(short: bool) -> Iterator[Figure]:
    """Every point, several at a time; the short run leaves out those that wait for a timeout, and
    those that are like another one."""
    points = [point for point in POINTS if not (short and (point.slow or point.alike))]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(meet, points))
    for point, (kind, posts) in zip(points, found, strict=True):
        wanted = POSTS[point.kind] - (point.name in UNSEEN)
        yield Promise(point.name, f"{kind}: {posts}", f"{point.kind}: {wanted}")
    doubtful = [posts for kind, posts in found if kind == "in doubt"]
    yield Promise("POSTs for calls in doubt", sum(doubtful), len(doubtful))
    yield from unreachable()


def meet(point: Point) -> tuple[str, int]:
    """The class that a Studio gives to the point, and how many POSTs were made."""
    with TemporaryDirectory(prefix="chaos-") as temporary, closing(Breaking()) as wire:
        wire.on("GET /v1/organization", say(200, ACCOUNT))
        wire.on("GET /v1/tasks/4f8f-1", say(200, RUNNING))
        wire.on(CREATE, say(200, CREATED))
        settings = settings_for(Path(temporary), wire.url, KEY)
        one = intent(0)
        with started(settings) as studio:
            until_asked(studio)
            point.arrange(wire)
            studio.compose.submit(one.request, one.key)
            kind = verdict(studio, wire)
        if kind in ("in doubt", "refused"):
            with started(settings) as studio:
                time.sleep(WATCHED_SECONDS)
                kind = verdict(studio, wire)
        return kind, wire.posts


def until_asked(studio: Studio) -> None:
    """What a server asks at its start is not the call."""
    deadline = time.monotonic() + 60
    while studio.accounts.is_pending:
        assert time.monotonic() < deadline, "the account was never read"
        time.sleep(0.01)


@contextmanager
def started(settings: Settings) -> Iterator[Studio]:
    """A Studio at work."""
    with closing(Studio(settings)) as studio:
        studio.start()
        yield studio


def verdict(studio: Studio, wire: Breaking, seconds: float = 90.0) -> str:
    """Wait until the tracker has made up its mind on the first generation: held is what is not
    sent again for a long time although it was refused."""
    end, queued = time.monotonic() + seconds, 0.0
    while time.monotonic() < end:
        row = studio.generations.get(1)
        if row.status is Status.UNCONFIRMED:
            return "in doubt"
        if row.status is Status.FAILED:
            return "refused"
        if row.status.is_at_provider:
            return "sent again"
        if row.status is Status.QUEUED and wire.posts:
            queued = queued or time.monotonic()
            if time.monotonic() - queued > HELD_SECONDS:
                return "held"
        time.sleep(0.05)
    return f"{row.status}: {row.reason}"


def unreachable() -> Iterator[Figure]:
    """What keeps even the balance from being read: the submitter alone meets it."""
    with TemporaryDirectory(prefix="chaos-") as temporary:
        folder = Path(temporary)
        with closing(Wire()) as plain, closing(Wire(stranger(folder))) as untrusted:
            places = {
                "a name that nobody knows": "http://nowhere.invalid",
                "no TLS where TLS was asked for": plain.url.replace("http:", "https:"),
                "a certificate that nobody signed": untrusted.url,
            }
            for number, (name, url) in enumerate(places.items()):
                state = sent_alone(url, folder / f"{number}.json")
                yield Promise(name, state, "refused_connection")
            yield Promise("POSTs that they heard", plain.count("POST") + untrusted.count("POST"))


def sent_alone(url: str, path: Path) -> str:
    """What a submitter writes down of a call to that address."""
    descriptor = receipts.allocate(path)
    call = call_to(url, "text_to_video", {"model": "gen4.5"}, "2024-11-06")
    submitters = Submitters()
    submission = submitters.send(call, KEY, descriptor)
    os.close(descriptor)
    submission.has_ended(30)
    submitters.stop()
    receipt = receipts.read(path)
    assert receipt
    return receipt.state


def stranger(folder: Path) -> ssl.SSLContext:
    """TLS with a certificate of one's own making."""
    pem, certificate = folder / "stranger.pem", folder / "stranger.crt"
    ask = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    subprocess.run(
        [*ask, "-keyout", str(pem), "-out", str(certificate)], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, pem)
    return context
