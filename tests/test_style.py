"""The code keeps its own rules: lint, format and strict types."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.settings import ROOT


@pytest.mark.parametrize("tool", ["ruff check", "ruff format --check", "mypy"])
def test_the_code_passes(tool: str) -> None:
    command = [sys.executable, "-m", *tool.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
