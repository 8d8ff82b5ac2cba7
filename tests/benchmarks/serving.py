"""The servers that are compared: Dailies in demo mode, and apps of a few lines."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

from core.settings import ROOT
from tests import chromium as installed
from tests.browser.serving import Server

DEMO = {"RUNWAYML_API_SECRET": "", "RUNWAYML_BASE_URL": "", "DAILIES_LOG_LEVEL": "WARNING"}
HEALTHY = """
from starlette.responses import PlainTextResponse
from starlette.routing import Route
app = st.App("page.py", routes=[Route("/healthz", lambda request: PlainTextResponse("ok"))])
"""


def dailies(folder: Path, *, demo_seconds: float = 4, warm: bool = False) -> Server:
    """Dailies without a key, on that data folder."""
    return Server(folder, DEMO | {"DAILIES_DEMO_SECONDS": f"{demo_seconds:g}"}, warm=warm)


@dataclass
class Bare(Server):
    """An app whose only page is `page`, started as Dailies is: same imports, same settings."""

    environment: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "page.py").write_text(self.page)
        self.script = str(self.folder / "bare.py")
        Path(self.script).write_text(imports(ROOT / "app.py") + HEALTHY)
        super().start()


def imports(path: Path) -> str:
    """The import statements of a module."""
    body = ast.parse(path.read_text()).body
    return "\n".join(ast.unparse(n) for n in body if isinstance(n, ast.Import | ast.ImportFrom))


@contextmanager
def running(*servers: Server) -> Iterator[None]:
    """Start the servers, and stop them whatever happens."""
    try:
        for server in servers:
            server.start()
        yield
    finally:
        for server in servers:
            if server.process:
                server.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's own Chromium."""
    with sync_playwright() as playwright:
        path = installed.path()
        browser = playwright.chromium.launch(executable_path=path, args=installed.FLAGS)
        yield browser
        browser.close()


def process(server: Server) -> psutil.Process:
    """The server's process, whose figures leave out the footage that it has made by others."""
    assert server.process
    return psutil.Process(server.process.pid)
