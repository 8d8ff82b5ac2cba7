"""The queue of clips to render: one process at a time, each clip once."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from core.emulator.render_job import Job
from core.emulator.state.records import Folder

_ROOT = Path(__file__).resolve().parents[3]
_FOOTAGE = (sys.executable, "-m", "core.emulator.footage.process")


class RenderFailed(Exception):
    """The footage process left no clip."""


class Renders:
    """Clips being made, by key. An existing clip is never rendered again.

    With `samples`, nothing is rendered: each clip is a copy of one of these files. With `shared`,
    jobs for MP4 that differ only in what is seen get copies of one clip, each with a mark of its
    own at the end, so that no two jobs have the same file.
    """

    def __init__(
        self, folder: Folder, samples: Sequence[Path] = (), *, shared: bool = False
    ) -> None:
        self._folder = folder
        self._samples = tuple(samples)
        self._shared = shared
        self._lock = Lock()
        self._waiting: dict[str, Future[None]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._line = ThreadPoolExecutor(max_workers=1, thread_name_prefix="emulator-renders")

    def order(self, job: Job) -> Future[None]:
        with self._lock:
            known = self._waiting.get(job.key)
            if self._stopped:
                return known or _dropped()
            if known is None or (known.done() and not self._is_there(job)):
                known = self._line.submit(self._render, job)
                self._waiting[job.key] = known
            return known

    def state(self, job: Job) -> str:
        """`ready`, `failed` or `waiting`; a clip that a stop interrupted waits for the next
        start."""
        with self._lock:
            future = self._waiting.get(job.key)
            if future is None or not future.done() or self._stopped:
                return "waiting"
        return "failed" if future.cancelled() or future.exception() else "ready"

    def clear(self) -> None:
        with self._lock:
            for future in self._waiting.values():
                future.cancel()
            self._waiting.clear()
            if self._process:
                self._process.kill()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._process:
                self._process.kill()
        self._line.shutdown(wait=True, cancel_futures=True)

    def _is_there(self, job: Job) -> bool:
        return all(path.exists() for path in self._files(job))

    def _render(self, job: Job) -> None:
        if self._is_there(job):
            return
        targets = self._files(job)
        if self._samples:
            sample = self._samples[int(job.key, 16) % len(self._samples)]
            for target in targets:
                _put(sample.read_bytes(), target)
        elif self._shared and job.suffix == ".mp4" and (unseen := job.unseen) != job:
            self._render(unseen)
            for clip, target in zip(self._files(unseen), targets, strict=True):
                _put(clip.read_bytes() + _free_box(job.key.encode()), target)
        else:
            self._draw(job, targets)

    def _files(self, job: Job) -> list[Path]:
        return [self._folder.clip(name) for name in job.names]

    def _draw(self, job: Job, targets: Sequence[Path]) -> None:
        order = {
            "folder": str(self._folder.path),
            "targets": [str(target) for target in targets],
            "job": asdict(job),
        }
        with self._start() as process:
            _, complaint = process.communicate(json.dumps(order).encode())
        with self._lock:
            self._process = None
        if process.returncode != 0 or not self._is_there(job):
            raise RenderFailed(complaint.decode(errors="replace")[-2000:])

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise RenderFailed("stopped")
            self._process = subprocess.Popen(
                _FOOTAGE,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd=_ROOT,
            )
            return self._process


def _put(content: bytes, target: Path) -> None:
    draft = target.with_suffix(".part")
    draft.write_bytes(content)
    draft.replace(target)


def _free_box(content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), b"free") + content


def _dropped() -> Future[None]:
    future: Future[None] = Future()
    future.cancel()
    return future
