"""A frontend of somebody else makes a clip through the API and plays it, and never sees a token."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests import npm
from tests.browser.serving import Server
from tests.browser.test_journey import play
from tests.program_tokens import token_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COMPONENT = os.environ.get("FRONTEND_COMPONENT", "")
"""The path of a React component that uses the simple endpoints, to be tried unchanged."""
MOUNT = """
import { createRoot } from 'react-dom/client';
import { createElement } from 'react';
import * as component from %s;
createRoot(document.body).render(createElement(component.VideoGenerator));
"""
OURS = """
document.body.innerHTML = `<input placeholder="Image URL"><textarea></textarea>
  <button>Generate Video</button><p role="alert"></p>`;
document.querySelector('button').onclick = async () => {
  const answer = await fetch('/api/generate-video-wait', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      promptImage: document.querySelector('input').value,
      promptText: document.querySelector('textarea').value,
      duration: 5,
    }),
  });
  const told = await answer.json();
  if (!answer.ok) {
    document.querySelector('p').textContent = told.error;
    return;
  }
  const video = document.createElement('video');
  video.src = told.videoUrl;
  video.controls = true;
  document.body.append(video);
};
"""


PAGE = b"""<!doctype html><meta charset=utf-8><title>A frontend</title><body></body>
<script src=/script.js></script>"""
PASSED_ON = ("Content-Type", "Content-Range", "Accept-Ranges", "ETag")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The script of the React component."""
    if not COMPONENT:
        pytest.skip("FRONTEND_COMPONENT names no React component to try")
    packages = npm.packages()
    folder = tmp_path_factory.mktemp("frontend")
    shutil.copy(COMPONENT, folder)
    main = folder / "main.jsx"
    main.write_text(MOUNT % repr(f"./{Path(COMPONENT).name}"))
    esbuild = str(packages / ".bin" / "esbuild")
    return npm.run(esbuild, str(main), "--bundle", "--log-level=error").encode()


class Proxy(BaseHTTPRequestHandler):
    """The small server of a frontend: its page, and `/api` with the token that it alone knows."""

    dailies: Server
    token: str
    script: bytes

    def do_GET(self) -> None:
        if self.path == "/":
            self._say(200, PAGE, {"Content-Type": "text/html"})
        elif self.path == "/script.js":
            self._say(200, self.script, {"Content-Type": "text/javascript"})
        else:
            self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def log_message(self, *_: object) -> None:
        pass

    def _pass_on(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        answer = requests.request(
            self.command,
            self.dailies.url + self.path,
            headers=dict(self.headers.items()) | {"Authorization": f"Bearer {self.token}"},
            data=self.rfile.read(size),
            timeout=120,
        )
        told = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
        self._say(answer.status_code, answer.content, told)

    def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def standing_before(server: Server, token: str, script: bytes) -> Iterator[str]:
    """The address of such a small server."""
    told = {"dailies": server, "token": token, "script": script}
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Told", (Proxy,), told)) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("whose", ["ours", "a React component"])
def test_a_frontend_makes_a_clip_and_plays_it(
    page: Page, server: Server, whose: str, request: pytest.FixtureRequest
) -> None:
    script = OURS.encode() if whose == "ours" else request.getfixturevalue("built")
    token = token_in(server.folder)
    with standing_before(server, token, script) as url:
        page.goto(url)
        page.get_by_placeholder("Image URL").fill("https://example.com/harbour.jpg")
        page.locator("textarea").fill("Slow push in")
        page.get_by_role("button", name="Generate Video").click()
        play(page)
        expect(page.locator("video")).to_have_attribute("src", re.compile(f"^{url}/api/files/1/0"))
        assert token not in page.content()
