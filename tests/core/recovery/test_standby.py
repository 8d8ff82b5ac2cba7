"""Another machine goes on: Litestream and rclone have copied what there was, a little behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from core.emulator import Emulator
from core.generations import Generation, Request, Status
from core.recovery.__main__ import main
from core.settings import ROOT, Settings
from core.storage.database import utc_now
from core.studio import Studio
from tests.conftest import Clock, OpenStudio, Settle

TOOLS = Path(sys.executable).parent


def tool(name: str, replica: Path, data: Path, *words: str) -> None:
    """Run it as `deploy/README.md` tells, with a folder as the bucket."""
    program = shutil.which(name, path=f"{TOOLS}:{os.environ['PATH']}")
    assert program, f"{name} is not installed"
    told = {"DAILIES_DATA_DIR": str(data), "REPLICA": f"file://{replica}"}
    done = subprocess.run(
        [program, *words],
        cwd=ROOT,
        env=os.environ | told | {"RCLONE_CONFIG": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def replicate(settings: Settings, tmp_path: Path) -> Callable[[], None]:
    """Litestream as it is each second."""
    config = ("-config", "deploy/litestream.yml")

    def run() -> None:
        tool("litestream", tmp_path / "bucket", settings.data_dir, "replicate", "-once", *config)

    return run


@pytest.fixture
def copy(settings: Settings, tmp_path: Path) -> Callable[[], None]:
    """rclone as it is each second."""
    words = ("copy", "--filter-from", "deploy/files.filter")

    def run() -> None:
        places = (str(settings.data_dir), str(tmp_path / "bucket" / "files"))
        tool("rclone", tmp_path / "bucket", settings.data_dir, *words, *places)

    return run


@pytest.fixture
def standby(
    settings: Settings, tmp_path: Path, open_studio: OpenStudio, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Studio]:
    """The empty machine, after the drill."""
    here = replace(settings, data_dir=tmp_path / "standby")

    def run() -> Studio:
        here.data_dir.mkdir()
        bucket, history = tmp_path / "bucket", here.data_dir / "history.db"
        config = ("-config", "deploy/litestream.yml")
        tool("litestream", bucket, here.data_dir, "restore", *config, str(history))
        tool("rclone", bucket, here.data_dir, "copy", str(bucket / "files"), str(here.data_dir))
        monkeypatch.setenv("DAILIES_DATA_DIR", str(here.data_dir))
        monkeypatch.setenv("DAILIES_DISK_FLOOR", "0")
        monkeypatch.setenv("RUNWAYML_API_SECRET", here.api_key)
        monkeypatch.setenv("RUNWAYML_BASE_URL", here.base_url)
        monkeypatch.setattr(sys, "argv", ["core.recovery", "takeover"])
        main()
        return open_studio(here)

    return run


@pytest.mark.slow
def test_the_standby_goes_on_and_sends_nothing_twice(
    studio: Studio,
    settle: Settle,
    clock: Clock,
    text_request: Request,
    emulator: Emulator,
    replicate: Callable[[], None],
    copy: Callable[[], None],
    standby: Callable[[], Studio],
    tmp_path: Path,
) -> None:
    """Each of these is paid once, whatever had reached the bucket when the machine was lost."""
    clock.stopped_at = utc_now()
    emulator.reset(tempo="polls:2")

    def order(prompt: str) -> Generation:
        return studio.compose.submit(replace(text_request, prompt=prompt), prompt)[0]

    def until(generation: Generation, status: Status) -> Generation:
        return settle(studio, generation, until=lambda found: found.status is status)

    until(order("made and copied"), Status.SUCCEEDED)
    until(order("at Runway"), Status.PENDING)
    replicate()
    copy()
    until(order("made, its clip not copied"), Status.SUCCEEDED)
    waiting, known = order("waits in the history"), order("waits, and its receipt is copied")
    held = order("held by a person")
    studio.queue.hold(held.id)
    replicate()
    copy()
    manifest = tmp_path / "bucket" / "files" / "recipes" / f"{waiting.file_stem}.json"
    before = manifest.read_bytes()
    until(known, Status.PENDING)
    until(waiting, Status.PENDING)
    unknown = order("only its receipt and manifest are copied")
    until(unknown, Status.PENDING)
    shutil.rmtree(studio.media.folder / "videos")
    (studio.media.folder / "videos").mkdir()
    copy()
    manifest.write_bytes(before)  # and so the last copy came too late for this one
    (tmp_path / "bucket" / "files" / "receipts" / f"{waiting.file_stem}-1.json").unlink()
    lost = {task["request"]["promptText"] for task in emulator.ledger()["tasks"]}
    studio.close()

    there = standby()
    ends = {}
    for prompt in lost:
        found = there.generations.with_key(prompt)
        assert found, prompt
        ends[prompt] = settle(there, found)
    assert ends[waiting.request.prompt].status is Status.UNCONFIRMED
    del ends[waiting.request.prompt]
    assert {prompt for prompt, end in ends.items() if end.status is not Status.SUCCEEDED} == set()
    files = [output.file for end in ends.values() for output in end.outputs]
    assert len(files) == len(ends)
    assert all((there.media.folder / "videos" / name).exists() for name in files)
    assert there.generations.get(held.id).status is Status.QUEUED
    assert emulator.ledger()["calls"]["create"] == len(lost), "nothing was sent again"
