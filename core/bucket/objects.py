"""One bucket, as its files are written, compared, read and deleted there.

What obstore speaks: S3 and what is like it, Google Cloud Storage, Azure, a folder. Credentials are
those of the environment, as each of these clouds has them.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.errors import BucketError, NotInBucket

if TYPE_CHECKING:
    from obstore import SignCapableStore
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

FOLDER = "videos"
PART = 16 * 1024**2
"""Bytes of a part; a file no larger goes up in one request. S3 takes 10,000 parts."""
PARTS_AT_ONCE = 3
READ = 4 * 1024**2
STATUS = re.compile(r"status code: (\d{3})")
CONNECTION: ClientConfig = {
    "connect_timeout": timedelta(seconds=5),
    "read_timeout": timedelta(seconds=20),
    "timeout": timedelta(minutes=3),  # one part on a slow line
    "allow_http": True,  # for an endpoint that a person has set
}
RETRIES: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
"""Retries within one call; the caller tries again later."""


class Bucket:
    """Opened at its first use. Everything raises BucketError; for a missing file, NotInBucket."""

    def __init__(self, url: str) -> None:
        self.url = url

    @cached_property
    def _store(self) -> ObjectStore:
        from obstore.store import from_url

        if self.url.startswith("file:"):
            return from_url(self.url, mkdir=True)
        return from_url(self.url, client_options=CONNECTION, retry_config=RETRIES)

    def put(self, path: Path, file: str, media_type: str) -> None:
        import obstore

        with _trouble():
            obstore.put(
                self._store,
                key(file),
                path,
                attributes={"Content-Type": media_type} if self._has_attributes else None,
                use_multipart=path.stat().st_size > PART,
                chunk_size=PART,
                max_concurrency=PARTS_AT_ONCE,
            )

    def holds(self, file: str, size: int, sha256: str, etag: str = "") -> bool:
        """Whether the whole file is there: of this size, and with the ETag of its original here, or
        else with its hash, for which it is read."""
        try:
            told = self._head(file)
            if told["size"] != size:
                return False
            if etag and (told["e_tag"] or "").strip('"').lower() == etag:
                return True
            digest = hashlib.sha256()
            for at in range(0, size, READ):
                digest.update(self.read(file, at, min(at + READ, size)))
        except NotInBucket:
            return False
        return digest.hexdigest() == sha256

    def size(self, file: str) -> int | None:
        try:
            return int(self._head(file)["size"])
        except NotInBucket:
            return None

    def read(self, file: str, start: int, end: int) -> bytes:
        with _trouble():
            return bytes(self._store.get_range(key(file), start=start, end=end))

    async def read_soon(self, file: str, start: int, end: int) -> bytes:
        with _trouble():
            return bytes(await self._store.get_range_async(key(file), start=start, end=end))

    def delete(self, file: str) -> None:
        """What is gone already is no failure."""
        try:
            with _trouble():
                self._store.delete(key(file))
        except NotInBucket:
            pass

    def version(self, file: str) -> str:
        try:
            told = self._head(file)["version"]
        except NotInBucket:
            return ""
        return told if told and told != "null" else ""

    def bring_version(self, file: str, version: str, path: Path) -> str:
        """Write a former version to `path`; its SHA-256. Raises OSError too."""
        digest = hashlib.sha256()
        with path.open("wb") as written:
            with _trouble():
                found = self._store.get(key(file), options={"version": version})
                pieces = found.stream(min_chunk_size=READ)
            while True:
                with _trouble():
                    piece = next(pieces, None)
                if piece is None:
                    break
                digest.update(piece)
                written.write(piece)
            written.flush()
            os.fsync(written.fileno())
        return digest.hexdigest()

    def address(self, file: str, life: timedelta) -> str | None:
        """Where anybody can read it for so long; None where the bucket has no such addresses."""
        import obstore

        if self.url.startswith("file:"):
            return None
        with _trouble():
            return obstore.sign(cast("SignCapableStore", self._store), "GET", key(file), life)

    @property
    def _has_attributes(self) -> bool:
        return not self.url.startswith("file:")

    def _head(self, file: str) -> Any:
        with _trouble():
            return self._store.head(key(file))


class Buckets:
    def __init__(self) -> None:
        self._opened: dict[str, Bucket] = {}
        self._opening = threading.Lock()

    def at(self, url: str) -> Bucket:
        with self._opening:
            return self._opened.setdefault(url, Bucket(url))


def key(file: str) -> str:
    return f"{FOLDER}/{file}"


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Digests:
    """`etag` is what S3 tells of a file as `Bucket.put` sends it: the MD5 of a single part, or the
    MD5 of the parts' MD5s with their number."""

    sha256: str
    etag: str


def digests(path: Path) -> Digests:
    whole, parts = hashlib.sha256(), []
    with path.open("rb") as file:
        while part := file.read(PART):
            whole.update(part)
            parts.append(md5(part, usedforsecurity=False))
    if len(parts) > 1:
        together = md5(b"".join(part.digest() for part in parts), usedforsecurity=False)
        return Digests(whole.hexdigest(), f"{together.hexdigest()}-{len(parts)}")
    alone = parts[0] if parts else md5(usedforsecurity=False)
    return Digests(whole.hexdigest(), alone.hexdigest())


@contextmanager
def _trouble() -> Iterator[None]:
    """Turn obstore's errors into sentences: its own texts name hosts, keys and requests."""
    from obstore import exceptions

    try:
        yield
    except (exceptions.NotFoundError, FileNotFoundError):
        raise NotInBucket(
            "The bucket does not have it, or there is no such bucket.",
            "Check DAILIES_MEDIA_URL.",
        ) from None
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError):
        raise BucketError(
            "The bucket does not let this server in.",
            "Check its credentials, and that they may read, write and delete there.",
        ) from None
    except (exceptions.BaseError, OSError, ValueError) as error:
        told = STATUS.search(str(error))
        what = f"answers with {told[1]}" if told else "does not answer"
        raise BucketError(
            f"The bucket {what}.", "What waits for it is tried again by itself."
        ) from None
