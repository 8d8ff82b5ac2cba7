"""The footage process: one job on standard input, its files on disk."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from core.emulator.footage.frame_archives import write_archive
from core.emulator.footage.recording import write_recording
from core.emulator.footage.sound import write_sound
from core.emulator.footage.stills import write_still
from core.emulator.render_job import Job

_NICENESS = 10


def main() -> None:
    """Make what standard input asks for. A file gets its name only when it is complete.

    The draft's name is this process's own: another, whose server was killed, may still be at work
    on the same job.
    """
    os.nice(_NICENESS)
    order = json.loads(sys.stdin.read())
    for number, target in enumerate(map(Path, order["targets"])):
        draft = target.with_suffix(f".{os.getpid()}.part")
        render(Job(**order["job"]), Path(order["folder"]), draft, number)
        os.replace(draft, target)


def render(job: Job, folder: Path, target: Path, number: int = 0) -> None:
    job = replace(job, seed=job.seed + number)
    if job.makes == "image":
        write_still(job, folder, target)
    elif job.makes == "audio":
        write_sound(job, target)
    elif job.suffix == ".zip":
        write_archive(job, folder, target)
    else:
        write_recording(job, folder, target)


if __name__ == "__main__":
    main()
