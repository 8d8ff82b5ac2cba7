"""Attacks by a Runway that means harm, and by the words of others, at the real server.

Its refusals, failures and file names are Markdown that leads to a listener of the attacker's; its
outputs lie where none may be fetched, or are not what they are called; its answers have no end.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from core.generations import Request, Status
from core.settings import ROOT, Settings
from core.storage.store import Store
from core.studio import Studio
from tests.benchmarks.serving import chromium
from tests.benchmarks.viewers import opened
from tests.browser.serving import Server
from tests.chaos.attacks.bombs import environment, history
from tests.chaos.attacks.leaks import Found, visit
from tests.chaos.attacks.unending import dripping, endless, large, packed
from tests.chaos.attacks.watching import Watch
from tests.chaos.figures import Promise
from tests.chaos.servers import settings_for
from tests.core.conftest import Wire, say

KEY = "key_of_the_attack"
MB = 1024**2
PATIENCE_SECONDS = 120
SIEGE_SECONDS, SHORT_SIEGE_SECONDS = 60, 4
PAGES = ("/", "/history", "/spending", "/settings", "/models", "/unconfirmed")
SHORT_PAGES = ("/", "/unconfirmed")
OTHER = "veo3.1"
"""A model whose turn has come: the tasks of the usual one are still open."""
LONG = {90: 3 * MB, 91: 5 * MB}
"""Failures whose words are so long, by number: the second one is longer than an answer may be."""
CALM_MEGABYTES = 300
"""More than so much on top of what it held is no answer's worth."""


def attacks(short: bool, watches: list[Watch]) -> Iterator[Promise]:
    """Its words and outputs, then its answers."""
    with (
        TemporaryDirectory() as folder,
        closing(Wire()) as runway,
        closing(Wire()) as listener,
    ):
        settings = settings_for(Path(folder), runway.url, KEY, poll_seconds=5.0)
        listener.on("GET /seen", say(200, b"seen", {"Content-Type": "video/mp4"}))
        names = prepare(settings, runway, listener)
        small = {"DAILIES_LARGEST_FILE": "1"}
        server = Server(settings.data_dir, environment(runway) | small, warm=short)
        try:
            server.start()
            with Watch(server) as watch:
                watches.append(watch)
                yield from outputs(settings, names, listener)
                yield words(server, listener, len(names), short)
            besiege(settings, runway, len(names))
            server.restart()
            with Watch(server) as watch:
                watches.append(watch)
                yield siege(server, runway, watch, short)
        finally:
            server.stop()
        open_ones = ", ".join(path.name for path in readable(settings.data_dir))
        yield Promise("files that others of this machine may read", open_ones or "none", "none")


def markdown(listener: Wire) -> str:
    """Words that lead to the listener wherever they are taken for more than words."""
    there = f"{listener.url}/seen"
    return f"![a]({there}) [b]({there}) <img src={there}> <{there}> :red[c] $x$"


# -- outputs --------------------------------------------------------------------------------------


def bad_outputs(runway: Wire, listener: Wire) -> dict[str, str]:
    """Where a task may say that its output lies, by the name of the attack."""
    for number in (301, 307):
        runway.on(f"GET /moved-{number}", say(number, b"", {"Location": f"{listener.url}/seen"}))
    page = f"<html><script src={listener.url}/seen></script></html>".encode()
    for name, content in (("html", page), ("pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")):
        runway.on(f"GET /{name}", say(200, content, {"Content-Type": "image/png"}))
    runway.on("GET /large", large)
    return {
        "an output at javascript:": "javascript:alert(1)",
        "an output at file:": "file:///etc/passwd",
        "an output at data:": "data:text/html,<script>alert(1)</script>",
        "an output at the metadata of a cloud": "http://169.254.169.254/latest/meta-data/",
        "an output that has moved to elsewhere": f"{runway.url}/moved-301",
        "an output that is elsewhere for a while": f"{runway.url}/moved-307",
        "HTML that is called a picture": f"{runway.url}/html",
        "a PDF that is called a picture": f"{runway.url}/pdf",
        "an output over the largest size": f"{runway.url}/large",
    }


def prepare(settings: Settings, runway: Wire, listener: Wire) -> tuple[str, ...]:
    """A folder with tasks for the bad outputs, two that failed in megabytes, one in doubt, one that
    is to be refused, and an upload. The names of the outputs."""
    bad, said = bad_outputs(runway, listener), markdown(listener)
    runway.on("GET /v1/organization", say(400, {"error": said}))
    runway.on("POST /v1/organization/usage", say(400, {"error": said}))
    runway.on("POST /v1/text_to_video", say(400, {"error": said, "issues": [{"message": said}]}))
    with closing(Studio(settings)) as studio, closing(history(settings)) as file:
        store, now = Store(file), datetime.now(UTC)
        for number, link in enumerate(bad.values(), 1):
            task = {"id": f"task-{number}", "status": "SUCCEEDED", "output": [link]}
            runway.on(f"GET /v1/tasks/task-{number}", say(200, task))
            follow(store, number, said, now)
        for number, size in LONG.items():
            failed = {"id": f"task-{number}", "status": "FAILED", "failureCode": said}
            failed["failure"] = said + "x" * size
            runway.on(f"GET /v1/tasks/task-{number}", say(200, failed))
            follow(store, number, said, now)
        doubtful = follow(store, 95, said, now, task=False)
        store.move(store.get(doubtful), Status.UNCONFIRMED, now, reason=said)
        add(store, 96, said, now, OTHER)
        picture = ROOT / "tests" / "bombs" / "n500.svg"
        with suppress(Exception):  # refused for what it is: its name is what we are here for
            studio.uploads.add(f"{said}.svg", picture.read_bytes())
    return tuple(bad)


