"""The first visit to a fresh server.

Measured: seconds from opening the address of Create in Chromium until its button can be seen, with
an empty browser cache, on a server that nobody has visited before.
Baseline: the same for an app whose page is one button and whose server has loaded what app.py
loads. Servers alternate, each visited once; the figures are medians.
Bar: at most 1.3 times the baseline.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from tests.benchmarks.figures import Figure
from tests.benchmarks.serving import Bare, chromium, dailies, running
from tests.browser.serving import Server

ONE_LINE = "import streamlit as st; st.button('Generate')"
MOST_TIMES = 1.3
RUNS, SHORT_RUNS = 7, 1


def measure(short: bool) -> Iterator[Figure]:
    """The first visit beside that of a page with one button."""
    ours, bare = [], []
    with TemporaryDirectory() as temporary, chromium() as browser:
        folder = Path(temporary)
        if not short:  # the browser's own first
            first_visit(browser, Bare(folder / "unmeasured", page=ONE_LINE))
        for run in range(SHORT_RUNS if short else RUNS):
            server = Bare(folder / f"bare{run}", page=ONE_LINE, warm=short)
            bare.append(first_visit(browser, server))
            ours.append(first_visit(browser, dailies(folder / f"ours{run}", warm=short)))
    yield Figure("first visit to Create", median(ours), median(bare), "s", most_times=MOST_TIMES)


def first_visit(browser: Browser, server: Server) -> float:
    """Start a server, visit it once, stop it; the seconds that the visit took."""
    with running(server):
        page = browser.new_page()
        began = time.perf_counter()
        page.goto(server.url, wait_until="commit")
        page.get_by_role("button", name="Generate").wait_for()
        seconds = time.perf_counter() - began
        page.close()
    return seconds
