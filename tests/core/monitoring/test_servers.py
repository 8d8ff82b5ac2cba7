"""Which servers share a folder, and the errors that any of them has kept."""

from __future__ import annotations

import json
import logging
import os
import platform
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from core.monitoring import logs
from core.monitoring.servers import Servers, errors_of_this
from core.settings import ROOT, Settings
from core.studio import Studio
from tests.conftest import Clock

ANOTHER = (
    "import sys; from pathlib import Path; from core.monitoring.servers import Servers;"
    "from core.storage.database import utc_now; from core.worker.leader import Leader;"
    "folder = Path(sys.argv[1]); servers = Servers(folder, utc_now); servers.begin();"
    "leader = Leader(folder / 'tracker.lock'); leader.take(); print('ready', flush=True);"
    "sys.stdin.read()"
)


@pytest.mark.slow
def test_a_server_is_listed_while_it_lives_and_by_whom_is_led(studio: Studio) -> None:
    """However it ends: the other one is killed."""
    studio._records.servers.begin()
    folder = str(studio.settings.data_dir)
    command = [sys.executable, "-c", ANOTHER, folder]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"ready\n"
        told = {one.pid: leads for one, leads in studio.server.processes()}
        other.kill()
    assert told == {os.getpid(): False, other.pid: True}
    assert studio.tracker._leader.take()
    ((one, leads),) = studio.server.processes()
    assert (one.host, one.pid, leads) == (platform.node(), os.getpid(), True)


def test_an_error_is_kept_for_a_day_with_its_generation_and_without_the_key(
    settings: Settings, clock: Clock, key: str, tmp_path: Path
) -> None:
    settings.data_dir.mkdir()
    servers = Servers(settings.data_dir, clock.now)
    servers.begin()
    logger = logging.Logger("core.here")
    with closing(logs.kept(settings)) as handler:
        logger.addHandler(handler)
        logger.warning("this is no error")
        logger.error("the disk of %s is gone", key, extra={"generation": 7})
    kept = errors_of_this(settings.data_dir)
    assert key not in kept.read_text()
    line = json.loads(kept.read_text())
    for hours in (23, 25):
        at = clock.now() - timedelta(hours=hours)
        with kept.open("a") as file:
            file.write(json.dumps(line | {"time": at.isoformat(), "event": f"{hours}"}) + "\n")
            file.write('{"time": "cut o\n')
    newest, older = servers.faults(10)
    assert (newest.generation, older.event) == (7, "23")
    assert newest.event.startswith("the disk of ")
    assert [one.event for one in servers.faults(1)] == [newest.event]
    servers.end()
    assert servers.running() == []
