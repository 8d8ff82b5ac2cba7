"""Four servers on one data folder behind nginx, one of them killed every 20 seconds.

The configuration is that of `deploy/nginx.conf`. Two hundred pages are open, and each of them comes
back as the frontend does when its socket ends. Programs order clips meanwhile, at all the servers
by turns and each again until it is answered. Whenever all are up, exactly one of them tracks.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path

import requests
from websockets import Subprotocol, WebSocketException
from websockets.asyncio.client import connect

from core.generations import OPEN
from core.settings import ROOT
from tests.benchmarks.figures import p95
from tests.benchmarks.viewers import Viewer
from tests.browser.proxies import NAME, PASSWORD, USER, Nginx
from tests.browser.serving import Server, free_port
from tests.chaos.books import Books, rows
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.killed.kill9 import ground
from tests.chaos.killed.resends import Callers
from tests.program_tokens import token_in

SERVERS, SHORT_SERVERS = 4, 2
SESSIONS, SHORT_SESSIONS = 200, 4
KILLS, SHORT_KILLS = 9, 1
EVERY_SECONDS, SHORT_EVERY_SECONDS = 20.0, 2.0
CREATES, SHORT_CREATES = 60, 3
PAUSE_SECONDS = 0.5
BETWEEN_SECONDS = 0.1
PATIENCE = 120.0
KEY = "key_of_four_servers"
LEADS = "dailies_tracker_leads 1.0"


@dataclass
class Visit:
    """Somebody who has a page open, and opens it again whenever its socket ends."""

    port: int
    until: asyncio.Event
    seat: str = ""
    is_drawn: bool = False
    away: list[float] = field(default_factory=list)
    """Seconds from the end of a socket until the page was drawn anew."""

    async def stay(self) -> None:
        left: float | None = None
        while not self.until.is_set():
            with suppress(OSError, TimeoutError, WebSocketException):
                async with self._socket() as socket:
                    assert socket.response
                    self.seat = SimpleCookie(socket.response.headers["Set-Cookie"])["seat"].value
                    viewer = Viewer(socket)
                    await viewer.run()
                    self.is_drawn = True
                    if left is not None:
                        self.away.append(time.perf_counter() - left)
                        left = None
                    await self._follow(viewer)
                    if self.until.is_set():
                        return
            self.is_drawn = False
            left = left or time.perf_counter()
            await asyncio.sleep(PAUSE_SECONDS)

    def _socket(self) -> connect:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        login = b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return connect(
            f"wss://{NAME}:{self.port}/_stcore/stream",
            host="127.0.0.1",
            port=self.port,
            subprotocols=[Subprotocol("streamlit")],
            additional_headers={"Authorization": f"Basic {login}", "Cookie": f"seat={self.seat}"},
            ssl=trusting,
            open_timeout=PATIENCE,
            max_size=None,
        )

    async def _follow(self, viewer: Viewer) -> None:
        """Until the socket ends, or the visit does."""
        waits = [
            asyncio.ensure_future(viewer.follow(PATIENCE * 10)),
            asyncio.ensure_future(viewer.socket.wait_closed()),
            asyncio.ensure_future(self.until.wait()),
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


@dataclass
class Company:
    """The servers on one folder, and how many of them lead when all are up."""

    servers: list[Server]
    dice: random.Random = field(default_factory=lambda: random.Random(5))
    kills: int = 0
    sole: int = 0
    """How often exactly one led, of `kills + 1` times."""

    def leading(self) -> list[Server]:
        return [
            server
            for server in self.servers
            if LEADS in requests.get(f"{server.url}/metrics", timeout=30).text.splitlines()
        ]

    def look(self) -> Server:
        """The one that leads, once one does."""
        deadline = time.monotonic() + PATIENCE
        while not (leading := self.leading()):
            assert time.monotonic() < deadline, "nobody leads"
            time.sleep(0.2)
        self.sole += len(leading) == 1
        return leading[0]

    def kill_by_turns(self, kills: int, seconds: float) -> None:
        """Every so many seconds, the leader or, as often, any of them."""
        for _ in range(kills):
            time.sleep(seconds)
            leader = self.look()
            victim = leader if self.dice.random() < 0.5 else self.dice.choice(self.servers)
            victim.restart(kill=True)
            self.kills += 1
        self.look()


def run(short: bool) -> Iterator[Figure]:
    kills = SHORT_KILLS if short else KILLS
    sessions = SHORT_SESSIONS if short else SESSIONS
    creates = SHORT_CREATES if short else CREATES
    with ExitStack() as stack:
        folder, emulator = stack.enter_context(ground())
        data = folder / "data"
        environment = {
            "RUNWAYML_API_SECRET": KEY,
            "RUNWAYML_BASE_URL": emulator.url,
            "DAILIES_ALLOWED_HOSTS": NAME,
        }
        company = Company(
            [
                Server(data, environment, warm=short)
                for _ in range(SHORT_SERVERS if short else SERVERS)
            ]
        )
        proxy = before(company.servers, folder / "nginx")
        callers = Callers([server.url for server in company.servers], token_in(data))
        for server in company.servers:
            server.start()
            stack.callback(server.stop)
        proxy.start()
        stack.callback(proxy.stop)
        ordering = callers.begin(creates)
        every = SHORT_EVERY_SECONDS if short else EVERY_SECONDS
        visits = asyncio.run(visited(proxy.port, sessions, company, kills, every))
        for thread in ordering:
            thread.join(PATIENCE)
        settle(data)
        tasks = {task["id"] for task in emulator.ledger()["tasks"]}
        books = Books.read(data, emulator, set())
        yield Promise("kill -9 of one of the servers", company.kills, kills)
        yield Promise("times that exactly one of them tracked", company.sole, kills + 1)
        drawn = sum(visit.is_drawn for visit in visits)
        yield Promise("pages that are drawn at the end", drawn, sessions)
        away = [seconds for visit in visits for seconds in visit.away] or [0.0]
        yield Measure("pages that lost their server and came back", len(away))
        yield Measure("seconds until they were drawn anew, 95 of 100", p95(away), "s")
        yield Promise("creates that were ordered, whoever was killed", len(callers.tasks), creates)
        yield Promise("tasks at Runway", len(tasks), creates)
        yield from books.in_short(0)


def before(servers: Sequence[Server], folder: Path) -> Nginx:
    """nginx as `deploy` has it. Where there are fewer servers, nobody is at the other ports."""
    ports = [server.port for server in servers] + [free_port() for _ in servers]
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    return Nginx(folder, ports[0], text=text, beside=tuple(ports[1:4]))


async def visited(
    port: int, sessions: int, company: Company, kills: int, seconds: float
) -> list[Visit]:
    """What became of that many open pages, while the servers were killed and for a while after."""
    over = asyncio.Event()
    visits = [Visit(port, over) for _ in range(sessions)]
    stays = []
    for visit in visits:
        stays.append(asyncio.ensure_future(visit.stay()))
        await asyncio.sleep(BETWEEN_SECONDS)
    deadline = time.monotonic() + PATIENCE
    while not all(visit.is_drawn for visit in visits):
        assert time.monotonic() < deadline, "not every page was drawn"
        await asyncio.sleep(0.2)
    await asyncio.to_thread(company.kill_by_turns, kills, seconds)
    deadline = time.monotonic() + PATIENCE
    while not all(visit.is_drawn for visit in visits) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)
    over.set()
    await asyncio.gather(*stays)
    return visits


def settle(folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while any(row.status in OPEN for row in rows(folder)):
        assert time.monotonic() < deadline, "it does not come to an end"
        time.sleep(0.3)
