"""What is run once more is told of at the end of a run: with what became of it, and with what it
failed of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from core.settings import ROOT

TRIED = """
import pytest

tried = []


@pytest.mark.flaky(reruns=1)
def test_of_luck():
    tried.append(1)
    assert len(tried) > 1, "a moment was missed"


@pytest.mark.flaky(reruns=1)
def test_broken():
    raise ValueError("it is broken")


def test_whole():
    pass
"""


def test_a_test_that_passes_only_the_second_time_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "test_tried.py").write_text(TRIED)
    (tmp_path / "pytest.ini").touch()  # not the project's
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "test_tried.py"]
    known = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, cwd=tmp_path, env=known, capture_output=True, text=True)
    told = [line for line in run.stdout.splitlines() if "(call)" in line]
    assert told == [
        "passed then: test_tried.py::test_of_luck (call) - AssertionError: a moment was missed",
        "failed again: test_tried.py::test_broken (call) - ValueError: it is broken",
    ], run.stdout
