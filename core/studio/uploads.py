"""Files to start a generation from: what people bring, and what has been made before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from core.errors import UnknownGeneration
from core.generations import Generation, Output, Upload
from core.media.library import Media
from core.media.uploads import EVERY_MEDIUM
from core.sandbox.inspection import Which
from core.storage.store import Store


class Uploads:
    """Each upload has its file in the data folder and its row in the history."""

    def __init__(self, *, store: Store, media: Media, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._media = media
        self._clock = clock

    def add(
        self, name: str, content: bytes | BinaryIO, media: Sequence[str] = EVERY_MEDIUM
    ) -> tuple[Upload, tuple[str, ...]]:
        """Keep a picture, video or sound; the upload, and sentences on what was changed.

        The content tells what it is, never the name. Raises InvalidUpload with a sentence when it
        is none of `media`, damaged, or too large.
        """
        upload, notices = self._media.uploads.keep(name, content, self._clock(), media)
        self._store.add_upload(upload)
        return upload, notices

    def add_output(self, generation: Generation, position: int) -> Upload:
        """A made file kept as an upload, to start the next generation from.

        Raises InvalidUpload when Runway does not take such a file, or when it is gone.
        """
        output = _output(generation, position)
        path, name = self._media.output(output), f"output of {generation.id}"
        upload = self._media.uploads.adopt(name, output, path, self._clock())
        self._store.add_upload(upload)
        return upload

    def add_frame(self, generation: Generation, which: Which, position: int = 0) -> Upload:
        """A frame of a made video or archive, kept as an upload: first, last, or that of a second.

        Raises Unplayable when there is none.
        """
        output = _output(generation, position)
        path, name = self._media.output(output), _frame_name(generation, which)
        upload = self._media.uploads.cut(name, path, output.media_type, which, self._clock())
        self._store.add_upload(upload)
        return upload

    def get(self, sha256: str) -> Upload | None:
        """The upload of that hash, if we have it."""
        return self._store.upload(sha256)

    def newest(self, limit: int = 24, media: Sequence[str] = ("image",)) -> list[Upload]:
        """The newest uploads of these media."""
        return self._store.uploads(limit, media)

    def preview(self, upload: Upload, width: int, height: int) -> bytes:
        """The picture as Runway will crop it to width:height, as a small JPEG.

        Raises InvalidUpload when its file is gone.
        """
        return self._media.uploads.crop(upload, width, height)

    def path(self, upload: Upload) -> Path:
        """Where its file lies."""
        return self._media.uploads.path(upload)

    def still(self, upload: Upload) -> Path:
        """Where the small JPEG of a picture or video lies; a sound has none."""
        return self._media.uploads.still(upload)


def _output(generation: Generation, position: int) -> Output:
    found = next((o for o in generation.outputs if o.position == position), None)
    if found is None:
        raise UnknownGeneration("This generation has no such file.")
    return found


def _frame_name(generation: Generation, which: Which) -> str:
    moment = which if isinstance(which, str) else f"{which:g} s"
    return f"{moment} frame of {generation.id}.png"
