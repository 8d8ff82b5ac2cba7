"""What the tests take from npm, where it was installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

INSTALLED = os.environ.get("NPM_PACKAGES", "")
"""A folder in which `npm install` was run beside a copy of tests/package.json, as .ci/run does."""
PATIENCE = 60


def packages() -> Path:
    """Their folder; skips the test, in words, where there is none."""
    if not INSTALLED or not shutil.which("node"):
        pytest.skip("NPM_PACKAGES names no folder with what tests/package.json lists")
    return Path(INSTALLED) / "node_modules"


def run(*command: str, **environment: str) -> str:
    """What a program prints that may load the packages."""
    told = os.environ | {"NODE_PATH": str(packages())} | environment
    done = subprocess.run(
        command, env=told, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
