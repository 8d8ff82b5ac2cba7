"""Files that are made to do harm, at the real server: as outputs of Runway, and as uploads.

The server is `streamlit run app.py` on a folder in which a task waits for each file, and in whose
`uploads` each lies once more, as after a lost history: at its start it looks into all of them.
Meanwhile somebody asks `/healthz`, and adds up what the server and all its processes hold.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import requests

from core.database import HistoryFile
from core.generations import Status
from core.settings import Settings
from core.store import Store
from core.studio import Studio
from tests.bombs import BOMBS
from tests.browser.serving import Server
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.servers import intent, settings_for
from tests.core.conftest import Wire, say

KEY = "key_of_the_bombs"
QUICK = (
    "n500.svg", "png_rgba.zip", "stsz_u.mp4", "svg, clips in a row", "svg, a long text",
    "mov, a png of 15,000 a side", "png, 30,000 a side", "zip, 4 TB of zeros",
)  # fmt: skip
PATIENCE_SECONDS = 1800.0
MEGABYTES = 1024.0
REFUSED = "an upload cannot be read"


def run(short: bool) -> Iterator[Figure]:
    """Every bomb both ways, or the quickest ones."""
    names = QUICK if short else tuple(BOMBS)
    files = {name: BOMBS[name]() for name in names}
    with TemporaryDirectory() as name, closing(Wire()) as runway:
        settings = settings_for(Path(name), runway.url, KEY, poll_seconds=5.0)
        prepare(settings, runway, files)
        server = Server(settings.data_dir, environment(runway))
        server.start()
        try:
            watch = Watch(server)
            ended, looked = wait(server, settings, len(files))
            watch.stop()
        finally:
            server.stop()
        yield Promise("outputs that came to an end", ended, len(files))
        yield Promise("uploads that were taken or refused", looked, len(files))
        kept = sum(is_kept(settings, content) for content in files.values())
        yield Promise("outputs whose bytes are kept for download", kept, len(files))
        yield Promise("times that the server did not answer", watch.silent)
        yield Measure("memory of all its processes at most", watch.peak, "MB", most=MEGABYTES)
        yield Measure("/healthz took at most", watch.slowest, "s", most=1.0)


def environment(runway: Wire) -> dict[str, str]:
    """A server with a key, whose Runway is the wire."""
    return {
        "RUNWAYML_API_SECRET": KEY,
        "RUNWAYML_BASE_URL": runway.url,
        "DAILIES_POLL_SECONDS": "5",
        "DAILIES_LOG_LEVEL": "INFO",
    }


def prepare(settings: Settings, runway: Wire, files: dict[str, bytes]) -> None:
    """A folder with a task for each file, and with each file among the uploads."""
    runway.on("GET /v1/organization", say(200, {"creditBalance": 10**6}))
    with closing(Studio(settings)) as studio, closing(history(settings)) as file:
        store, now = Store(file), datetime.now(UTC)
        for number, content in enumerate(files.values(), 1):
            one, link = intent(number), f"/file-{number}"
            task = {"id": f"task-{number}", "status": "SUCCEEDED", "output": [runway.url + link]}
            runway.on(f"GET /v1/tasks/task-{number}", say(200, task))
            runway.on(f"GET {link}", say(200, content, {"Content-Type": "video/mp4"}))
            row, _ = store.add(
                one.request, intent_key=one.key, kind="video", quoted=24, demo=False, now=now
            )
            store.move(row, Status.SUBMITTING, now, attempts=1, submitted_at=now)
            store.move(store.get(row.id), Status.PENDING, now, task_id=f"task-{number}")
            upload = studio.media.folder / "uploads" / f"{sha256(content)}.png"
            upload.write_bytes(content)


def wait(server: Server, settings: Settings, count: int) -> tuple[int, int]:
    """Until all of them have been looked into: outputs that ended, and uploads that were judged."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    with closing(history(settings)) as file:
        store = Store(file)
        while True:
            rows = [store.get(number) for number in range(1, count + 1)]
            ended = sum(row.status.is_final for row in rows)
            looked = server.log.count(REFUSED) + len(
                store.uploads(1000, ("image", "video", "audio"))
            )
            if min(ended, looked) >= count or time.monotonic() > deadline:
                return ended, looked
            time.sleep(0.5)


def is_kept(settings: Settings, content: bytes) -> bool:
    """Whether a made file has exactly these bytes."""
    made = (settings.data_dir / "videos").iterdir()
    return any(
        path.stat().st_size == len(content) and path.read_bytes() == content for path in made
    )


def history(settings: Settings) -> HistoryFile:
    """The history of the folder."""
    return HistoryFile(settings.data_dir / "history.db")


def sha256(content: bytes) -> str:
    """What an upload is called by."""
    return hashlib.sha256(content).hexdigest()


class Watch:
    """Asks whether the server is there, and how much it holds, until it is told to stop."""

    def __init__(self, server: Server) -> None:
        assert server.process
        self.slowest = self.peak = 0.0
        self.silent = 0
        self._server = server
        self._process = psutil.Process(server.process.pid)
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask), threading.Thread(target=self._weigh)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the watch."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self._ended.wait(0.2):
            began = time.monotonic()
            try:
                self.silent += not requests.get(f"{self._server.url}/healthz", timeout=30).ok
            except requests.RequestException:
                self.silent += 1
            self.slowest = max(self.slowest, time.monotonic() - began)

    def _weigh(self) -> None:
        while not self._ended.wait(0.05):
            processes = [self._process, *self._process.children(recursive=True)]
            self.peak = max(self.peak, sum(map(held, processes)))


def held(process: psutil.Process) -> float:
    """Megabytes of memory that it holds; none where it has just ended."""
    try:
        return float(process.memory_info().rss) / 1024**2
    except psutil.NoSuchProcess:
        return 0.0
