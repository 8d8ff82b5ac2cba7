"""Attacks on a running server: each is tried, and none may work.

They come over HTTP and sockets, as clicks, as files, and from a Runway that means harm. All the
while somebody asks for `/healthz`, and adds up what the server and all its processes hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.serving import dailies
from tests.chaos.attacks import bombs, clicks, runway, web
from tests.chaos.attacks.watching import Watch
from tests.chaos.figures import Figure, Measure, Promise

OURS = '"logger": "core'
"""Streamlit logs the traceback of a frame that it cannot read, and closes that socket."""


def run(short: bool) -> Iterator[Figure]:
    """Try everything."""
    tried = worked = 0
    watches: list[Watch] = []
    for attack in chain(
        over_http(short, watches),
        clicks.attacks(short, watches),
        bombs.attacks(short, watches),
        runway.attacks(short, watches),
    ):
        tried += 1
        worked += not attack.kept
        yield attack
    yield Promise("times that the server did not answer", sum(one.silent for one in watches))
    yield Measure("longest wait for /healthz", max(one.slowest for one in watches), "s", most=1)
    yield Measure("memory of all its processes", max(one.peak for one in watches), "MB", most=1024)
    yield Measure("attacks tried", tried)
    yield Promise("attacks that worked", worked)


def over_http(short: bool, watches: list[Watch]) -> Iterator[Promise]:
    """What comes over HTTP and sockets."""
    with TemporaryDirectory() as folder:
        server = dailies(Path(folder), warm=short)
        try:
            server.start()
            with Watch(server) as watch:
                watches.append(watch)
                for attack in web.ATTACKS:
                    reached = attack.run(server, short)
                    yield Promise(attack.name, reached or "refused", "refused")
            yield Promise("the server is up", "yes" if server.is_well() else "no", "yes")
        finally:
            server.stop()
        ours = [line for line in server.log.splitlines() if OURS in line and '"ERROR"' in line]
        yield Promise("errors of ours in its log", len(ours), example="".join(ours[:1]))
