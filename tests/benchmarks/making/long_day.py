"""What a server holds in memory after much work.

Measured: megabytes of the server's memory after 2,000 generations at 20 slots, tasks of half a
second, each fetched, looked into and kept (in short: 12).
Baseline: the same server after a third of them, once all that it needs is loaded.
Bar: at most 1.1 times. `python -m tests.chaos day` makes 25,000 of them, in 2.4 hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from core.storage.database import HistoryFile
from tests.benchmarks.figures import Figure
from tests.chaos.killed.kill9 import ground
from tests.chaos.load.day import DAY, KEY, SHORT, SLOTS, Load, Watch, made
from tests.chaos.servers import Server, settings_for

WHOLE = Load(2_000, 250, "seconds:0.3-0.6", 0.2, 2.0)
MOST_TIMES = 1.1


def measure(short: bool) -> Iterator[Figure]:
    load = SHORT if short else WHOLE
    with ground(concurrency=SLOTS, tempo=load.tempo) as (folder, emulator):
        emulator.configure(url_ttl=DAY)
        server = Server(settings_for(folder, emulator.url, KEY, poll_seconds=load.poll_seconds))
        server.start()
        server.until("ready")
        watch = Watch(server)
        with closing(HistoryFile(server.settings.data_dir / "history.db")) as file:
            for _ in made(server, file, load, watch):
                pass
        server.stop()
    held = watch.megabytes[-1], watch.megabytes[len(watch.megabytes) // 3]
    yield Figure(f"memory after {load.count:,} generations", *held, "MB", most_times=MOST_TIMES)
