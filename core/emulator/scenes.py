"""Which scene a clip shows: a title card for words, a camera move for pictures."""

from __future__ import annotations

from pathlib import Path

from core.emulator.camera import CameraMove
from core.emulator.clips import Job
from core.emulator.pictures import Scene
from core.emulator.titles import TitleCard


def scene_for(job: Job, folder: Path, size: tuple[int, int]) -> Scene:
    """The scene that a job asks for, at a size."""
    return CameraMove(job, folder, size) if job.pictures else TitleCard(job, size)
