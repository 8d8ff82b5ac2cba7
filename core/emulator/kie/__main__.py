"""The emulator of KIE on the command line."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from threading import Event

from core.emulator.kie.failure_words import WORDS
from core.emulator.kie.server import KieEmulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.emulator.kie", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--tempo", default="seconds:20", help="instant, polls:N or seconds:S")
    parser.add_argument("--credits", type=int, default=1000, metavar="N")
    parser.add_argument("--folder", type=Path, help="keep tasks and clips there")
    parser.add_argument("--real-status", action="store_true", help="errors have theirs in HTTP too")
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with KieEmulator(**vars(parser.parse_args())) as emulator:
        words = "\n".join(f"  {word:<21}{failure}" for word, failure in WORDS.items())
        print(  # noqa: T201
            f"KIE's emulator listens on {emulator.url}; any key is good.\n"
            f"  {emulator.url}/emulator/ledger shows every task and the credits that are left.\n"
            f"Words in a prompt that make a task fail:\n{words}\n"
            "Ctrl-C stops it.",
            flush=True,
        )
        stopped.wait()


if __name__ == "__main__":
    main()
