"""A key that occurs nowhere else, and the signed part of every output address, searched for
everywhere: in database, receipts, logs, pages, websocket frames, exception texts and all other
files of the data folder, compressed ones too.

The server meets every kind of fault, logs at DEBUG, and shows every page in a browser. So that a
search that looks at nothing cannot pass, it also has to find the words of a prompt.
"""

from __future__ import annotations

import io
import secrets
import traceback
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import requests
from playwright.sync_api import Browser, Page, WebSocket

from core.errors import DailiesError
from core.generations import Generation
from core.providers import create_call
from core.runway.client import Client
from core.runway.provider import call_to
from core.settings import Settings
from core.studio import Studio
from tests.benchmarks.serving import chromium
from tests.browser import serving
from tests.browser.test_journey import settled, walk
from tests.chaos.books import rows
from tests.chaos.faults import AMBIGUOUS, DOWNLOADS, POLLS, REFUSALS, mixture
from tests.chaos.figures import Figure, Measure, Promise
from tests.chaos.killed.kill9 import ground, settle
from tests.chaos.servers import Server, intent, settings_for
from tests.core.conftest import Wire, hang_up, reset, say

KEY = "key_" + secrets.token_hex(32)
TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
"""How the signed part of each of the emulator's addresses begins."""
SECRETS = {"the key": KEY, "an output's address": TOKEN}
PROMPT = "Take "
INTENTS, SHORT_INTENTS = 60, 5
BAD_ADDRESSES = (
    "http://127.0.0.1:9",
    "https://127.0.0.1:9",
    "https://nowhere.invalid",
)
NO_NAMES = {"shell", "generation", "create"}
"""What is around the pages, the one that needs a number, and the one at the root."""
WITH_PROMPTS = ("backups", "database", "pages", "recipes", "websocket frames")


@dataclass
class Found:
    """Everything that was written or shown, by place."""

    texts: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def add(self, place: str, content: bytes | str) -> None:
        """Keep what a place holds; of an archive, its members too."""
        data = content.encode(errors="replace") if isinstance(content, str) else content
        self.texts[place].append(data)
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for name in archive.namelist():
                    self.add(place, archive.read(name))

    def count(self, place: str, word: str) -> int:
        """How often the word occurs there."""
        return sum(text.count(word.encode()) for text in self.texts[place])

    def size(self, place: str) -> int:
        """Bytes that were searched there."""
        return sum(map(len, self.texts[place]))


def run(short: bool) -> Iterator[Figure]:
    """Let everything happen, then search."""
    found = Found()
    with ground() as (folder, emulator):
        emulator.script(troubles())
        settings = settings_for(folder, emulator.url, KEY)
        make(settings, SHORT_INTENTS if short else INTENTS)
        environment = {"RUNWAYML_API_SECRET": KEY, "RUNWAYML_BASE_URL": emulator.url}
        server = serving.Server(settings.data_dir, environment | {"DAILIES_LOG_LEVEL": "DEBUG"})
        try:
            server.start()
            with chromium() as browser:
                visit_all(browser, server, rows(settings.data_dir), found)
            found.add("command lines", commands(server))
        finally:
            server.stop()
        collect_files(settings.data_dir, found)
        found.add("logs at INFO", (folder / "servers.log").read_bytes())
    raise_everything(found)
    yield from promises(found)


def promises(found: Found) -> Iterator[Figure]:
    """Nothing secret anywhere, and the search works."""
    for place in sorted(found.texts):
        for name, secret in SECRETS.items():
            yield Promise(f"{name} in {place}", found.count(place, secret))
    for place in WITH_PROMPTS:
        yield Promise(f"a prompt in {place}", found.count(place, PROMPT), 1, at_least=True)
    yield Promise("a prompt in logs at INFO", found.count("logs at INFO", PROMPT))
    size = sum(found.size(place) for place in found.texts)
    yield Measure("searched", size / 1024**2, "MB")


def troubles() -> list[dict[str, Any]]:
    """Everything at once, and an account that cannot be read at times."""
    return [
        *mixture("create", ("refused", 0.20, REFUSALS), ("ambiguous", 0.10, AMBIGUOUS)),
        *mixture("task", ("poll", 0.35, POLLS)),
        *mixture("output", ("download", 0.50, DOWNLOADS)),
        *mixture("organization", ("account", 0.30, POLLS)),
    ]


def make(settings: Settings, count: int) -> None:
    """Generations of every ending, by a quick server that writes all it can into its log."""
    server = Server(settings)
    server.start()
    server.until("ready")
    for number in range(count):
        server.want(intent(number))
    for _ in range(count):
        server.until("accepted")
    settle(server, life=3.0)
    server.stop()
    with closing(Studio(settings)) as studio:
        studio.maintenance.make()


