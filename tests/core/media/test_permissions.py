"""What other users of this machine may read: neither the key nor the data folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.settings import ROOT, Settings
from core.studio import Studio

OTHERS = 0o077


def open_to_others(folder: Path) -> list[str]:
    """All in a folder, and itself, that others have any right to."""
    return [str(path) for path in (folder, *folder.rglob("*")) if path.stat().st_mode & OTHERS]


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """What most machines begin with."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.slow
def test_a_server_makes_nothing_that_others_may_read(usual_umask: None, tmp_path: Path) -> None:
    program = (
        "import app; from core.generations import Request\n"
        "params = {'ratio': '1280:720', 'duration': 2}\n"
        "app.studio.compose.submit(Request('text_to_video', 'gen4.5', 'A sea', params), 'a')\n"
        "app.studio.close()"
    )
    environment = {"DAILIES_DATA_DIR": str(tmp_path / "data"), "DAILIES_ENV_FILE": os.devnull}
    subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    assert (tmp_path / "data" / "history.db").exists()
    assert open_to_others(tmp_path / "data") == []


def test_a_folder_that_an_earlier_version_left_open_is_closed(
    usual_umask: None, open_studio: Callable[[Settings], Studio], settings: Settings
) -> None:
    for name in ("videos", "recipes", "backups"):
        (settings.data_dir / name).mkdir(parents=True)
    assert settings.data_dir.stat().st_mode & OTHERS
    studio = open_studio(settings)
    assert studio.server.exposures() == []
    assert [p for p in open_to_others(settings.data_dir) if Path(p).is_dir()] == []


def test_a_folder_with_other_things_in_it_is_not_closed_but_said(
    usual_umask: None, open_studio: Callable[[Settings], Studio], settings: Settings
) -> None:
    (settings.data_dir / "videos").mkdir(parents=True)
    (settings.data_dir / "holiday.jpg").write_bytes(b"")
    studio = open_studio(settings)
    assert settings.data_dir.stat().st_mode & OTHERS
    assert not (settings.data_dir / "videos").stat().st_mode & OTHERS
    assert (settings.data_dir / "holiday.jpg").stat().st_mode & OTHERS
    (exposure,) = studio.server.exposures()
    assert "data folder" in exposure.message


@pytest.mark.parametrize(("mode", "said"), [(0o644, True), (0o640, True), (0o600, False)])
@pytest.mark.slow
def test_a_key_that_others_may_read_is_said_at_the_start_and_on_settings(
    tmp_path: Path, key: str, mode: int, said: bool
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"RUNWAYML_API_SECRET={key}\n")
    env_file.chmod(mode)
    environment = {
        "DAILIES_DATA_DIR": str(tmp_path / "data"),
        "DAILIES_ENV_FILE": str(env_file),
        "RUNWAYML_BASE_URL": "http://127.0.0.1:9",
    }
    program = (
        "import app; print([one.message for one in app.studio.server.exposures()]);"
        "app.studio.close()"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    sentence = "Other users of this machine can read the file that holds the key."
    assert (sentence in run.stdout) is said
    assert (sentence in run.stderr) is said
    assert key not in run.stdout + run.stderr
