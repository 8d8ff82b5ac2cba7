"""An archive that is never built: what every ZIP program reads, from any byte on, in no memory."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.export.archive import Archive, Changed, Member
from core.settings import ROOT

MOMENT = datetime(2026, 11, 26, 21, 55, 37)  # noqa: DTZ001  a ZIP knows no time zone
Lay = Callable[..., Archive]
GIGABYTE = 1024**3


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """An archive of files with these names and contents."""

    def one(files: dict[str, bytes]) -> Archive:
        members = []
        for number, (name, content) in enumerate(files.items()):
            path = tmp_path / str(number)
            path.write_bytes(content)
            members.append(Member(name, path, len(content), zlib.crc32(content)))
        return Archive(members, MOMENT)

    return one


def whole(archive: Archive) -> bytes:
    return b"".join(archive.read(0, archive.size))


def test_python_and_unzip_read_it(lay: Lay, tmp_path: Path) -> None:
    files = {"clips/été 雨.mp4": b"a" * 700_001, "empty.txt": b"", "posters/b.jpg": b"bb"}
    content = whole(lay(files))
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with zipfile.ZipFile(path) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == files
        assert read.infolist()[0].date_time == (2026, 11, 26, 21, 55, 36)
        assert oct(read.infolist()[0].external_attr >> 16) == "0o100644"
    tested = subprocess.run(["unzip", "-t", path], capture_output=True, check=False)
    assert tested.returncode == 0, tested.stdout


def test_one_with_nothing_in_it_is_one(lay: Lay) -> None:
    archive = lay({})
    assert zipfile.ZipFile(io.BytesIO(whole(archive))).namelist() == []
    assert archive.size == 22


@pytest.mark.slow
@settings(max_examples=150)
@given(st.data(), st.lists(st.binary(max_size=60), max_size=6))
def test_any_stretch_is_that_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, contents: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("stretch")
    members = []
    for number, content in enumerate(contents):
        (folder / str(number)).write_bytes(content)
        members.append(
            Member(f"{number}é", folder / str(number), len(content), zlib.crc32(content))
        )
    archive = Archive(members, MOMENT)
    content = whole(archive)
    assert len(content) == archive.size
    start = data.draw(st.integers(0, archive.size))
    end = data.draw(st.integers(start, archive.size))
    assert b"".join(archive.read(start, end)) == content[start:end]


def test_a_file_that_is_gone_or_shorter_is_noticed(lay: Lay, tmp_path: Path) -> None:
    archive = lay({"a": b"a" * 100, "b": b"b"})
    assert archive.is_whole()
    (tmp_path / "0").write_bytes(b"short")
    assert not archive.is_whole()
    with pytest.raises(Changed):
        whole(archive)
    (tmp_path / "0").unlink()
    with pytest.raises(Changed):
        whole(archive)


READ = """
import resource, sys
from datetime import datetime
from pathlib import Path
from core.export.archive import Archive, Member
path, crc, out = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
members = [Member(f"{n}.mp4", path, path.stat().st_size, crc) for n in range(5)]
archive = Archive(members, datetime(2026, 1, 1))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
size = sum(len(piece) for piece in archive.read(0, archive.size))
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert size == archive.size > 5 * 1024**3
Path(out).write_bytes(b"".join(archive.read(archive.size - 2000, archive.size)))
print(after - before)
"""


@pytest.mark.slow
def test_five_gigabytes_need_no_memory_and_zip64_says_where_they_are(tmp_path: Path) -> None:
    path, tail = tmp_path / "sparse", tmp_path / "tail"
    with path.open("wb") as file:
        file.truncate(GIGABYTE + 7)
    crc, block = 0, bytes(1024**2)
    for _ in range(1024):
        crc = zlib.crc32(block, crc)
    crc = zlib.crc32(bytes(7), crc)
    order = [sys.executable, "-c", READ, str(path), str(crc), str(tail)]
    read = subprocess.run(order, cwd=ROOT, capture_output=True, text=True, check=True)
    grown = int(read.stdout) * (1 if sys.platform == "darwin" else 1024)
    assert grown < 16 * 1024**2, f"{grown} bytes"

    class Shifted(io.BytesIO):
        """The end of a large file, at its place."""

        def __init__(self, content: bytes, size: int) -> None:
            super().__init__(content)
            self.gap = size - len(content)

        def seek(self, offset: int, whence: int = 0) -> int:
            base = 0 if whence == 2 else self.gap
            return super().seek(offset - base, whence) + self.gap

        def tell(self) -> int:
            return super().tell() + self.gap

    archive = Archive([Member(f"{n}.mp4", path, GIGABYTE + 7, crc) for n in range(5)], MOMENT)
    with zipfile.ZipFile(Shifted(tail.read_bytes(), archive.size)) as listed:
        found = listed.infolist()
    assert [one.file_size for one in found] == [GIGABYTE + 7] * 5
    assert found[4].header_offset > 0xFFFFFFFF
    start = found[4].header_offset
    head = b"".join(archive.read(start, start + 4))
    assert head == b"PK\3\4"


@pytest.mark.slow
def test_a_file_of_more_than_four_gigabytes_is_read_by_python(tmp_path: Path) -> None:
    path, out = tmp_path / "sparse", tmp_path / "a.zip"
    size = 4 * GIGABYTE + 5
    with path.open("wb") as file:
        file.truncate(size)
    archive = Archive([Member("a.mp4", path, size, 0), Member("b.mp4", path, size, 0)], MOMENT)
    with out.open("wb") as file:  # only what is not zero, which the disk does not keep
        for start, end in ((0, 4096), (size, size + 4096), (archive.size - 4096, archive.size)):
            file.seek(start)
            file.writelines(archive.read(start, end))
        file.truncate(archive.size)
    with zipfile.ZipFile(out) as read:
        assert [one.file_size for one in read.infolist()] == [size, size]
        with read.open("b.mp4") as inside:
            assert inside.read(10) == bytes(10)
