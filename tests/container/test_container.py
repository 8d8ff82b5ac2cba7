"""What the Dockerfile says works, as far as that can be seen without a container engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.browser.serving import free_port
from tests.container.dockerfile import Copy, Stage, read

STAGES = read()
IMAGE = STAGES[-1]
HERE = Path(sys.executable).parent


def copies(stages: list[Stage]) -> list[Copy]:
    """What comes from this folder and not from another stage."""
    found = [Copy.of(text) for stage in stages for text in stage.texts("COPY")]
    return [one for one in found if not one.stage]


def test_everything_that_is_copied_exists_and_nothing_else_reaches_the_build() -> None:
    sources = {source for one in copies(STAGES) for source in one.sources}
    assert [source for source in sources if not (ROOT / source).exists()] == []
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] != "#"]
    assert lines[0] == "*", "what is not named stays out: keys, clips, histories"
    assert {line[1:] for line in lines if line.startswith("!")} == sources


@pytest.mark.parametrize("command", [text for one in STAGES for text in one.texts("RUN")])
def test_what_is_run_can_be_read_by_a_shell(command: str) -> None:
    assert subprocess.run(["sh", "-n", "-c", command], check=False).returncode == 0
    if shellcheck := shutil.which("shellcheck"):
        said = subprocess.run(
            [shellcheck, "--shell=sh", "-"], input=command, text=True, check=False
        )
        assert said.returncode == 0


@pytest.fixture
def image() -> Iterator[Path]:
    """The tree that the last stage copies together, which nobody can write to, beside a volume."""
    folder = Path(tempfile.mkdtemp(prefix="image-"))
    tree, volume = folder / "tree", folder / "volume"
    for one in copies([IMAGE]):
        for source in one.sources:
            target = tree / one.target / (Path(source).name if one.target.endswith("/") else "")
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, target)
            else:
                shutil.copy(ROOT / source, target)
    volume.mkdir()
    subprocess.run(["chmod", "-R", "a-w,a+rX", str(tree)], check=True)
    yield folder
    subprocess.run(["chmod", "-R", "u+w", str(tree)], check=True)
    shutil.rmtree(folder)


@pytest.mark.slow
def test_the_server_needs_no_rights_and_writes_to_its_volume_alone(
    image: Path,
) -> None:
    port = free_port()
    known = IMAGE.environment
    environment = os.environ | known | {
        "PATH": known["PATH"].replace("/opt/dailies/bin", str(HERE)),
        "DAILIES_DATA_DIR": str(image / "volume"),
        "DAILIES_DISK_FLOOR": "0",
    }  # fmt: skip
    assert IMAGE.texts("USER") == ["dailies"]
    # root's own rights would hide what cannot be written, and its Python may be where nobody looks
    plain = [] if os.geteuid() else ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    program, *words = IMAGE.words("CMD")
    place = [f"--server.port={port}", "--server.address=127.0.0.1"]
    check = [word.replace(":8501", f":{port}") for word in IMAGE.health_check]
    check[0] = str(HERE / check[0])
    log = image / "log"
    with log.open("wb") as told:
        server = subprocess.Popen(
            [*plain, str(HERE / program), *words, *place],
            cwd=image / "tree",
            env=environment,
            stdout=told,
            stderr=told,
        )
        try:
            deadline = time.monotonic() + 60
            while subprocess.run(check, capture_output=True, check=False).returncode:
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(1)
        finally:
            server.terminate()
            ended = server.wait(30)
    assert ended in (0, -15), log.read_text()
    assert "Traceback" not in log.read_text()
    assert (image / "volume" / "history.db").exists()
