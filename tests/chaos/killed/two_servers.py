"""Two servers on one data folder, one of them killed again and again; then their submitters too.

First part: `kill -9` of the leader two times out of three, of the other one otherwise, with the
faults of kill9. Second part: the process that makes the create call is killed as well, and nothing
else goes wrong: what it leaves must be known or unconfirmed, and is never sent again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil

from core.emulator import Emulator
from tests.chaos import desk_books
from tests.chaos.books import Books
from tests.chaos.desk import Desk
from tests.chaos.faults import late
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.killed.kill9 import LONG_LIFE, SHORT_LIFE, everything, ground, outcome, settle
from tests.chaos.servers import Server, intent, settings_for
from tests.core.submitter_processes import at_work

KILLS, SHORT_KILLS = 150, 4
SUBMITTERS, SHORT_SUBMITTERS = 60, 2
CHANGES, SHORT_CHANGES = 30, 1
KEY = "key_of_two_servers"


def run(short: bool) -> Iterator[Figure]:
    """Kill servers, then submitters."""
    kills = SHORT_KILLS if short else KILLS
    with ground() as (folder, emulator):
        emulator.script(everything())
        settings, desk, made = settings_for(folder, emulator.url, KEY), Desk(), list[int]()
        pair = [Server(settings, desk=desk, made=made) for _ in range(2)]
        began = time.monotonic()
        kill_by_turns(pair, kills)
        settle(pair[0], life=SHORT_LIFE if short else LONG_LIFE)
        desk_books.last_round(*pair)
        for server in pair:
            server.stop()
        changes = sum(server.leads for server in pair) - 1  # all is heard of them by now
        pair[0].told |= pair[1].told
        yield Promise("kill -9 of one of two servers", kills, kills)
        yield Promise(
            "changes of leader", changes, SHORT_CHANGES if short else CHANGES, at_least=True
        )
        yield Measure("seconds, all in all", time.monotonic() - began, "s")
        yield from outcome(pair[0], emulator)
        yield from desk_books.outcome(settings, desk)
    yield from killed_submitters(SHORT_SUBMITTERS if short else SUBMITTERS)


def kill_by_turns(pair: list[Server], kills: int) -> None:
    """Feed both, and kill and restart one of them every second or so."""
    dice = random.Random(3)
    for server in pair:
        server.start()
        server.until("ready")
    leader, wanted = first_to_lead(pair), 0
    for _ in range(kills):
        end = time.monotonic() + dice.uniform(0.3, 1.2)
        while time.monotonic() < end:
            pair[dice.randrange(2)].want(intent(wanted))
            wanted += 1
            for server in pair:
                server.decide()
            pause = time.monotonic() + dice.expovariate(4)
            while time.monotonic() < pause:
                for place, server in enumerate(pair):
                    if server.hear(0.02) == "leads":
                        leader = place
        victim = pair[leader if dice.random() < 2 / 3 else 1 - leader]
        victim.kill()
        victim.start()


def first_to_lead(pair: list[Server]) -> int:
    """The place of it, once one of them leads."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for place, server in enumerate(pair):
            if server.leads or server.hear(0.02) == "leads":
                return place
    raise AssertionError(f"neither of them leads:\n{pair[0].log[-2000:]}")


def killed_submitters(wanted: int) -> Iterator[Figure]:
    """Kill so many processes in the middle of their create call, and their servers at times."""
    with ground() as (folder, emulator):
        emulator.script(late("create", 0.2, 0.5, 1.0))
        server = Server(settings_for(folder, emulator.url, KEY))
        server.start()
        killed = kill_submitters(server, wanted)
        settle(server, life=SHORT_LIFE)
        server.stop()
        books = Books.read(server.settings.data_dir, emulator, server.told)
        yield Promise("kill -9 of a submitter", killed, wanted, at_least=True)
        yield from submitter_promises(books, emulator, killed)


def submitter_promises(books: Books, emulator: Emulator, killed: int) -> Iterator[Figure]:
    """How many are in doubt depends on the moment of each kill, so that is only bounded."""
    doubtful = len(books.doubtful)
    for promise in books.promises(ambiguous=doubtful):
        if not promise.name.startswith("unconfirmed"):
            yield promise
    yield Measure("unconfirmed after a killed submitter", doubtful, f"of {killed}")
    yield Promise("unconfirmed though nobody was killed", max(0, doubtful - killed))
    calls = emulator.ledger()["calls"]["create"]
    yield Promise("create calls beyond one an intent", max(0, calls - len(books.rows)))


def kill_submitters(server: Server, wanted: int) -> int:
    """Start intents and kill one submitter after the other; how many."""
    dice = random.Random(4)
    killed, number = 0, 0
    deadline = time.monotonic() + 60 * wanted
    while killed < wanted and time.monotonic() < deadline:
        for _ in range(2):
            server.want(intent(number))
            number += 1
        end = time.monotonic() + dice.uniform(0.2, 0.6)
        while time.monotonic() < end:
            server.hear(0.01)
        for process in at_work(server.pid, seconds=5):
            if dice.random() < 0.5:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
                    killed += 1
        if dice.random() < 0.1:
            server.kill()
            server.start()
    return killed
