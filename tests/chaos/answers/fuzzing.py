"""10,000 garbled answers, files and receipts: each is read, or refused in words of ours.

First every parser alone. Then whole answers at a Studio that is stepped by hand: what an answer
says also has to get into the history, and an exception that nobody expected shows in the log.
"""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import wait
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from core.decoders import sniff
from core.decoders.pictures import images
from core.errors import DailiesError
from core.files import Output
from core.generations import Generation, Status
from core.media.disk_space import Disk
from core.media.uploads import Uploads
from core.providers import receipts
from core.providers.receipts import Receipt
from core.recovery.beside import manifests
from core.runway import error_responses, responses
from core.sandbox import inspection
from core.storage.database import HistoryFile
from core.storage.store import Store
from core.studio import Studio
from tests.chaos.answers import garble
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.servers import intent, settings_for
from tests.core.conftest import Wire, say

WHOLE, SHORT = 10_000, 200
KINDS = (
    responses.Created,
    responses.Task,
    responses.Organization,
    responses.UsageReport,
    responses.UploadTicket,
)
KEY = "key_of_a_garbled_answer"
TASK = "GET /v1/tasks/"


def run(short: bool) -> Iterator[Figure]:
    """Every parser its share."""
    whole = SHORT if short else WHOLE
    tried = 0
    with TemporaryDirectory(prefix="chaos-") as temporary:
        for name, share, strategy, parse in parsers(Path(temporary)):
            trial = Trial(parse)
            trial.run(strategy, round(share * whole))
            tried += trial.tried
            yield Promise(
                f"{name}: exceptions not ours",
                len(trial.wrong),
                example="; ".join(trial.wrong)[:2000],
            )
    yield Measure("garbled things that were read", tried, "", least=whole)


class Trial:
    """One parser, and what it let through."""

    def __init__(self, parse: Callable[[Any], object]) -> None:
        self._parse = parse
        self.tried = 0
        self.wrong: list[str] = []

    def run(self, strategy: SearchStrategy[Any], count: int) -> None:
        """Let it read so many; what fails is made as small as hypothesis can."""
        phases = (Phase.generate, Phase.shrink)
        hurried = settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=True,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        )
        try:
            hurried(given(strategy)(self._one))()
        except ExceptionGroup as several:
            self.wrong += map(_told, several.exceptions)
        except Exception as error:  # noqa: BLE001 - anything that is not ours is what we look for
            self.wrong.append(_told(error))

    def _one(self, garbled: Any) -> None:
        self.tried += 1
        try:
            self._parse(garbled)
        except DailiesError:
            return


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error} {getattr(error, '__notes__', '')}"


Parser = tuple[str, float, SearchStrategy[Any], Callable[[Any], object]]


def parsers(folder: Path) -> Iterator[Parser]:
    """Name, share of all tries, what to read, and who reads it."""
    files = [*garble.pictures(), *garble.films(folder)]
    answer = st.tuples(st.sampled_from(garble.CODES), garble.headers(), garble.bodies())
    good = st.tuples(st.just(200), garble.headers(), garble.bodies())
    uploads = uploads_in(folder / "data")
    yield "answers", 0.30, st.tuples(st.sampled_from(KINDS), good | answer), read_answer
    yield "errors", 0.10, answer, lambda whole: error_responses.error_for(*whole)
    yield "pictures", 0.15, garble.damaged(garble.pictures()), images.check
    yield "files that people bring", 0.10, garble.damaged(files), uploads
    made = garble.damaged(garble.made_files(folder)) | garble.drawings()
    yield "made files", 0.10, made, lambda content: looked_at(folder, content)
    yield "receipts", 0.05, st.binary(max_size=99) | garble.bodies(), lambda b: receipt(folder, b)
    yield "recipes", 0.05, manifest_texts(), manifests.read
    with Whole(folder) as whole:
        yield "answers to a create call, to their row", 0.05, good | answer, whole.create
        yield "answers to a poll, to their row", 0.10, good | answer, whole.poll


def read_answer(garbled: tuple[type[Any], tuple[int, Mapping[str, str], bytes]]) -> None:
    """An answer as one of ours, and what is asked of it."""
    kind, whole = garbled
    found = responses.read(kind, *whole)
    repr(found)
    if isinstance(found, responses.Organization):
        found.used_today("gen4.5")
    if isinstance(found, responses.UsageReport):
        repr(found.credits)


