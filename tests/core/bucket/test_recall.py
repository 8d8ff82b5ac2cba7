"""Copies come back from the bucket only where the disk has plenty of room for them."""

from __future__ import annotations

import threading
from pathlib import Path

from core.bucket.recall import Recall
from core.media.disk_space import MEGABYTE, Disk
from core.storage.clip_copies import ClipCopy, State


def copy(name: str, megabytes: int) -> ClipCopy:
    return ClipCopy(name, "s3://clips", "video/mp4", megabytes * MEGABYTE, "", State.STORED)


def test_a_copy_comes_back_only_where_twice_the_floor_stays_free() -> None:
    """What was paid for and is still to be fetched needs what lies between."""
    disk = Disk(Path(), 100, lambda _: (1000 * MEGABYTE, 0, 250 * MEGABYTE))
    brought: list[str] = []
    done = threading.Event()

    def at_hand(file: str) -> Path:
        brought.append(file)
        done.set()
        return Path(file)

    recall = Recall(at_hand, 1000 * MEGABYTE, disk.has_plenty)
    recall.soon(copy("too large", 50))
    recall.soon(copy("fits", 49))
    assert done.wait(20)
    recall.stop()
    assert brought == ["fits"]


def test_where_all_clips_stay_on_the_disk_none_comes_back_by_itself() -> None:
    recall = Recall(Path, None, lambda _needed: True)
    recall.soon(copy("small", 1))
    assert recall._thread is None
