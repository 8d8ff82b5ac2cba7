"""Fifty programs make clips through the API and ask how far they are.

Measured: milliseconds until a status is answered, as each of fifty clients sees it that has a token
and a connection of its own, orders a clip under an Idempotency-Key now and then, and asks after it
five times a second. Runway is an emulator whose clips last, so that the queue stays full.
Baseline: the same clients at a bare Starlette application under uvicorn that writes a row and reads
a row of an SQLite file of its own, one plain function a route, without tokens, caps or pages. Both
servers run all the time and are measured by turns.
Bar: 95 of 100 within 30 ms, and within 3 times the baseline.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.figures import Figure, p95
from tests.browser.serving import Server, free_port
from tests.chaos.killed.kill9 import ground
from tests.program_tokens import token_in

CLIENTS, SHORT_CLIENTS = 50, 5
ROUNDS, ROUND_SECONDS = 4, 10
SHORT_ROUNDS, SHORT_ROUND_SECONDS = 1, 2
WARM_SECONDS = 1
SECONDS_BETWEEN_LOOKS = 0.2
LOOKS = 25
"""Of a client at a clip, before it orders another one."""
MOST_MS, MOST_TIMES = 30, 3
KEY = "key_of_fifty_programs"
BARE = """
import sqlite3, sys, uvicorn
from contextlib import closing
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

def opened():
    connection = sqlite3.connect(sys.argv[1], timeout=30)
    connection.row_factory = sqlite3.Row
    return closing(connection)

def make(request):
    with opened() as file, file:
        number = file.execute("insert into clips (status) values ('PENDING')").lastrowid
    return JSONResponse({"taskId": str(number), "status": "PENDING"})

def look(request):
    with opened() as file:
        row = file.execute("select * from clips where id = ?", [request.path_params["id"]])
        return JSONResponse(dict(row.fetchone()))

with opened() as file:
    file.execute("pragma journal_mode = wal")
    file.execute("create table clips (id integer primary key, status text)")
app = Starlette(routes=[
    Route("/api/generate-video", make, methods=["POST"]),
    Route("/api/task-status/{id:int}", look),
])
uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False)
"""


@dataclass
class Program:
    """One client: a token, and the clip that it asks after."""

    port: int
    token: str
    name: str
    looks: int
    task: str = ""
    orders: int = 0

    async def work(self, until: float) -> tuple[list[float], list[float]]:
        """Order and ask until then, by one connection: the seconds of each status and order."""
        statuses: list[float] = []
        orders: list[float] = []
        await asyncio.sleep(random.uniform(0, SECONDS_BETWEEN_LOOKS))
        wire = Wire(self, *await asyncio.open_connection("127.0.0.1", self.port))
        while (began := time.perf_counter()) < until:
            if self.looks % LOOKS == 0 or not self.task:
                await self._order(wire)
                orders.append(time.perf_counter() - began)
            else:
                await wire.call("GET", f"/api/task-status/{self.task}")
                statuses.append(time.perf_counter() - began)
            self.looks += 1
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        wire.writer.close()
        return statuses, orders

    async def _order(self, wire: Wire) -> None:
        self.orders += 1
        wanted = {"promptText": f"Take {self.orders} of {self.name}", "duration": 2}
        made = await wire.call("POST", "/api/generate-video", wanted, key=f"take {self.orders}")
        self.task = made["taskId"]


@dataclass
class Wire:
    program: Program
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def call(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        """Raises AssertionError for any answer but 200."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.program.port}",
            f"Authorization: Bearer {self.program.token}",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
            *([f"Idempotency-Key: {key}"] if key else []),
        ]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        size = int(head.split("content-length:")[1].split("\r\n")[0])
        answer = await self.reader.readexactly(size)
        assert head.startswith("http/1.1 200"), head + answer.decode()
        return json.loads(answer)


@dataclass
class Asked:
    """Programs at one server, and how long they have waited, in milliseconds."""

    programs: Sequence[Program]
    statuses: list[float] = field(default_factory=list)
    orders: list[float] = field(default_factory=list)

    @classmethod
    def by(cls, tokens: Sequence[str], port: int) -> Asked:
        """One program a token; they do not all order at the same moment."""
        looks = random.Random(1)
        named = enumerate(tokens)
        return cls([Program(port, one, f"program {n}", looks.randrange(LOOKS)) for n, one in named])

    async def round(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        for statuses, orders in await asyncio.gather(*(one.work(until) for one in self.programs)):
            self.statuses += [1000 * one for one in statuses]
            self.orders += [1000 * one for one in orders]


def measure(short: bool) -> Iterator[Figure]:
    """The middle and the slow status, and the slow order."""
    clients = SHORT_CLIENTS if short else CLIENTS
    with (
        ground(tempo="seconds:3600") as (folder, emulator),
        bare(folder) as bare_port,
        dailies(folder / "data", emulator.url, warm=short) as server,
    ):
        tokens = [token_in(server.folder, f"Person {number}") for number in range(clients)]
        ours, theirs = Asked.by(tokens, server.port), Asked.by(tokens, bare_port)
        asyncio.run(ask([theirs, ours], short))
    name = f"{clients} programs: "
    yield Figure(f"{name}a status, median", median(ours.statuses), median(theirs.statuses), "ms")
    slow = p95(ours.statuses), p95(theirs.statuses)
    yield Figure(f"{name}a status, p95", *slow, "ms", most=MOST_MS)
    yield Figure(f"{name}beside a bare route, p95", *slow, "ms", most_times=MOST_TIMES)
    yield Figure(f"{name}an order, median", median(ours.orders), median(theirs.orders), "ms")


async def ask(servers: Sequence[Asked], short: bool) -> None:
    for one in servers:
        await one.round(WARM_SECONDS)
        one.statuses.clear()
        one.orders.clear()
    for _ in range(SHORT_ROUNDS if short else ROUNDS):
        for one in servers:
            await one.round(SHORT_ROUND_SECONDS if short else ROUND_SECONDS)


@contextmanager
def dailies(folder: Path, runway: str, *, warm: bool) -> Iterator[Server]:
    environment = {
        "RUNWAYML_API_SECRET": KEY,
        "RUNWAYML_BASE_URL": runway,
        "DAILIES_LOG_LEVEL": "WARNING",
    }
    server = Server(folder, environment, warm=warm)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def bare(folder: Path) -> Iterator[int]:
    """The port of the bare application."""
    port = free_port()
    (folder / "bare.py").write_text(BARE)
    command = [sys.executable, str(folder / "bare.py"), str(folder / "bare.db"), str(port)]
    process = subprocess.Popen(command)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(30)
