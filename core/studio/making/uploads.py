"""Files to start a generation from: uploads and earlier outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from core.compose import recipe
from core.errors import InvalidUpload, UnknownGeneration, Unplayable
from core.files import Output, Upload
from core.generations import Generation, Request
from core.media.library import Media
from core.media.uploads import EVERY_MEDIUM
from core.sandbox.inspection import Which
from core.storage.making.families import FamilyStore
from core.storage.store import Store


class Uploads:
    """Each upload has its file in the data folder and its row in the history."""

    def __init__(
        self,
        *,
        store: Store,
        families: FamilyStore,
        media: Media,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._families = families
        self._media = media
        self._clock = clock

    def add(
        self, name: str, content: bytes | BinaryIO, media: Sequence[str] = EVERY_MEDIUM
    ) -> tuple[Upload, tuple[str, ...]]:
        """Keep a picture, video or sound.

        Returns it, and sentences on what was changed. Its content decides what it is, never its
        name. Raises InvalidUpload with a sentence when it is none of `media`, damaged, or too
        large.
        """
        upload, notices = self._media.uploads.keep(name, content, self._clock(), media)
        self._store.add_upload(upload)
        return upload, notices

    def add_output(self, generation: Generation, position: int) -> Upload:
        """Keep an output as an upload, to start the next generation from.

        Raises InvalidUpload when Runway does not accept such a file, or when it is gone;
        BucketError or DiskFull when it has to be fetched from a bucket, and cannot.
        """
        output = _output(generation, position)
        if output.removal:
            raise InvalidUpload(output.removal)
        path, name = self._media.clips.at_hand(output.file), f"output of {generation.id}"
        upload = self._media.uploads.adopt(name, output, path, self._clock())
        return self._made_of(generation, upload)

    def add_frame(self, generation: Generation, which: Which, position: int = 0) -> Upload:
        """Keep a frame of a video or archive as an upload: first, last, or at a second.

        Raises Unplayable when there is none.
        """
        output = _output(generation, position)
        if output.removal:
            raise Unplayable(output.removal)
        path, name = self._media.clips.at_hand(output.file), _frame_name(generation, which)
        upload = self._media.uploads.cut(name, path, output.media_type, which, self._clock())
        return self._made_of(generation, upload)

    def _made_of(self, generation: Generation, upload: Upload) -> Upload:
        self._store.add_upload(upload)
        self._families.add_source(upload.sha256, generation)
        return upload

    def recipe_in(self, content: BinaryIO) -> Request | None:
        try:
            return recipe.read(self._media.uploads.text_in(content, recipe.MARK))
        except InvalidUpload:
            return None

    def get(self, sha256: str) -> Upload | None:
        return self._store.upload(sha256)

    def newest(self, limit: int = 24, media: Sequence[str] = ("image",)) -> list[Upload]:
        return self._store.uploads(limit, media)

    def preview(self, upload: Upload, width: int, height: int) -> bytes:
        """The picture as Runway will crop it to width:height, as a small JPEG.

        Raises InvalidUpload when its file is gone.
        """
        return self._media.uploads.crop(upload, width, height)

    def path(self, upload: Upload) -> Path:
        return self._media.uploads.path(upload)

    def still(self, upload: Upload) -> Path:
        """A sound has none."""
        return self._media.uploads.still(upload)


def _output(generation: Generation, position: int) -> Output:
    found = next((o for o in generation.outputs if o.position == position), None)
    if found is None:
        raise UnknownGeneration("This generation has no such file.")
    return found


def _frame_name(generation: Generation, which: Which) -> str:
    moment = which if isinstance(which, str) else f"{which:g} s"
    return f"{moment} frame of {generation.id}.png"
