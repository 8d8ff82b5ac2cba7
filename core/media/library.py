"""Files on our disk: clips, posters, uploads. Written under another name, then renamed."""

from __future__ import annotations

import os
from pathlib import Path

from core.bucket import objects
from core.compose import recipe
from core.decoders.findings import Look, unreadable
from core.errors import DownloadError, SettingsError, UnexpectedContent, Uninspected
from core.files import Output
from core.generations import Generation
from core.media import atomic_files
from core.media.clips import Clips
from core.media.copies import Copies
from core.media.disk_space import Disk
from core.media.folder_sizes import folder_sizes
from core.media.looks import looking_into
from core.media.parts import Part
from core.media.previews import Previews
from core.media.uploads import Uploads
from core.media_types import SUFFIXES, UNKNOWN_TYPE
from core.outbound.downloads import Download
from core.providers.receipts import sync_folder
from core.sandbox import inspection

UNREAD = f".{SUFFIXES[UNKNOWN_TYPE]}"
LARGEST_BYTES = 20 * 1024**3
DRAFTED = ("posters", "previews", "uploads", "thumbnails", "recipes", "tagged")
"""Folders in which files are drafted."""
KINDS = ("videos", *DRAFTED, "receipts", "backups", "exports")


class Media:
    """The data folder's files. Names come from ids and hashes, never from a person."""

    def __init__(
        self, folder: Path, disk: Disk | None = None, largest: int = LARGEST_BYTES
    ) -> None:
        """`largest` is the size in bytes up to which an output is kept."""
        self.folder = folder
        self._largest = largest
        self.disk = disk or Disk(folder)
        self.uploads = Uploads(folder, self.disk)
        self.clips = Clips(folder, self.disk)
        self.previews = Previews(folder, self.disk, self.clips)
        self.copies = Copies(folder, self.disk, bring=self.clips.at_hand)
        for kind in KINDS:
            (folder / kind).mkdir(parents=True, exist_ok=True)

    # -- clips ----------------------------------------------------------------------------------

    def part(self, generation: Generation, position: int) -> Part:
        return Part.at(self.folder / "videos" / f"{generation.file_stem}-{position}.part")

    def receive(self, part: Part, download: Download) -> None:
        part.receive(download, self._largest)

    def keep(
        self, part: Part, generation: Generation, position: int, expected: str, seen: str = ""
    ) -> Output:
        """Inspect a complete part, move it into place and make its poster.

        `expected` is the medium that was requested. Raises DownloadError, and discards the part,
        when it is a server's message and not a file. Raises UnexpectedContent when it cannot be
        opened or is another medium, unless its hash is `seen`: then Runway has nothing else, and it
        is kept.
        """
        with looking_into(part.path) as worn:
            try:
                look, poster = (unreadable(), b"") if worn else inspection.look(part.path)
            except Uninspected:
                raise
            except DownloadError:
                self.forget(part)
                raise
        sha256 = objects.sha256(part.path)
        note = look.note or look.unexpected(expected)
        if note and sha256 != seen and not worn:
            self.forget(part)
            raise UnexpectedContent(note, sha256)
        name = f"{generation.file_stem}-{position}.{look.suffix}"
        output = self._described(look, poster, part.path, sha256, position, name, note)
        # The mark goes first: a kill in between leaves a part to fetch again, not a stray mark.
        part.mark.unlink(missing_ok=True)
        os.replace(part.path, self.output(output))
        if not note:  # for files that an earlier attempt could not read
            self.output(output).with_suffix(UNREAD).unlink(missing_ok=True)
        sync_folder(self.folder / "videos")
        return output

    def found(self, name: str, position: int) -> Output:
        """Describe a file that is already in place, and make its poster. Raises DownloadError."""
        path = self.folder / "videos" / name
        with looking_into(path) as worn:
            look, poster = (unreadable(), b"") if worn else inspection.look(path)
        return self._described(look, poster, path, objects.sha256(path), position, name, look.note)

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
        part.forget()

    def output(self, output: Output) -> Path:
        return self.clips.path(output)

    def with_recipe(self, generation: Generation, output: Output) -> Path:
        """A copy of the output that says how it was made; the output where it cannot."""
        text = recipe.written(generation, output)
        return self.copies.with_text(self.output(output), output, text)

    def stripped(self, output: Output) -> Path | None:
        return self.copies.stripped(self.output(output), output)

    def poster(self, output: Output) -> Path:
        return self.folder / "posters" / output.poster

    def discard(self, output: Output) -> None:
        """Delete what was made, with all that was made of it. Raises OSError."""
        self.previews.discard(output)
        self.copies.discard(self.output(output))
        if output.poster:
            self.poster(output).unlink(missing_ok=True)
        self.clips.discard(output)

    def discard_original(self, file: str) -> None:
        """Delete a file and the copies of it; poster and previews stay. Raises OSError."""
        path = self.clips.folder / file
        self.copies.discard(path)
        path.unlink(missing_ok=True)
        sync_folder(path.parent)

    # -- the folder -----------------------------------------------------------------------------

    def receipt(self, generation: Generation, attempt: int) -> Path:
        return self.folder / "receipts" / f"{generation.file_stem}-{attempt}.json"

    def manifest(self, generation: Generation) -> Path:
        return self.folder / "recipes" / f"{generation.file_stem}.json"

    def keep_manifest(self, generation: Generation, content: bytes) -> None:
        """Raises OSError."""
        path = self.manifest(generation)
        atomic_files.write(path, content)
        sync_folder(path.parent)

    def sweep(self) -> bool:
        """Remove half-written files of killed servers; False if somebody is writing now. Half a
        clip stays, as its download will continue."""
        swept = [
            atomic_files.sweep(self.folder / kind) for kind in DRAFTED
        ]  # a list, so that every folder is swept
        return all([*swept, self.clips.sweep()])

    def sizes(self) -> dict[str, tuple[int, int]]:
        """Number of files and bytes by kind, including the history. Looks at every file."""
        return folder_sizes(self.folder, KINDS)


def open_folder(folder: Path, disk: Disk, largest: int = LARGEST_BYTES) -> Media:
    """The files of a data folder. Raises SettingsError when it is not writable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink(missing_ok=True)  # two servers may probe at the same time
        return Media(folder, disk, largest)
    except OSError as error:
        raise SettingsError(
            f"The data folder {folder} cannot be written ({error.strerror}).",
            "Set DAILIES_DATA_DIR to a folder that this user may write to.",
        ) from error
