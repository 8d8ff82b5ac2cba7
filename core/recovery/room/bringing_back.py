"""Brings back originals that were removed, from a bucket that keeps former versions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.bucket.objects import Buckets
from core.errors import BucketError
from core.files import Output
from core.generations import Generation
from core.media.library import Media
from core.storage.room.former_versions import FormerVersions
from core.storage.room.originals import OriginalStore

FROM_BUCKET = "The original was brought back from the bucket"
GONE = "The bucket has no former version of it any more."


@dataclass
class BringingBack:
    """`kept` is told of each file that is on the disk again; `record` writes a manifest."""

    originals: OriginalStore
    versions: FormerVersions
    buckets: Buckets
    media: Media
    kept: Callable[[Output], None]
    record: Callable[[int], bool]

    def is_possible(self, generation: Generation) -> bool:
        files = _removed(generation)
        return bool(files) and self.versions.of(files).keys() == set(files)

    def bring(self, generation: Generation, now: datetime) -> None:
        """Raises BucketError, DiskFull, OSError; files fetched before that stay."""
        versions = self.versions.of(_removed(generation))
        for output in generation.outputs:
            if not output.removed_at:
                continue
            if (found := versions.get(output.file)) is None:
                raise BucketError(GONE)
            bucket = self.buckets.at(found.bucket)
            self.media.clips.bring_version(output, bucket, found.version)
            self.originals.back(generation.id, output.file, FROM_BUCKET, now)
            self.kept(output)
        self.record(generation.id)


def _removed(generation: Generation) -> list[str]:
    return [output.file for output in generation.outputs if output.removed_at]
