"""One clip goes to a hundred players at once.

Measured: seconds until each of a hundred connections has a clip of 12 MB whole, twice, from the
address under which pages play it, for which the server looks up who asks and what they may see.
Baseline: the same players at nginx, which serves the same file from the same disk.
Bar: at most 1.25 times the baseline, which is 0.8 of its throughput.
"""

from __future__ import annotations

import os
import selectors
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.figures import Figure
from tests.benchmarks.opened.players import fill
from tests.benchmarks.serving import dailies, running
from tests.browser.serving import free_port

PLAYERS, SHORT_PLAYERS = 100, 5
ROUNDS, SHORT_ROUNDS = 3, 1
CLIPS_EACH = 2
CLIP_BYTES = 12_000_000
MOST_TIMES = 1.25
PIECE = 1024**2
CLIP = "/app/static/videos/1/0"
NGINX = """
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes auto;
daemon off;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location = {clip} {{ alias {file}; default_type video/mp4; }}
    }}
}}
"""


@dataclass
class Player:
    """How many clips are still to come, and what is missing of this one; None before its head."""

    clips_left: int = CLIPS_EACH
    missing: int | None = None
    head: bytes = b""

    def take(self, piece: memoryview) -> bool:
        """Whether a clip is whole with it."""
        count = len(piece)
        if self.missing is None:
            self.head, ends, rest = (self.head + bytes(piece)).partition(b"\r\n\r\n")
            if not ends:
                return False
            assert self.head.startswith(b"HTTP/1.1 200"), self.head
            self.missing, self.head, count = CLIP_BYTES, b"", len(rest)
        self.missing -= count
        if self.missing:
            return False
        self.missing, self.clips_left = None, self.clips_left - 1
        return True


def measure(short: bool) -> Iterator[Figure]:
    """The time of all players together."""
    players = SHORT_PLAYERS if short else PLAYERS
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        ours = dailies(folder / "data")
        fill(folder / "data", 1)
        (file,) = (folder / "data" / "videos").iterdir()
        with running(ours), nginx(folder / "nginx", file) as port:
            times: dict[int, float] = {ours.port: 0.0, port: 0.0}
            for each in times:
                play(each, players)  # both have the file in memory from then on
            for _ in range(SHORT_ROUNDS if short else ROUNDS):
                for each in times:
                    times[each] += play(each, players)
    name = f"{players} players of one clip"
    yield Figure(name, times[ours.port], times[port], "s", most_times=MOST_TIMES)


def play(port: int, players: int) -> float:
    """The seconds until each has its clips."""
    began = time.perf_counter()
    asked = f"GET {CLIP} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    players_left = {connected(port, asked): Player() for _ in range(players)}
    buffer, waiting = memoryview(bytearray(PIECE)), selectors.DefaultSelector()
    for one in players_left:
        waiting.register(one, selectors.EVENT_READ)
    while players_left:
        for key, _ in waiting.select(60):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            player = players_left[connection]
            count = connection.recv_into(buffer)
            assert count, "the server hung up"
            if not player.take(buffer[:count]):
                continue
            if player.clips_left:
                connection.sendall(asked)
            else:
                waiting.unregister(connection)
                connection.close()
                del players_left[connection]
    return time.perf_counter() - began


def connected(port: int, asked: bytes) -> socket.socket:
    player = socket.create_connection(("127.0.0.1", port))
    player.sendall(asked)
    return player


@contextmanager
def nginx(folder: Path, file: Path) -> Iterator[int]:
    """The port of an nginx with this file."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is not installed (apt-get install nginx-light)"
    port = free_port()
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""  # else another one reads the file
    text = NGINX.format(user=user, folder=folder, port=port, file=file, clip=CLIP)
    (folder / "nginx.conf").write_text(text)
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        deadline = time.monotonic() + 30
        while not listens(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
