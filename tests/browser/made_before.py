"""What a demo has made before a test begins: made once, and copied for each that asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.generations import Request
from core.settings import Settings
from core.studio import Studio

ENDPOINT, MODEL = "text_to_video", "gen4.5"
PATIENCE = 120  # seconds


def make(folder: Path, *prompts: str) -> None:
    """A clip of each of these prompts in a data folder, one after the other, as by the form for
    words."""
    with _at_work(folder) as studio:
        model = studio.catalog.find(ENDPOINT, MODEL)
        assert model
        for prompt in prompts:
            wanted = Request(ENDPOINT, MODEL, prompt, model.defaults)
            row, _new = studio.compose.submit(wanted, f"{len(prompt)} {prompt}")
            _wait(lambda row=row: studio.generations.get(row.id).status.is_final)  # type: ignore[misc]


def make_previews(folder: Path) -> None:
    """The small copies of all clips that a data folder has."""
    clips, previews = len([*(folder / "videos").iterdir()]), folder / "previews"

    def are_made() -> bool:
        moving = [one for one in previews.glob("*.mp4") if one.stat().st_size]
        return len(moving) == len([*previews.glob("*-640.webp")]) == clips

    with _at_work(folder):
        _wait(are_made)


@contextmanager
def _at_work(folder: Path) -> Iterator[Studio]:
    studio = Studio(Settings(data_dir=folder, demo_seconds=0, disk_floor=0))
    studio.start()
    try:
        yield studio
    finally:
        studio.close()


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it was never made"
        time.sleep(0.05)
