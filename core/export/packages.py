"""Exports in the making: what is in one, made ready in the background, and found again by its link.

An export is a folder below `exports`, named by its link's random key: `plan.json` says what was
chosen, `layout.json` appears once the archive can be sent. Both outlive a restart.
"""

from __future__ import annotations

import json
import logging
import queue
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from core.catalog.catalog import Catalog
from core.domain.cleanup import UNTOUCHED
from core.errors import DailiesError, StoreError
from core.export import file_names, lists
from core.export.archive import Archive, Member
from core.export.contents import Contents
from core.generations import Generation
from core.media import atomic_files
from core.media.library import Media
from core.storage.desk.reviews import ReviewStore
from core.storage.history import History

log = logging.getLogger(__name__)

LIFE = timedelta(days=7)
REMEMBERED = LIFE + UNTOUCHED
"""The contents of an expired archive stay protected for a few more days."""
MOST_IN_ARCHIVE = 5000
KEY = re.compile(r"[0-9a-f]{32}")
BATCH = 200
STOP_SECONDS = 5.0
UNUSABLE = "The export could not be made ready. Make room on the disk, and try again."


@dataclass(frozen=True)
class Plan:
    """What was chosen. With an empty pattern only the lists are wanted so far."""

    numbers: tuple[int, ...]
    project: str
    made_at: str
    pattern: str = ""


@dataclass(frozen=True)
class Progress:
    """How far an archive is: bytes read of all, or ready with its size, or why there is none."""

    done: int = 0
    total: int = 0
    size: int | None = None
    trouble: str = ""


class Exports:
    """One thread makes archives ready, one after the other."""

    def __init__(
        self,
        media: Media,
        history: History,
        catalog: Catalog,
        reviews: ReviewStore,
        clock: Callable[[], datetime],
    ) -> None:
        self._media = media
        self._folder = media.folder / "exports"
        self._history = history
        self._catalog = catalog
        self._reviews = reviews
        self._clock = clock
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._progress: dict[str, Progress] = {}
        self._changing = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    # -- what pages and routes ask for ----------------------------------------------------------

    def plan(self, numbers: Sequence[int], project: str) -> str:
        """Remember a choice of generations, in this order; the key of its link."""
        key = secrets.token_hex(16)
        with self._changing:
            (self._folder / key).mkdir()
            seen = tuple(self._history.seen(numbers))
            self._keep(key, Plan(seen, project, self._clock().isoformat()))
        return key

    def begin(self, key: str, project: str, pattern: str) -> None:
        if (plan := self.find(key)) is None or file_names.complaint(pattern):
            return
        (self._folder / key / "layout.json").unlink(missing_ok=True)
        self._keep(key, replace(plan, project=project, pattern=pattern))
        self._progress[key] = Progress()
        self._waiting.put(key)

    def find(self, key: str) -> Plan | None:
        """The plan of a link; None if there is none, it has expired, or the asker may not see
        everything in it."""
        plan = self._kept(key, LIFE)
        is_seen = plan and len(self._history.seen(plan.numbers)) == len(plan.numbers)
        return plan if is_seen else None

    def progress(self, key: str) -> Progress:
        if archive := self.archive(key):
            return Progress(size=archive.size)
        return self._progress.get(key, Progress())

    def archive(self, key: str) -> Archive | None:
        plan = self.find(key)
        try:
            rows = json.loads((self._folder / key / "layout.json").read_bytes()) if plan else None
        except (OSError, ValueError):
            return None
        if not plan or not rows:
            return None
        members = [Member(name, self._media.folder / path, *rest) for name, path, *rest in rows]
        return Archive(members, datetime.fromisoformat(plan.made_at), self._media.clips)

    def csv(self, plan: Plan) -> Iterator[bytes]:
        return lists.csv_pieces(
            self._generations(plan), {}, self._reviews.words, self._catalog.suppliers
        )

    def json(self, plan: Plan) -> Iterator[bytes]:
        return lists.json_pieces(
            self._generations(plan), {}, self._reviews.words, self._catalog.suppliers
        )

    def removed(self, plan: Plan) -> int:
        return self._history.removed_originals(plan.numbers[:MOST_IN_ARCHIVE])

    def promised(self) -> set[int]:
        """The generations of every archive that somebody may still save, or could a few days
        ago."""
        found: set[int] = set()
        for path in self._folder.glob("*/plan.json"):
            if (plan := self._kept(path.parent.name, REMEMBERED)) and plan.pattern:
                found.update(plan.numbers[:MOST_IN_ARCHIVE])
        return found

    # -- its own life ---------------------------------------------------------------------------

    def start(self) -> None:
        self.sweep()
        for path in self._folder.glob("*/plan.json"):
            key = path.parent.name
            plan = self.find(key)
            if plan and plan.pattern and self.archive(key) is None:
                self._waiting.put(key)
        self._thread = threading.Thread(target=self._repeat, name="exports", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._waiting.put("")
        if self._thread:
            self._thread.join(STOP_SECONDS)

    def step(self) -> None:
        while not self._waiting.empty():
            self._make(self._waiting.get())

    def sweep(self) -> None:
        with self._changing:
            for folder in self._folder.iterdir():
                if KEY.fullmatch(folder.name) and self._kept(folder.name, REMEMBERED) is None:
                    shutil.rmtree(folder, ignore_errors=True)

    def _repeat(self) -> None:
        while not self._stopping.is_set():
            key = self._waiting.get()
            if key:
                self._make(key)
                self.sweep()

    def _make(self, key: str) -> None:
        try:
            if plan := self.find(key):
                self._lay_out(key, plan)
        except (DailiesError, OSError) as error:
            log.warning("an export is not ready (%s)", type(error).__name__)
            said = error.message if isinstance(error, DailiesError) else UNUSABLE
            self._progress[key] = Progress(trouble=said)
        except Exception:
            log.exception("an export stumbled")
            self._progress[key] = Progress(trouble=UNUSABLE)

    def _lay_out(self, key: str, plan: Plan) -> None:
        self._media.disk.check()
        chosen = list(self._generations(replace(plan, numbers=plan.numbers[:MOST_IN_ARCHIVE])))
        contents = Contents(self._media, self._folder / key, self._catalog)
        contents.choose(chosen, plan.project, plan.pattern)
        contents.write_lists(plan.project, self._reviews.words)
        rows: list[Member] = []
        done, total = 0, contents.size
        for member in contents.members():
            if self._stopping.is_set():
                return
            rows.append(member)
            done += member.size
            self._progress[key] = Progress(done, total)
        root = self._media.folder
        layout = [(m.name, str(m.path.relative_to(root)), m.size, m.crc) for m in rows]
        atomic_files.write(self._folder / key / "layout.json", json.dumps(layout).encode())

    def _generations(self, plan: Plan) -> Iterator[Generation]:
        for at in range(0, len(plan.numbers), BATCH):
            yield from self._history.these(plan.numbers[at : at + BATCH])

    def _kept(self, key: str, life: timedelta) -> Plan | None:
        if not KEY.fullmatch(key):
            return None
        try:
            facts = json.loads((self._folder / key / "plan.json").read_bytes())
            plan = Plan(**(facts | {"numbers": tuple(facts["numbers"])}))
            made_at = datetime.fromisoformat(plan.made_at)
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return plan if made_at + life > self._clock() else None

    def _keep(self, key: str, plan: Plan) -> None:
        try:
            path = self._folder / key / "plan.json"
            atomic_files.write(path, json.dumps(asdict(plan)).encode())
        except OSError as error:
            raise StoreError(UNUSABLE) from error
