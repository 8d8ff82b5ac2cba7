"""The code keeps its own rules: lint, format and strict types."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core.settings import ROOT

MYPY = "mypy --cache-dir=/dev/null" if "CI" in os.environ else "mypy"
"""What is checked out for one run of the tests keeps nothing for a next one."""


@pytest.mark.parametrize("tool", ["ruff check", "ruff format --check", MYPY])
def test_the_code_passes(tool: str) -> None:
    command = [sys.executable, "-m", *tool.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