def visit_all(
    browser: Browser, server: serving.Server, made: list[Generation], found: Found
) -> None:
    """Every page, one generation of each status, and what the routes answer."""
    names = {path.stem for path in Path("pages").glob("[!_]*.py")} - NO_NAMES
    by_status = {row.status: row.id for row in made}
    paths = [f"/generation?id={number}" for number in by_status.values()]
    visit(browser, server, ["/", *(f"/{name}" for name in sorted(names)), *paths], found)
    for path in ("/healthz", "/metrics"):
        found.add("routes", requests.get(server.url + path, timeout=30).content)


def visit(browser: Browser, server: serving.Server, paths: Sequence[str], found: Found) -> None:
    """These pages in one tab, with everything on them unfolded."""
    page = browser.new_context(reduced_motion="reduce").new_page()
    page.set_default_timeout(60_000)
    page.on("websocket", lambda socket: listen(socket, found))
    page.goto(server.url)
    settled(page)
    for path in paths:
        walk(page, path)
        unfold(page)
        found.add("pages", page.content())
    page.context.close()


def listen(socket: WebSocket, found: Found) -> None:
    """Keep every frame, in both directions."""
    socket.on("framereceived", lambda payload: found.add("websocket frames", payload))
    socket.on("framesent", lambda payload: found.add("websocket frames", payload))


def unfold(page: Page) -> None:
    """Open everything on the page."""
    for summary in page.locator("details:not([open]) > summary").all():
        with suppress(Exception):  # one that was drawn anew meanwhile is open on the next page
            summary.click(timeout=1_000)
    page.wait_for_timeout(500)


def commands(server: serving.Server) -> str:
    """What anybody on the machine can read of the server's processes."""
    assert server.process
    process = psutil.Process(server.process.pid)
    return "\n".join(
        " ".join(one.cmdline()) for one in [process, *process.children(recursive=True)]
    )


def collect_files(folder: Path, found: Found) -> None:
    """Every file of the data folder, by what it is."""
    places = {"videos": "clips", "posters": "clips"} | {
        name: name for name in ("backups", "receipts", "recipes")
    }
    for path in folder.rglob("*"):
        if path.is_file():
            top = path.relative_to(folder).parts[0]
            known = (
                "database" if top.startswith("history") else "logs at DEBUG" if "log" in top else ""
            )
            found.add(known or places.get(top, "other files"), path.read_bytes())


def raise_everything(found: Found) -> None:
    """Every exception that a call with the key or a signed address can end in, as it is printed."""
    with closing(Wire()) as wire:
        signed = f"/outputs/a.mp4?_jwt={TOKEN}.{KEY}"
        for act in (hang_up, reset, say(401, {}), say(403, {}), say(500, b"<html>"), say(200, 1)):
            for call in ("GET /v1/organization", "GET /v1/tasks/4f8f-1", f"GET {signed}"):
                wire.on(call, act)
            with closing(Client(Settings(api_key=KEY, base_url=wire.url))) as client:
                tell(found, client.organization)
            call_all(found, KEY, wire.url, wire.url + signed)
        for key in (KEY, f"{KEY}\n", f"{KEY}é"):
            for url in BAD_ADDRESSES:
                call_all(found, key, url, url + signed)
                create = call_to(url, "text_to_video", {}, "2024-11-06")
                tell(found, create_call.post, create, key)
            for name in ("RUNWAYML_API_SECRET", "RUNWAYML_BASE_URL", "DAILIES_POLL_SECONDS"):
                tell(found, Settings.load, {"RUNWAYML_API_SECRET": key, name: f"{key} x"})
    tell(found, create_call.post, call_to("http://[bad", "text_to_video", {}, "2024-11-06"), KEY)
    tell(found, Studio, Settings(Path("/proc/nowhere"), api_key=KEY))


def call_all(found: Found, key: str, url: str, link: str) -> None:
    """Calls of a client that it does not repeat, and how it shows itself."""
    settings = Settings(api_key=key, base_url=url)
    with closing(Client(settings)) as client:
        found.add("exceptions", repr(client) + repr(settings))
        tell(found, client.task, "4f8f-1")
        tell(found, fetched, client, link)


def fetched(client: Client, link: str) -> bytes:
    """A download to its end."""
    with client.download(link) as download:
        return b"".join(download.chunks)


def tell(found: Found, call: Callable[..., object], *arguments: object) -> None:
    """What is printed of the call: its answer, or its exception with all that led to it."""
    try:
        found.add("exceptions", repr(call(*arguments)))
    except Exception as error:  # noqa: BLE001 - ours or not, its text is what we look at
        found.add("exceptions", "".join(traceback.format_exception(error)) + repr(error))
        if isinstance(error, DailiesError):
            found.add("exceptions", f"{error.message} {error.hint} {error.args}")
