"""Copies come back from the bucket only where the disk has plenty of room for them."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from core.bucket.recall import Recall
from core.errors import BucketError
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


def test_each_comes_once_at_a_time_and_one_that_cannot_holds_up_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, done, brought = threading.Event(), threading.Event(), list[str]()

    def at_hand(file: str) -> Path:
        assert begun.wait(20)
        if file == "away":
            raise BucketError("The bucket does not answer.")
        brought.append(file)
        if file.startswith("last"):
            done.set()
        return Path(file)

    recall = Recall(at_hand, 1000 * MEGABYTE, lambda _needed: True)
    for name in ("away", "played", "played", "last"):
        recall.soon(copy(name, 1))
    begun.set()
    assert done.wait(20)
    assert brought == ["played", "last"]
    done.clear()
    for name in ("played", "last but one"):
        recall.soon(copy(name, 1))
    assert done.wait(20)
    recall.stop()
    assert brought[2:] == ["played", "last but one"], "it went again meanwhile"
    assert [record.exc_info for record in caplog.records] == [None], "no error of ours"
