"""The short form of every benchmark: it runs and prints figures. No figure is judged here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.benchmarks.__main__ import BENCHMARKS
from tests.conftest import ROOT

IN_A_BROWSER = {"first_visit", "players"}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_prints_its_figures(name: str) -> None:
    missing = not (shutil.which("chromium") or shutil.which("chromium-browser"))
    if name in IN_A_BROWSER and missing and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    # In a process of its own: Playwright allows one browser driver a process, and the browser
    # tests have theirs open until the session ends.
    program = [sys.executable, "-m", "tests.benchmarks", "--short", name]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    _head, figures = done.stdout.split("-" * 96)
    assert len(figures.strip().splitlines()) > 1
