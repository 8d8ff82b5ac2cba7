"""Archives of frames: how many, of which type, whether intact, and the first to be seen."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from PIL import Image

from core.decoders.clips import av_files
from core.decoders.pictures import images

FRAMES = {".png": "png", ".exr": "exr", ".jpg": "jpeg", ".jpeg": "jpeg", ".tif": "tiff",
          ".tiff": "tiff", ".dpx": "dpx"}  # fmt: skip
SEEN = ("PNG", "JPEG", "TIFF")
PIECE = 1024**2
MAX_FRAME_BYTES = 200 * 1024**2
MAX_TESTED_BYTES = 1024**3
"""How much is unpacked to test an archive; the rest of a larger one is taken on trust."""
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError,
           ValueError, SyntaxError)  # fmt: skip


@dataclass(frozen=True)
class Archive:
    """What is inside: `kind` is that of most frames, `first` the first one that can be shown."""

    frames: int
    kind: str
    first: Image.Image | None


def look(path: Path) -> Archive | None:
    """What is inside, or None if the archive is damaged. Nothing is unpacked to disk."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info for info in archive.infolist() if not info.is_dir()]
            _test(archive, names)
            return _archive(archive, names)
    except _BROKEN:
        return None


def _test(archive: zipfile.ZipFile, names: list[zipfile.ZipInfo]) -> None:
    left = MAX_TESTED_BYTES
    for info in names:
        with archive.open(info) as member:
            while left > 0 and (piece := member.read(min(PIECE, left))):
                left -= len(piece)


def _archive(archive: zipfile.ZipFile, names: list[zipfile.ZipInfo]) -> Archive:
    kinds = {
        info.filename: FRAMES.get(PurePosixPath(info.filename).suffix.lower()) for info in names
    }
    counted = Counter(kind for kind in kinds.values() if kind)
    if not counted:
        return Archive(0, "", None)
    ((kind, count),) = counted.most_common(1)
    frames = [info for info in names if kinds[info.filename] == kind]
    first = min(frames, key=lambda info: _natural(info.filename))
    return Archive(count, kind, _image(archive, first, kind))


def _image(archive: zipfile.ZipFile, info: zipfile.ZipInfo, kind: str) -> Image.Image | None:
    if info.file_size > MAX_FRAME_BYTES:
        return None
    content = archive.read(info)
    if kind == "exr":
        return av_files.exr(content)
    try:
        with Image.open(io.BytesIO(content), formats=SEEN) as image:
            if image.width * image.height > av_files.MAX_PIXELS:
                return None
            image.load()
            return images.flat(image)
    except (*_BROKEN, Image.DecompressionBombError):
        return None


def _natural(name: str) -> list[int | str]:
    """A sort key by which frame 10 comes after frame 9."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]
