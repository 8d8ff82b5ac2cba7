"""Files that are made to do harm, at the real server: as outputs of Runway, and as uploads.

The server is `streamlit run app.py` on a folder in which a task waits for each file, and in whose
`uploads` each lies once more, as after a lost history: at its start it looks into all of them.
Meanwhile somebody asks `/healthz`, and adds up what the server and all its processes hold.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from core.generations import Status
from core.settings import Settings
from core.storage.database import HistoryFile
from core.storage.store import Store
from core.studio import Studio
from tests.bombs import BOMBS
from tests.browser.serving import Server
from tests.chaos.attacks.watching import Watch
from tests.chaos.figures import Promise
from tests.chaos.servers import intent, settings_for
from tests.core.conftest import Wire, say

KEY = "key_of_the_bombs"
SHORT = ("png_rgba.zip", "stsz_u.mp4", "svg, clips in a row", "png, 30,000 a side")
"""An archive, a film, a drawing that ends its process, a picture."""
PATIENCE_SECONDS, SHORT_PATIENCE_SECONDS = 1800.0, 300.0
REFUSED = "an upload cannot be read"


def attacks(short: bool, watches: list[Watch]) -> Iterator[Promise]:
    """Every bomb both ways, or one of each kind of file."""
    names = SHORT if short else tuple(BOMBS)
    files = {name: BOMBS[name]() for name in names}
    with TemporaryDirectory() as folder, closing(Wire()) as runway:
        settings = settings_for(Path(folder), runway.url, KEY, poll_seconds=5.0)
        prepare(settings, runway, files)
        server = Server(settings.data_dir, environment(runway), warm=short)
        try:
            server.start()
            with Watch(server) as watch:
                watches.append(watch)
                patience = SHORT_PATIENCE_SECONDS if short else PATIENCE_SECONDS
                ended, looked = wait(server, settings, len(files), patience)
        finally:
            server.stop()
        for name, content in files.items():
            kept = is_kept(settings, content)
            yield Promise(name, "refused" if kept else "its bytes are lost", "refused")
        yield Promise("outputs that came to an end", ended, len(files))
        yield Promise("uploads that were taken or refused", looked, len(files))


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
                one.request, idempotency_key=one.key, kind="video", quoted=24, demo=False, now=now
            )
            store.move(row, Status.SUBMITTING, now, attempts=1, submitted_at=now)
            store.move(store.get(row.id), Status.PENDING, now, task_id=f"task-{number}")
            upload = studio.media.folder / "uploads" / f"{sha256(content)}.png"
            upload.write_bytes(content)


def wait(server: Server, settings: Settings, count: int, patience: float) -> tuple[int, int]:
    """Until all of them have been looked into: outputs that ended, and uploads that were judged."""
    deadline = time.monotonic() + patience
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