def add(store: Store, number: int, said: str, now: datetime, model: str = "gen4.5") -> int:
    """A row whose prompt is those words."""
    request = Request("text_to_video", model, said, {"ratio": "1280:720", "duration": 4})
    row, _ = store.add(
        request, idempotency_key=f"i{number}", kind="video", quoted=24, demo=False, now=now
    )
    return row.id


def follow(store: Store, number: int, said: str, now: datetime, *, task: bool = True) -> int:
    """A row that was sent, and that has a task."""
    row = store.get(add(store, number, said, now))
    store.move(row, Status.SUBMITTING, now, attempts=1, submitted_at=now)
    if task:
        store.move(store.get(row.id), Status.PENDING, now, task_id=f"task-{number}")
    return row.id


def outputs(settings: Settings, names: tuple[str, ...], listener: Wire) -> Iterator[Promise]:
    """What became of each, and of the failures in megabytes."""
    deadline = monotonic() + PATIENCE_SECONDS
    with closing(history(settings)) as file:
        store = Store(file)
        count = len(names) + len(LONG) + 2
        while monotonic() < deadline and not all(
            store.get(number).status.is_final or store.get(number).reason
            for number in range(1, count + 1)
        ):
            sleep(0.2)
        rows = [store.get(number) for number in range(1, count + 1)]
    for name, row in zip(names, rows, strict=False):
        taken = [one.file for one in row.outputs if one.file.endswith((".html", ".svg", ".pdf"))]
        followed = "followed" if any(one.path == "/seen" for one in listener.heard) else ""
        large_one = sum(p.stat().st_size for p in (settings.data_dir / "videos").iterdir()) > 4 * MB
        bad = followed or ", ".join(taken) or ("kept" if large_one else "")
        judged = row.status.is_final or row.reason
        yield Promise(name, bad or ("refused" if judged else "never judged"), "refused")
    failed, vast = rows[len(names) : len(names) + len(LONG)]
    held = failed.status.value if failed.status is not Status.FAILED else too_long(failed.reason)
    yield Promise("a failure in 3 MB", held, "refused")
    yield Promise("a failure in 5 MB", too_long(vast.reason), "refused")


def too_long(text: str | None) -> str:
    """How long a text is that every viewer gets, where that is too much."""
    return "refused" if len(text or "") < 10_000 else f"{len(text or '')} characters"


# -- words ----------------------------------------------------------------------------------------


def words(server: Server, listener: Wire, count: int, short: bool) -> Promise:
    """Prompts, refusals, failures and names, on the pages in a browser."""
    found = Found()
    numbers = (count + 1, count + 4) if short else (1, *range(count + 1, count + 5))
    pages = SHORT_PAGES if short else PAGES
    with chromium() as browser:
        visit(browser, server, [*pages, *(f"/generation?id={n}" for n in numbers)], found)
    live = [f'{name}="{listener.url}/seen' for name in ("src", "href")]
    reached = [one for one in live if found.count("pages", one)]
    if any(one.path == "/seen" for one in listener.heard):
        reached.append("the listener")
    if not found.count("pages", listener.url):
        reached.append("no page shows the words")
    return Promise("Markdown in the words of others", ", ".join(reached) or "refused", "refused")


# -- answers --------------------------------------------------------------------------------------


def besiege(settings: Settings, runway: Wire, count: int) -> None:
    """Each poll, and the account, is answered so from now on."""
    acts = {"packed": packed(), "endless": endless, "dripping": dripping}
    with closing(history(settings)) as file:
        store, now = Store(file), datetime.now(UTC)
        for number, act in enumerate([*acts.values()] * 2, 100):
            runway.on(f"GET /v1/tasks/task-{number}", act)
            follow(store, number, "A take", now)
    runway.on("GET /v1/organization", *acts.values())
    runway.on("POST /v1/organization/usage", *acts.values())


def siege(server: Server, runway: Wire, watch: Watch, short: bool) -> Promise:
    """Pages open while all answers are without an end."""
    sleep(1)
    before = watch.peak
    for name in ("settings", "spending"):
        asyncio.run(drawn(server, name))
    sleep(SHORT_SIEGE_SECONDS if short else SIEGE_SECONDS)
    more = watch.peak - before
    if not any(one.path.endswith("task-100") for one in runway.heard):
        return Promise("answers without an end", "never asked for", "refused")
    held = f"{more:.0f} MB more" if more > CALM_MEGABYTES else "refused"
    return Promise("answers without an end", held, "refused")


async def drawn(server: Server, name: str) -> None:
    """A page that is opened, and closed once it is there."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        (viewer,) = await opened(server.url, 1, name)
        await viewer.socket.close()


def readable(folder: Path) -> Iterator[Path]:
    """Files that others may read, on a way that is open to them. The log is the harness's own."""
    for path in folder.iterdir():
        mode = path.stat().st_mode
        if not mode & 0o077 or path.name == "server.log":
            continue
        if stat.S_ISDIR(mode):
            yield from readable(path)
        else:
            yield path
