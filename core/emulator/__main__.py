"""The emulator on the command line."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from threading import Event
from typing import Any

from core.emulator import Emulator
from core.emulator.state.conditions import Tempo
from core.emulator.state.demo_words import WORDS


def main() -> None:
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with Emulator(**_arguments()) as emulator:
        print(_welcome(emulator.url), flush=True)  # noqa: T201
        stopped.wait()


def _arguments() -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="python -m core.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--tempo", type=_tempo, default="seconds:20", metavar="TEMPO")
    parser.add_argument("--concurrency", type=int, metavar="N", help="tasks at once for a model")
    parser.add_argument("--daily", type=int, metavar="N", help="tasks in 24 hours for a model")
    parser.add_argument("--credits", type=int, default=25_000, metavar="N")
    parser.add_argument("--folder", type=Path, help="keep tasks and clips there")
    return vars(parser.parse_args())


def _tempo(text: str) -> str:
    try:
        Tempo.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _welcome(url: str) -> str:
    words = "\n".join(f"  {word:<22}{end.failure_code}" for word, end in WORDS.items())
    return (
        f"Runway's emulator listens on {url}\n"
        f"  RUNWAYML_BASE_URL={url} RUNWAYML_API_SECRET=key_demo …\n"
        f"  {url}/emulator/ledger shows every task and its credits.\n"
        f"Words in a prompt that make a task fail:\n{words}\n"
        "Ctrl-C stops it."
    )


if __name__ == "__main__":
    main()
