"""`python -m tests.pictures [NAME …] [--into FOLDER] [--short]`: the README's pictures, anew."""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser

from core.compose.examples import week
from core.generations import FINAL
from core.settings import ROOT
from tests.benchmarks.serving import chromium, dailies
from tests.browser import made_before
from tests.browser.serving import Server
from tests.pictures.scenes import SCENES, take

FOLDER = ROOT / "data" / "pictures"
DEMO_SECONDS, SHORT_SECONDS = 30, 5
PATIENCE = 600  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCENES))
    parser.add_argument("--into", type=Path, default=FOLDER, help="default: data/pictures")
    parser.add_argument("--short", action="store_true", help="of a history with one clip")
    wanted = parser.parse_args()
    if unknown := set(wanted.names) - SCENES.keys():
        parser.error(f"there is no picture {', '.join(sorted(unknown))}")
    wanted.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        seconds = SHORT_SECONDS if wanted.short else DEMO_SECONDS
        server = dailies(Path(folder), demo_seconds=seconds, warm=wanted.short)
        if wanted.short:
            made_before.make(server.folder, "A quiet sea")
        server.start()
        try:
            if not wanted.short:
                _fill(browser, server)
            for name in SCENES:
                if not wanted.names or name in wanted.names:
                    take(browser, server.url, name, wanted.into)
                    size = (wanted.into / f"{name}.webp").stat().st_size
                    print(f"{name:14} {size / 1000:7.0f} KB", flush=True)
        finally:
            server.stop()


def _fill(browser: Browser, server: Server) -> None:
    """By the button of the empty history, as anybody would."""
    page = browser.new_page()
    page.goto(f"{server.url}/history")
    page.get_by_role("button", name="Fill with examples").click()
    deadline = time.monotonic() + PATIENCE
    while not _are_made(server):
        assert time.monotonic() < deadline, "the examples were never made"
        page.wait_for_timeout(1000)
    page.close()


def _are_made(server: Server) -> bool:
    with closing(sqlite3.connect(server.folder / "history.db")) as file:
        found = [status for (status,) in file.execute("select status from generations")]
    return len(found) == len(week()) and FINAL.issuperset(found)


if __name__ == "__main__":
    main()
