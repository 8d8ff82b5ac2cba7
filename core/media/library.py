"""Files on our disk: clips, posters, uploads. Written beside, then renamed into place."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.decoders.findings import Look, unreadable
from core.errors import (
    DownloadError,
    SettingsError,
    StaleDownload,
    TooLarge,
    UnexpectedContent,
    Uninspected,
)
from core.generations import Generation, Output
from core.media import atomic_files
from core.media.disk_space import Disk
from core.media.uploads import Uploads
from core.runway.downloads import Download
from core.runway.receipts import sync_folder
from core.sandbox import inspection

MOST_LOOKS = 10
"""As often a server may end while it looks into one file, by chance or by a plug that is pulled."""
LARGEST_BYTES = 20 * 1024**3
DRAFTED = ("posters", "uploads", "thumbnails", "recipes")
"""Folders where a file is written beside its place first."""
KINDS = ("videos", "posters", "uploads", "thumbnails", "receipts", "recipes", "backups")


@dataclass(frozen=True)
class Part:
    """A download that is not finished: its file, the bytes there, and the ETag they belong to."""

    path: Path
    size: int
    etag: str


class Media:
    """The data folder's files. Names come from ids and hashes, never from a person."""

    def __init__(
        self, folder: Path, disk: Disk | None = None, largest: int = LARGEST_BYTES
    ) -> None:
        """`largest`: bytes of a made file that are kept."""
        self.folder = folder
        self._largest = largest
        self.disk = disk or Disk(folder)
        self.uploads = Uploads(folder, self.disk)
        for kind in KINDS:
            (folder / kind).mkdir(parents=True, exist_ok=True)

    # -- clips ----------------------------------------------------------------------------------

    def part(self, generation: Generation, position: int) -> Part:
        """What an earlier attempt has fetched of this output."""
        path = self.folder / "videos" / f"{generation.file_stem}-{position}.part"
        mark = path.with_suffix(".etag")
        etag = mark.read_text() if mark.exists() else ""
        if not (etag and path.exists()):
            return Part(path, 0, "")
        return Part(path, path.stat().st_size, etag)

    def receive(self, part: Part, download: Download) -> None:
        """Append the download to its part, or start it anew where the server did.

        Raises DownloadError when the clip ends early or cannot be written, and what came is kept;
        TooLarge.
        """
        if download.start not in (0, part.size):
            raise StaleDownload("The clip's server continued at the wrong byte.")
        if download.total is not None and download.total > self._largest:
            raise TooLarge(download.total, self._largest)
        with atomic_files.disk_trouble():
            part.path.with_suffix(".etag").write_text(download.etag)
            with part.path.open("r+b" if part.path.exists() else "w+b") as file:
                file.truncate(download.start)
                file.seek(download.start)
                size = download.start + _copy(download, file, self._largest)
                file.flush()
                os.fsync(file.fileno())
        if download.total is not None and size != download.total:
            kind = DownloadError if size < download.total else StaleDownload
            raise kind(f"The clip came with {size} of {download.total} bytes.")

    def keep(
        self, part: Part, generation: Generation, position: int, expected: str, seen: str = ""
    ) -> Output:
        """Look into a complete part, move it into place and make its poster.

        `expected` is the medium that was to be made. Raises DownloadError, and forgets the part,
        when it is no file but a server's message; UnexpectedContent when it cannot be opened or is
        of another medium, unless its hash is `seen`: then that is what Runway has, and it is kept.
        """
        with _looking_into(part.path) as worn:
            try:
                look, poster = (unreadable(), b"") if worn else inspection.look(part.path)
            except Uninspected:
                raise
            except DownloadError:
                self.forget(part)
                raise
        sha256 = _sha256(part.path)
        note = look.note or look.unexpected(expected)
        if note and sha256 != seen and not worn:
            self.forget(part)
            raise UnexpectedContent(note, sha256)
        name = f"{generation.file_stem}-{position}.{look.suffix}"
        output = self._described(look, poster, part.path, sha256, position, name, note)
        # First the mark: a kill between the two leaves a part that is fetched anew, and no stray.
        part.path.with_suffix(".etag").unlink(missing_ok=True)
        os.replace(part.path, self.output(output))
        sync_folder(self.folder / "videos")
        return output

    def found(self, name: str, position: int) -> Output:
        """A made file that lies in place already; makes its poster. Raises DownloadError."""
        path = self.folder / "videos" / name
        with _looking_into(path) as worn:
            look, poster = (unreadable(), b"") if worn else inspection.look(path)
        return self._described(look, poster, path, _sha256(path), position, name, look.note)

    def _described(
        self,
        look: Look,
        poster: bytes,
        path: Path,
        sha256: str,
        position: int,
        name: str,
        note: str,
    ) -> Output:
        """The file at `path` as the output `name`, once its poster is kept."""
        output = Output(
            position=position,
            file=name,
            media_type=look.media_type,
            bytes=path.stat().st_size,
            sha256=sha256,
            width=look.width,
            height=look.height,
            duration=look.duration,
            frame_rate=look.frame_rate,
            poster=f"{Path(name).stem}.jpg" if poster else "",
            codec=look.codec,
            depth=look.depth,
            frames=look.frames,
            note=note,
        )
        if poster:
            with atomic_files.disk_trouble():
                atomic_files.write(self.poster(output), poster, alone=True)
        return output

    def forget(self, part: Part) -> None:
        """Throw a part away, so that the next attempt starts anew."""
        part.path.unlink(missing_ok=True)
        part.path.with_suffix(".etag").unlink(missing_ok=True)

    def output(self, output: Output) -> Path:
        """Where a made file lies, whatever its kind."""
        return self.folder / "videos" / output.file

    def poster(self, output: Output) -> Path:
        """Where the first thing to see of it lies, as JPEG."""
        return self.folder / "posters" / output.poster

    # -- the folder -----------------------------------------------------------------------------

    def receipt(self, generation: Generation, attempt: int) -> Path:
        """Where the receipt of one attempt to create lies."""
        return self.folder / "receipts" / f"{generation.file_stem}-{attempt}.json"

    def manifest(self, generation: Generation) -> Path:
        """Where the generation stands written down beside the history."""
        return self.folder / "recipes" / f"{generation.file_stem}.json"

    def keep_manifest(self, generation: Generation, content: bytes) -> None:
        """Write it, whole or not at all. Raises OSError."""
        path = self.manifest(generation)
        atomic_files.write(path, content)
        sync_folder(path.parent)

    def sweep(self) -> bool:
        """Remove what killed servers have left half written; False where somebody writes just now.

        Half a clip stays: its download goes on.
        """
        swept = [
            atomic_files.sweep(self.folder / kind) for kind in DRAFTED
        ]  # each, whatever the others
        return all(swept)

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Files and bytes by kind, and of the history itself."""
        found = {kind: _size(list((self.folder / kind).iterdir())) for kind in KINDS}
        return found | {"history": _size(list(self.folder.glob("history.db*")))}


def open_folder(folder: Path, disk: Disk, largest: int = LARGEST_BYTES) -> Media:
    """The files of a data folder. Raises SettingsError when it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink(missing_ok=True)  # two servers may probe at once
        return Media(folder, disk, largest)
    except OSError as error:
        raise SettingsError(
            f"The data folder {folder} cannot be written ({error.strerror}).",
            "Set DAILIES_DATA_DIR to a folder that this user may write to.",
        ) from error


def _copy(download: Download, file: BinaryIO, largest: int) -> int:
    size = 0
    for chunk in download.chunks:
        size += len(chunk)
        if download.start + size > largest:
            raise TooLarge(None, largest)
        file.write(chunk)
    return size


_one_at_a_time = threading.Lock()


@contextmanager
def _looking_into(path: Path) -> Iterator[bool]:
    """Note beside the file that it is looked into; whether that has begun too often. Each time the
    server ended in the middle, and with it whatever the file does would be done at each start.

    One at a time: a file that only waits for its turn has no part in the end of a server.
    """
    mark = path.with_suffix(".looks")
    with _one_at_a_time:
        with atomic_files.disk_trouble(), mark.open("ab") as looks:
            looks.write(b".")
            begun = looks.tell()
        try:
            yield begun > MOST_LOOKS
        finally:
            mark.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(paths: list[Path]) -> tuple[int, int]:
    sizes = [path.stat().st_size for path in paths if path.is_file()]
    return len(sizes), sum(sizes)
