"""`python -m tests.chaos [NAME …] [--short]`: breaks things, and prints what became of them."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

from tests.chaos.answers import break_points, fuzzing, storage
from tests.chaos.attacks import attack, double_clicks, leaks
from tests.chaos.figures import HEAD, Figure, Promise
from tests.chaos.killed import four_servers, kill9, resends, two_servers
from tests.chaos.load import day, scale, storm

PROGRAMS: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "kill9": kill9.run,
    "two_servers": two_servers.run,
    "four_servers": four_servers.run,
    "break_points": break_points.run,
    "double_clicks": double_clicks.run,
    "resends": resends.run,
    "storage": storage.run,
    "storm": storm.run,
    "scale": scale.run,
    "day": day.run,
    "leaks": leaks.run,
    "fuzzing": fuzzing.run,
    "attack": attack.run,
}


def main() -> None:
    """Run what is named, or everything. Fails when a promise is broken; a missed bar is only
    said."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PROGRAMS))
    parser.add_argument("--short", action="store_true", help="fewer of everything")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # its servers end with it
    if unknown := set(wanted.names) - PROGRAMS.keys():
        parser.error(f"no program {', '.join(sorted(unknown))}; there are {', '.join(PROGRAMS)}")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}.\n{HEAD}\n{'-' * 104}")
    broken = 0
    for name in wanted.names or PROGRAMS:
        began, before = time.monotonic(), broken
        print(f"{name}:", flush=True)
        for figure in PROGRAMS[name](wanted.short):
            print(f"  {figure}", flush=True)
            broken += isinstance(figure, Promise) and not figure.kept
        load = os.getloadavg()[0]
        seconds = time.monotonic() - began
        print(f"  ({seconds:.0f} s, load {load:.1f}; {broken - before} broken)", flush=True)
    sys.exit(f"{broken} promises are broken." if broken else 0)


if __name__ == "__main__":
    main()
