"""Which scene a clip shows: a title card for words, a camera move for pictures, or a video
again."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from core.emulator.drawing.camera import CameraMove
from core.emulator.drawing.insets import Insets, inset_size, still_inset
from core.emulator.drawing.planes import Scene
from core.emulator.drawing.replay import Replay
from core.emulator.drawing.sources import flat, picture
from core.emulator.drawing.title_card import TitleCard
from core.emulator.render_job import Job

_INSET_SIDE = 480
_Size = tuple[int, int]


def scene_for(job: Job, folder: Path, size: _Size) -> Scene:
    scene = _main(job, folder, size)
    small = [
        _inset(job, name, folder, size) for name in chain([job.performance], job.insets) if name
    ]
    return Insets(scene, size, small) if small else scene


def _main(job: Job, folder: Path, size: _Size) -> Scene:
    if job.video:
        look = "" if job.plain else f"{job.seed} {job.prompt}"
        return Replay(folder / job.video, size, job.fps, look)
    return CameraMove(job, folder, size) if job.pictures else TitleCard(job, size)


def _inset(job: Job, name: str, folder: Path, size: _Size) -> Scene:
    seen = flat(picture(name, folder, (_INSET_SIDE, _INSET_SIDE)))
    if name != job.performance or name.startswith("https:"):
        return still_inset(seen, size)
    return Replay(folder / name, inset_size(size, seen.width / seen.height), job.fps, mark=False)
