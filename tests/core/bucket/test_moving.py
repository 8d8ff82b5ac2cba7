"""A history goes into a bucket, to another and out again, though it is killed on the way."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from core.bucket.objects import PART
from core.bucket.unfinished import end_unfinished
from core.files import Output
from core.generations import Request
from core.settings import ROOT, Settings
from core.studio import Studio
from tests.conftest import Settle
from tests.core.bucket.conftest import Way

FIRST, SECOND = "s3://clips/studio", "s3://others/studio"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A server that has no bucket yet."""
    return replace(settings, media_url="")


@pytest.fixture
def large(studio: Studio, settle: Settle, text_request: Request) -> Output:
    """An output that goes up in parts."""
    done = settle(studio, studio.compose.submit(text_request, "one")[0])
    assert done.main
    content = secrets.token_bytes(PART + 1)
    studio.media.output(done.main).write_bytes(content)
    output = replace(done.main, bytes=len(content), sha256=sha256(content).hexdigest())
    studio._store.move(done, done.status, studio.now, outputs=(output,))
    return output


def begin(studio: Studio, *words: str) -> subprocess.Popen[str]:
    environ = os.environ | {"DAILIES_DATA_DIR": str(studio.settings.data_dir)}
    return subprocess.Popen(
        [sys.executable, "-m", "core.moving", *words],
        cwd=ROOT,
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(studio: Studio, *words: str) -> str:
    process = begin(studio, *words)
    out, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    return out


@pytest.mark.slow
def test_what_is_killed_in_the_middle_goes_on_and_leaves_no_parts(
    studio: Studio, large: Output, way: Way
) -> None:
    path = studio.media.output(large)
    content = path.read_bytes()
    way.hold_after = 3 * 1024**2
    killed = begin(studio, "to", FIRST)
    assert way.held.wait(60), killed.communicate(timeout=1)
    killed.kill()
    killed.communicate()
    way.mend()
    assert (path.read_bytes() == content, way.has(large.file), way.unfinished()) == (True, False, 1)

    long_ago = datetime(2010, 1, 1, tzinfo=UTC)
    assert (end_unfinished(FIRST, long_ago), way.unfinished()) == (0, 1), "others may be at work"
    assert "holds 1 clip" in run(studio, "to", FIRST)
    assert (way.has(large.file), way.unfinished()) == (True, 0)

    path.unlink()
    assert "holds 1 clip" in run(studio, "to", SECOND)
    assert (way.has(large.file, "others"), path.exists()) == (True, False)
    assert "is empty" in run(studio, "clear", FIRST)
    assert not way.has(large.file)
    assert "1 clip in" in run(studio, "clear", SECOND), "it lies nowhere else"
    assert "holds 1 clip" in run(studio, "to", "disk")
    assert path.read_bytes() == content
