"""The short form of every program: what it promises holds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.chaos.__main__ import PROGRAMS
from tests.conftest import ROOT

IN_A_BROWSER = {"attack", "double_clicks", "leaks"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_promise_is_kept(name: str) -> None:
    missing = not (shutil.which("chromium") or shutil.which("chromium-browser"))
    if name in IN_A_BROWSER and missing and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    # In a process of its own: Playwright allows one browser driver a process, and the browser
    # tests have theirs open until the session ends.
    program = [sys.executable, "-m", "tests.chaos", "--short", name]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
