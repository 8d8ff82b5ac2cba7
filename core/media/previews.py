"""Small copies of what was made, for lists: stills in two sizes, and a few seconds of motion.

They are made from files that are kept already and can be made anew, so none of them is worth a
failure. Where one is still missing, or can never be made, the poster stands in for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.errors import Uninspected, Unplayable
from core.files import Output
from core.media import atomic_files
from core.media.clips import Clips
from core.media.disk_space import Disk
from core.sandbox import inspection

SIZES = (320, 640)
"""Pixels at the longer side of a still."""


class Previews:
    """The folder `previews`. Files are named after their posters."""

    def __init__(self, folder: Path, disk: Disk, clips: Clips) -> None:
        self._folder = folder
        self._disk = disk
        self._clips = clips

    def still(self, output: Output, longest: int) -> Path:
        small = self._small(Path(output.poster).stem, longest)
        return small if small.is_file() else self._folder / "posters" / output.poster

    def small(self, output: Output, longest: int) -> bytes:
        """A still as WebP, made now if there is none: never the poster, which is large and may
        carry text. Empty where none can be made. Raises OSError, Uninspected."""
        kept = self._small(Path(output.poster).stem, longest)
        if kept.is_file():
            return kept.read_bytes()
        return inspection.shrink(self._folder / "posters" / output.poster, longest)

    def clip(self, output: Output) -> Path | None:
        return self._motion(output.poster)

    def stands_in(self, poster: str, media_type: str) -> bool:
        """Whether something can be seen without the original: the poster, and for a clip its moving
        preview."""
        is_seen = bool(poster) and (self._folder / "posters" / poster).is_file()
        moves = media_type.startswith("video/")
        return is_seen and (not moves or self._motion(poster) is not None)

    def missing(self) -> Iterator[str]:
        """The stems of all that have no previews yet, newest first."""
        there = {path.stem for path in (self._folder / "previews").glob("*.mp4")}
        posters = {path.stem for path in (self._folder / "posters").glob("*.jpg")}
        yield from sorted(posters - there, reverse=True)

    def are_made(self, stem: str) -> bool:
        """Also true where making them was tried in vain, or where there is nothing to make."""
        poster = self._folder / "posters" / f"{stem}.jpg"
        return self._clip(stem).is_file() or not poster.is_file()

    def make(self, stem: str) -> None:
        """Make all previews of one. An empty clip notes that it was tried: a file that ends the
        server would otherwise end it at each start. Raises DiskFull, OSError, Uninspected."""
        self._disk.check()
        clip = self._clip(stem)
        clip.touch()
        try:
            poster = self._folder / "posters" / f"{stem}.jpg"
            for longest in SIZES:
                _write(self._small(stem, longest), inspection.shrink(poster, longest))
            if made := next((self._folder / "videos").glob(f"{stem}.*"), None):
                _write(clip, inspection.preview(made))
        except Uninspected:
            clip.unlink()
            raise

    def storyboard(self, output: Output) -> Path:
        """The path of the frames at the output's moments, side by side; made at the first call.
        Raises BucketError, DiskFull, Unplayable, OSError."""
        path = self._story(output, "webp")
        if not path.is_file():
            self._disk.check()
            content = inspection.storyboard(self._made(output), output.moments, SIZES[0])
            atomic_files.write(path, content)
        return path

    def frame(self, output: Output, number: int) -> Path:
        """The path of one of these frames in full, as PNG; made at the first call. Raises as
        `storyboard` does."""
        path = self._story(output, f"{number}.png")
        if not path.is_file():
            self._disk.check()
            with atomic_files.draft(path) as beside:
                inspection.frame(
                    self._made(output), output.media_type, output.moments[number], beside
                )
        return path

    def discard(self, output: Output) -> None:
        if stem := Path(output.poster).stem:
            small = (self._small(stem, longest) for longest in SIZES)
            stories = (self._folder / "previews").glob(f"{stem}-storyboard.*")
            for path in (self._clip(stem), *small, *stories):
                path.unlink(missing_ok=True)

    def _made(self, output: Output) -> Path:
        if output.removal:
            raise Unplayable(output.removal)
        path = self._clips.at_hand(output.file)
        if not path.is_file():
            raise Unplayable("The file is no longer on this server.", "Fetch it again first.")
        return path

    def _story(self, output: Output, suffix: str) -> Path:
        return self._folder / "previews" / f"{Path(output.poster).stem}-storyboard.{suffix}"

    def _small(self, stem: str, longest: int) -> Path:
        return self._folder / "previews" / f"{stem}-{longest}.webp"

    def _motion(self, poster: str) -> Path | None:
        path = self._clip(Path(poster).stem)
        return path if poster and path.is_file() and path.stat().st_size else None

    def _clip(self, stem: str) -> Path:
        return self._folder / "previews" / f"{stem}.mp4"


def _write(path: Path, content: bytes) -> None:
    if content:
        atomic_files.write(path, content)
