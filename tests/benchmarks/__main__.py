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
from tests.benchmarks.making import (
    api,
    bucket,
    click_to_wire,
    fair_turns,
    lists,
    long_day,
    looking,
    open_tasks,
    settle,
    slots,
)
from tests.benchmarks.opened import (
    fifty_sessions,
    first_visit,
    forms,
    gallery,
    open_histories,
    players,
    playing,
)

RULE = "-" * 96
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
    "click_to_wire": click_to_wire.measure,
    "open_tasks": open_tasks.measure,
    "long_day": long_day.measure,
    "looking": looking.measure,
    "api": api.measure,
    "playing": playing.measure,
    "bucket": bucket.measure,
}


def main() -> None:
    """Measure what is named, or everything: each figure as it comes, and all in one table at the
    end. What misses its bar is said, and is no failure."""
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
    print(f"{HEAD}\n{RULE}")
    kept = {"history_scale": partial(history_scale.measure, kept=wanted.keep)}
    main_module = sys.modules["__main__"]
    names = wanted.names or [*BENCHMARKS]
    figures: list[Figure] = []
    for name in names:
        for figure in (BENCHMARKS | kept)[name](wanted.short):
            print(figure, flush=True)
            figures.append(figure)
        print(f"  {name}: {load()}", flush=True)
        sys.modules["__main__"] = main_module  # AppTest leaves its page there, for new processes
    if len(names) > 1:
        print("", HEAD, RULE, *figures, sep="\n")


def load() -> str:
    """How busy the machine has been in the last minute, these programs included."""
    return f"load {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
