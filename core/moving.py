"""Clips on the move, on the command line: to a bucket, to another one, back to the disk.

The server may run meanwhile. What was cut short goes on when the same command is given again, and
nothing is deleted before it was compared where it went.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from core.bucket.cache import Cache
from core.bucket.carrier import Carrier
from core.bucket.clips_elsewhere import ClipsElsewhere
from core.bucket.objects import Buckets, sha256
from core.catalog.catalog import Catalog
from core.environment import Environment
from core.errors import BucketError, DailiesError, SettingsError
from core.media import permissions
from core.media.clips import Clips
from core.media.disk_space import Disk
from core.media.library import open_folder
from core.recovery.rescue import open_history
from core.recovery.restore import data_folder
from core.settings import Settings
from core.storage.clip_copies import ClipCopies, ClipCopy
from core.storage.database import utc_now
from core.storage.room.former_versions import FormerVersions
from core.text.quantities import counted

DISK = "disk"
NOT_YET = "Give the same command again to go on."
AT_ONCE = 100


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.moving", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("show", help="how many clips each bucket holds")
    to = commands.add_parser("to", help="copy every clip there that is not there yet")
    to.add_argument("place", help=f"a bucket as DAILIES_MEDIA_URL names it, or: {DISK}")
    clear = commands.add_parser("clear", help="delete in a bucket what also lies elsewhere")
    clear.add_argument("bucket", help="as DAILIES_MEDIA_URL named it")
    asked = parser.parse_args()
    permissions.begin()
    try:
        with _opened() as moving:
            if asked.command == "show":
                moving.show()
            elif asked.command == "clear":
                moving.clear(_bucket(asked.bucket))
            elif asked.place == DISK:
                moving.to_disk()
            else:
                moving.to_bucket(_bucket(asked.place))
    except DailiesError as error:
        sys.exit(f"{error.message} {error.hint}".strip())


def _bucket(text: str) -> str:
    return Environment({"The place": text}).bucket("The place")


@contextmanager
def _opened() -> Iterator[Moving]:
    settings = Settings.load()
    media = open_folder(settings.data_dir, Disk(settings.data_dir, settings.disk_floor))
    catalog = Catalog.load(settings.catalog_dir)
    folder = data_folder(settings, media, catalog, utc_now)
    with closing(open_history(folder, utc_now())) as file:
        copies, buckets = ClipCopies(file), Buckets()
        media.clips.elsewhere = ClipsElsewhere(copies, buckets, settings.media_url, utc_now)
        yield Moving(settings.media_url, copies, FormerVersions(file), buckets, media.clips)


@dataclass(frozen=True)
class Moving:
    """`used` is the bucket of the settings."""

    used: str
    copies: ClipCopies
    versions: FormerVersions
    buckets: Buckets
    clips: Clips

    def show(self) -> None:
        for bucket, count in self.copies.buckets().items():
            _say(f"{bucket}  {counted(count, 'clips')}")

    def to_bucket(self, url: str) -> None:
        carrier = self._carrier(url)
        self.copies.await_all(url, utc_now())
        done = 0
        while carrier.step():
            done += 1
            if done % AT_ONCE == 0:
                _say(f"{done} done")
        found = self.copies.tally(url)
        if found.waiting:
            raise BucketError(
                f"{counted(found.waiting, 'clips')} still to go: {found.trouble}", NOT_YET
            )
        _say(f"{url} holds {counted(found.stored, 'clips')}, compared with what was here.")
        if found.missing:
            _say(f"{counted(found.missing, 'clips')} nowhere to be found.")

    def to_disk(self) -> None:
        count = 0
        for file in self.copies.files():
            path = self.clips.at_hand(file)
            if not path.is_file():
                _say(f"{file} was nowhere to be found.")
            count += path.is_file()
        _say(f"The disk holds {counted(count, 'clips')}.")

    def clear(self, url: str) -> None:
        """Each file is looked for elsewhere once more before it goes."""
        if url == self.used:
            raise SettingsError(
                "The server keeps its clips in this bucket.",
                "Set DAILIES_MEDIA_URL to another place first, and start the server again.",
            )
        kept = 0
        for copy in self.copies.stored_in(url):
            if self._is_elsewhere(copy):
                self.copies.leave(copy.file, utc_now(), url)
            else:
                kept += 1
        carrier = self._carrier("")
        while carrier.step():
            pass
        if left := self.copies.tally(url).leaving:
            raise BucketError(f"{counted(left, 'clips')} could not be deleted there.", NOT_YET)
        _say(
            f"{counted(kept, 'clips')} in {url} lie nowhere else, and stay."
            if kept
            else f"{url} is empty."
        )

    def _is_elsewhere(self, copy: ClipCopy) -> bool:
        path = self.clips.folder / copy.file
        if path.is_file() and path.stat().st_size == copy.bytes and sha256(path) == copy.sha256:
            return True
        others = (one for one in self.copies.stored(copy.file) if one.bucket != copy.bucket)
        return any(self.buckets.at(one.bucket).size(copy.file) == copy.bytes for one in others)

    def _carrier(self, url: str) -> Carrier:
        folder, bucket = self.clips.folder, self.buckets.at(url)
        keep_all = Cache(folder, self.copies, bucket, None, lambda: 0, lambda _file: False)
        return Carrier(
            url,
            folder,
            self.copies,
            self.versions,
            self.buckets,
            self.clips.at_hand,
            keep_all,
            lambda: True,
            utc_now,
        )


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
