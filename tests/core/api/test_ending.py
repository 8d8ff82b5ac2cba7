"""A server that is told to end does not wait for those who wait for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.browser.serving import Server, serving
from tests.program_tokens import token_in

pytestmark = pytest.mark.slow
PATIENCE = 60


def test_who_waits_hears_that_the_server_ends_and_does_not_keep_it(tmp_path: Path) -> None:
    words = {"DAILIES_DEMO_SECONDS": "600"}
    with serving(Server(tmp_path / "served", words, warm=True)) as server:
        shown = {"Authorization": f"Bearer {token_in(server.folder)}"}
        address = f"{server.url}/api"

        def wait() -> int:
            body = {"promptText": "Waves"}
            url = f"{address}/generate-video-wait"
            return requests.post(url, json=body, headers=shown, timeout=PATIENCE).status_code

        with (
            ThreadPoolExecutor() as waiting,
            requests.get(
                f"{address}/v1/events", headers=shown, stream=True, timeout=PATIENCE
            ) as events,
        ):
            answer = waiting.submit(wait)
            assert any(b"queued" in line for line in events.iter_lines(chunk_size=1))
            server.stop()
            assert answer.result() == 503
