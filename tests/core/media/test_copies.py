"""Copies that carry their recipe, or nothing: made once, few, and never instead of the original."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.decoders import carried_text
from core.files import Output
from core.media.copies import FOLDER, Copies
from core.media.disk_space import Disk
from core.sandbox import inspection
from tests.footage import DRAWING, still

OUTPUT = Output(0, "a.png", "image/png", 1, "ab" * 32, 1, 1, 0.0, 0.0, "")


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "a.png"
    path.write_bytes(still())
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir()
    return tmp_path


@pytest.fixture
def copies(folder: Path) -> Copies:
    return Copies(folder, Disk(folder))


def test_a_copy_is_made_once_and_the_original_stays(copies: Copies, original: Path) -> None:
    before = original.read_bytes()
    path = copies.with_text(original, OUTPUT, "one")
    assert carried_text.find(path) == "one"
    assert original.read_bytes() == before
    made = path.stat().st_ino
    assert copies.with_text(original, OUTPUT, "one").stat().st_ino == made
    assert carried_text.find(copies.with_text(original, OUTPUT, "two")) == "two"


def test_one_that_is_made_anew_is_the_same_to_a_browser(copies: Copies, original: Path) -> None:
    path = copies.with_text(original, OUTPUT, "one")
    content, age = path.read_bytes(), path.stat().st_mtime_ns
    path.unlink()
    assert copies.with_text(original, OUTPUT, "one").read_bytes() == content
    assert path.stat().st_mtime_ns == age


@pytest.mark.parametrize("content", [DRAWING, b"nothing known", still()[:20]])
def test_what_has_no_place_for_it_comes_as_it_is(
    copies: Copies, folder: Path, content: bytes
) -> None:
    path = folder / "a.bin"
    path.write_bytes(content)
    for _ in range(2):
        assert copies.with_text(path, OUTPUT, "one") == path
        assert copies.stripped(path, OUTPUT) is None, "nothing stands in for one without words"


def test_a_stripped_copy_is_another_one(copies: Copies, original: Path, tmp_path: Path) -> None:
    said = tmp_path / "b.png"
    carried_text.put(original, "made by a model", said)
    stripped = copies.stripped(said, OUTPUT)
    assert stripped
    assert b"made by a model" not in stripped.read_bytes()
    assert carried_text.find(copies.with_text(said, OUTPUT, "one")) == "one"
    assert carried_text.find(said) == "made by a model"


def test_with_the_original_its_copies_go(copies: Copies, original: Path, tmp_path: Path) -> None:
    other = tmp_path / "aa.png"
    other.write_bytes(original.read_bytes())
    tagged, bare = copies.with_text(original, OUTPUT, "one"), copies.stripped(original, OUTPUT)
    kept = copies.stripped(other, OUTPUT)
    assert bare
    assert kept
    copies.discard(original)
    assert [path.exists() for path in (tagged, bare, kept)] == [False, False, True]


@pytest.mark.slow
def test_a_lost_child_and_a_full_disk_give_the_original(
    folder: Path, original: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Copies(folder, Disk(folder, floor=2**50))
    assert full.with_text(original, OUTPUT, "one") == original
    assert full.stripped(original, OUTPUT) is None
    monkeypatch.setattr("core.sandbox.child.sys.executable", "/nowhere")
    inspection._copied.close()
    copies = Copies(folder, Disk(folder))
    assert copies.with_text(original, OUTPUT, "one") == original
    monkeypatch.undo()
    assert copies.with_text(original, OUTPUT, "one") != original, "a later download has it again"


def test_those_wanted_last_stay(folder: Path, original: Path) -> None:
    size = original.stat().st_size
    copies = Copies(folder, Disk(folder), most_bytes=3 * size)
    first, second = (copies.with_text(original, OUTPUT, text) for text in ("one", "two"))
    os.utime(second, ns=(1, second.stat().st_mtime_ns))
    copies.with_text(original, OUTPUT, "three")
    assert first.exists()
    assert not second.exists()
