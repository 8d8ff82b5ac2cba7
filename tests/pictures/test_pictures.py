"""The program that takes the README's pictures finds its way through the pages.

One picture of each kind is taken; all are by `python -m tests.pictures`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from tests import chromium
from tests.conftest import ROOT
from tests.pictures.scenes import SCENES

KINDS = {"history", "spending", "phone", "film"}
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_picture_of_each_kind_is_taken(tmp_path: Path) -> None:
    chromium.required()
    # In a process of its own: Playwright allows one browser driver a process.
    program = [sys.executable, "-m", "tests.pictures", "--short", "--into", str(tmp_path), *KINDS]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.stem for path in tmp_path.iterdir()} == KINDS < set(SCENES)
    with Image.open(tmp_path / "film.webp") as film:
        assert len(list(ImageSequence.Iterator(film))) > 50