def looked_at(folder: Path, content: bytes) -> None:
    """A file as the output of a task. A drawing is opened by a child, as the server has it done:
    one that makes the renderer run out of memory ends the process that it is in."""
    path = folder / "output"
    path.write_bytes(content)
    if b"<svg" in content:
        inspection.look(path)
    else:
        sniff.look(path)


def receipt(folder: Path, content: bytes) -> None:
    """A file as what a submitter has left."""
    path = folder / "receipt.json"
    path.write_bytes(content)
    receipts.read(path)


def manifest_texts() -> SearchStrategy[bytes]:
    """Manifests of a generation that has everything, garbled as JSON and as bytes."""
    now = datetime(2026, 11, 22, tzinfo=UTC)
    clip = Output(0, "a.mp4", "video/mp4", 9, "0" * 64, 64, 36, 1.0, 24.0, "a.jpg")
    facts: dict[str, Any] = {
        "submitted_at": now,
        "task_id": "4f8f-1",
        "credits_charged": 24,
        "outputs": (clip,),
    }
    row = Generation(7, "k", Status.SUCCEEDED, intent(7).request, False, now, now, **facts)
    whole = manifests.write(row)
    return garble.texts({"manifest": json.loads(whole)}) | garble.damaged([whole])


def uploads_in(folder: Path) -> Callable[[bytes], object]:
    """A file as what somebody brings; padded, for one that is too small is not looked at."""
    for kind in ("uploads", "thumbnails"):
        (folder / kind).mkdir(parents=True)
    uploads = Uploads(folder, Disk(folder, 0))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return lambda content: uploads.keep("a", io.BytesIO(content + bytes(512)), now)


class Whole(logging.Handler):
    """A Studio on a Runway that answers as told; its log, for exceptions that nobody expected."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder / "whole"
        self._now = datetime(2026, 11, 22, tzinfo=UTC)
        self._ticks = 0.0
        self._number = 0
        self._unexpected: list[str] = []

    def __enter__(self) -> Whole:
        self._wire = Wire()
        self._wire.on("GET /v1/organization", say(200, {"creditBalance": 10**6}))
        settings = settings_for(self._folder, self._wire.url, KEY)
        self._studio = Studio(settings, lambda: self._now, lambda: self._ticks)
        self._file = HistoryFile(settings.data_dir / "history.db")
        self._store = Store(self._file)
        self._logger = logging.getLogger("core")
        self._logger.addHandler(self)
        self._logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
        self._logger.propagate = True
        self._studio.close()
        self._file.close()
        self._wire.close()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what comes with a traceback: an expected failure has none."""
        if record.exc_info:
            self._unexpected.append(f"{record.getMessage()}: {record.exc_info[1]!r}")

    def create(self, whole: tuple[int, Mapping[str, str], bytes]) -> None:
        """The answer as a submitter has written it down."""
        status, headers, body = whole
        row = self._row()
        path = self._studio.media.receipt(row, row.attempts)
        descriptor = receipts.allocate(path)
        text = body.decode("utf-8", "replace")
        receipts.write(descriptor, Receipt("answered", "", status, headers, text))
        os.close(descriptor)
        self._step(row)

    def poll(self, whole: tuple[int, Mapping[str, str], bytes]) -> None:
        """The answer as it comes over the wire."""
        status, headers, body = whole
        row = self._row()
        task = f"task-{row.id}"
        self._wire.on(TASK + task, say(status, body, headers))
        self._store.move(row, Status.PENDING, self._now, task_id=task)
        before = len(self._wire.heard)
        self._step(row)
        assert len(self._wire.heard) > before, "it was never asked for"

    def _row(self) -> Generation:
        """A row that has been sent; hours after the last one, so that no breaker still holds."""
        self._pass(7200)
        self._number += 1
        one = intent(self._number)
        row, _ = self._store.add(
            one.request, idempotency_key=one.key, kind="video", quoted=24, demo=False, now=self._now
        )
        self._store.move(row, Status.SUBMITTING, self._now, attempts=1, submitted_at=self._now)
        return self._store.get(row.id)

    def _step(self, row: Generation) -> None:
        """Let the tracker read it and do what it says, then put the row away."""
        for _ in range(3):
            wait(self._studio.tracker.step(self._now))
            self._pass(30)
        found = self._studio.generations.get(row.id)
        assert found.status is not Status.SUBMITTING, "it was never looked at"
        self._store.move(found, Status.FAILED, self._now)
        unexpected, self._unexpected = self._unexpected, []
        assert not unexpected, unexpected

    def _pass(self, seconds: float) -> None:
        """Let time go by."""
        self._now += timedelta(seconds=seconds)
        self._ticks += seconds
