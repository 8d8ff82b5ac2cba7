"""Receipts: allocated once, unreadable while somebody may still send, readable ever after."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from core.providers import receipts
from core.providers.receipts import BODY_LIMIT, SIZE, Receipt


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a receipt is to lie."""
    return tmp_path / "00000001-1.json"


@pytest.mark.point(4)
def test_a_receipt_takes_its_room_on_disk_before_anything_is_sent(path: Path) -> None:
    os.close(receipts.allocate(path))
    assert receipts.read(path) == Receipt("allocated")
    assert path.stat().st_size == SIZE
    assert path.stat().st_blocks * 512 >= SIZE
    assert path.stat().st_mode & 0o077 == 0, "others may read it"


def test_a_receipt_that_was_never_used_is_taken_again(path: Path) -> None:
    os.close(receipts.allocate(path))
    os.close(receipts.allocate(path))
    assert receipts.read(path) == Receipt("allocated")


@pytest.mark.parametrize("state", ["sending", "no_answer", "answered", "refused_connection"])
@pytest.mark.point(3)
def test_an_attempt_is_never_made_twice(path: Path, state: Any) -> None:
    fd = receipts.allocate(path)
    with pytest.raises(BlockingIOError):
        receipts.allocate(path)
    receipts.write(fd, Receipt(state))
    os.close(fd)
    with pytest.raises(FileExistsError):
        receipts.allocate(path)
    assert receipts.read(path) == Receipt(state)


def test_a_receipt_is_unreadable_while_its_sender_holds_it(path: Path) -> None:
    fd = receipts.allocate(path)
    assert receipts.read(path) is None
    receipts.write(fd, Receipt("sending"))
    assert receipts.read(path) is None
    os.close(fd)
    assert receipts.read(path) == Receipt("sending")


def test_the_lock_lives_as_long_as_any_copy_of_its_descriptor(path: Path) -> None:
    fd = receipts.allocate(path)
    inherited = os.dup(fd)
    os.close(fd)
    assert receipts.read(path) is None
    os.close(inherited)
    assert receipts.read(path) == Receipt("allocated")


def test_an_answer_comes_back_as_it_was_written(path: Path) -> None:
    answer = Receipt("answered", status=200, headers={"x-request-id": "r"}, body='{"id": "é🎬"}')
    fd = receipts.allocate(path)
    receipts.write(fd, answer)
    os.close(fd)
    assert receipts.read(path) == answer
    json.loads(path.read_bytes())


@pytest.mark.parametrize("letter", ["a", "é", "🎬", "\x00", '"'])
def test_a_long_answer_never_outgrows_the_room_it_has(path: Path, letter: str) -> None:
    fd = receipts.allocate(path)
    receipts.write(fd, Receipt("answered", status=400, body=letter * 3 * BODY_LIMIT))
    os.close(fd)
    assert path.stat().st_size == SIZE
    found = receipts.read(path)
    assert found
    assert (found.state, found.status) == ("answered", 400)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"state": "answered", "new": 1}', b"\xff", b"[" * 10_000],
    ids=len,
)
def test_a_damaged_receipt_counts_as_sent(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    found = receipts.read(path)
    assert found
    assert found.state == "sending"


def test_a_missing_receipt_is_missing(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        receipts.read(path)
