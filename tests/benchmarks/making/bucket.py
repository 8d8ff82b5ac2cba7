"""A gigabyte of clips goes into a bucket.

Measured: seconds until the carrier has brought clips of 64 MB each into an S3 of others (moto, in
a process of its own) and noted that they are there: read and hashed here, sent in parts, compared
with what the bucket tells.
Baseline: `obstore.put` of the same files in parts of the same size, by turns, comparing nothing.
Bar: at most 1.5 times the baseline.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import obstore
import requests
from obstore.store import S3Store

from core.bucket.cache import Cache
from core.bucket.carrier import Carrier
from core.bucket.objects import PART, PARTS_AT_ONCE, Buckets, digests
from core.files import Output
from core.storage.clip_copies import ClipCopies
from core.storage.database import HistoryFile, utc_now
from core.storage.room.former_versions import FormerVersions
from tests.benchmarks.figures import Figure
from tests.browser.serving import free_port

CLIPS, SHORT_CLIPS = 16, 1
CLIP_BYTES, SHORT_CLIP_BYTES = 64 * 1024**2, 20 * 1024**2
MOST_TIMES = 1.5
URL = "s3://clips/studio"


def measure(short: bool) -> Iterator[Figure]:
    """The time that passes, and the processor's in this process."""
    count, size = (SHORT_CLIPS, SHORT_CLIP_BYTES) if short else (CLIPS, CLIP_BYTES)
    with TemporaryDirectory() as temporary, s3(Path(temporary)) as endpoint:
        folder = Path(temporary) / "videos"
        folder.mkdir()
        bare = S3Store(
            "clips", prefix="bare", endpoint=endpoint, client_options={"allow_http": True}
        )
        with closing(HistoryFile(Path(temporary) / "history.db")) as file:
            copies, buckets = ClipCopies(file), Buckets()
            carrier = carrier_of(folder, copies, FormerVersions(file), buckets)
            ours, theirs = [0.0, 0.0], [0.0, 0.0]
            for number in range(count):
                path = clip(folder, number, size)
                copies.await_one(output(path), URL, utc_now())
                with spent(ours):
                    carry(carrier)
                with spent(theirs):
                    put(bare, path)
                buckets.at(URL).delete(path.name)
                bare.delete(path.name)
                path.unlink()
            tally = copies.tally(URL)
    assert (tally.stored, tally.waiting) == (count, 0), tally
    name = f"{count * size / 1024**2:,.0f} MB into a bucket"
    yield Figure(name, ours[0], theirs[0], "s", most_times=MOST_TIMES)
    yield Figure(f"{name}: processor", ours[1], theirs[1], "s")


@contextmanager
def s3(folder: Path) -> Iterator[str]:
    """The address of moto's S3 with an empty bucket, which the environment names meanwhile."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    named = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "an id",
        "AWS_SECRET_ACCESS_KEY": "a secret",
        "AWS_REGION": "us-east-1",
    }
    with (folder / "s3.log").open("wb") as log, patch.dict(os.environ, named):
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            make_bucket(url, process)
            yield url
        finally:
            process.terminate()
            process.wait(30)


def make_bucket(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None
        assert time.monotonic() < deadline
        try:
            requests.put(f"{url}/clips", timeout=10).raise_for_status()
            return
        except requests.ConnectionError:
            time.sleep(0.1)


def carrier_of(
    folder: Path, copies: ClipCopies, versions: FormerVersions, buckets: Buckets
) -> Carrier:
    cache = Cache(folder, copies, buckets.at(URL), None, lambda: 0, lambda _file: False)
    here = folder.joinpath
    return Carrier(
        URL, folder, copies, versions, buckets, here, cache, leads=lambda: True, clock=utc_now
    )


def clip(folder: Path, number: int, size: int) -> Path:
    path = folder / f"{number:08d}-0.mp4"
    piece = os.urandom(1024**2)
    with path.open("wb") as file:
        for _ in range(size // len(piece)):
            file.write(piece)
    return path


def output(path: Path) -> Output:
    size, sha256 = path.stat().st_size, digests(path).sha256
    return Output(0, path.name, "video/mp4", size, sha256, 1280, 720, 5, 24, "")


def carry(carrier: Carrier) -> None:
    while carrier.step():
        pass


def put(store: S3Store, path: Path) -> None:
    obstore.put(
        store,
        path.name,
        path,
        use_multipart=path.stat().st_size > PART,
        chunk_size=PART,
        max_concurrency=PARTS_AT_ONCE,
    )


@contextmanager
def spent(so_far: list[float]) -> Iterator[None]:
    """Adds the seconds that pass meanwhile, and those of this process's processor."""
    began, processor = time.perf_counter(), time.process_time()
    yield
    so_far[0] += time.perf_counter() - began
    so_far[1] += time.process_time() - processor
