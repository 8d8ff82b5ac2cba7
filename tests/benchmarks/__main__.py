"""`python -m tests.benchmarks [NAME …] [--short]`: a table with one row a figure."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.benchmarks.figures import HEAD, Figure
from tests.benchmarks.history import history_scale, history_writes
from tests.benchmarks.making import api, bucket, fair_turns, lists, looking, settle, slots
from tests.benchmarks.opened import (
    fifty_sessions,
    first_visit,
    forms,
    gallery,
    open_histories,
    players,
    playing,
)

BENCHMARKS: dict[str, Callable[[bool], Iterator[Figure]]] = {
    "fair_turns": fair_turns.measure,
    "slots": slots.measure,
    "first_visit": first_visit.measure,
    "forms": forms.measure,
    "fifty_sessions": fifty_sessions.measure,
    "players": players.measure,
    "gallery": gallery.measure,
    "open_histories": open_histories.measure,
    "history_scale": history_scale.measure,
    "history_writes": history_writes.measure,
    "lists": lists.measure,
    "settle": settle.measure,
    "looking": looking.measure,
    "api": api.measure,
    "playing": playing.measure,
    "bucket": bucket.measure,
}


def main() -> None:
    """Measure what is named, or everything. What misses its bar is said, and is no failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--short", action="store_true", help="fewer runs: quicker, and less sure")
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="FOLDER",
        help="where history_scale leaves its histories, and finds them again: they take minutes",
    )
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # its servers end with it
    if unknown := set(wanted.names) - BENCHMARKS.keys():
        parser.error(
            f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}"
        )
    print(f"{os.cpu_count()} processors. What else runs on them blurs every figure: {load()}.")
    print(f"{HEAD}\n{'-' * 96}")
    kept = {"history_scale": partial(history_scale.measure, kept=wanted.keep)}
    main_module = sys.modules["__main__"]
    for name in wanted.names or BENCHMARKS:
        for figure in (BENCHMARKS | kept)[name](wanted.short):
            print(figure, flush=True)
        print(f"  {name}: {load()}", flush=True)
        sys.modules["__main__"] = main_module  # AppTest leaves its page there, for new processes


def load() -> str:
    """How busy the machine has been in the last minute, these programs included."""
    return f"load {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
