"""Processes ready ahead of need: each makes one call at most, and none is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from core.providers import receipts
from core.providers.receipts import Receipt
from core.providers.submitters import Submitters
from core.runway.provider import call_to
from tests.conftest import ROOT
from tests.core.conftest import Wire, say

CREATE = "POST /v1/text_to_video"
CREATED = {"id": "4f8f-1", "estimatedCost": {"credits": 24}}
LONG_PROMPT = "A quiet sea 🎬 " * 100_000
"""More than a socket holds on the way."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the receipt is to lie."""
    return tmp_path / "receipt.json"


@pytest.fixture
def submitters() -> Iterator[Submitters]:
    """At work, with one process ahead."""
    found = Submitters()
    found.start()
    yield found
    found.stop()


def processes() -> dict[int, psutil.Process]:
    """The submitters of this test run, by their pid."""
    found = {}
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if "core.providers.create_call" in child.cmdline():
                found[child.pid] = child
    return found


def ready() -> psutil.Process:
    """The only one there is, which waits for an order."""
    (found,) = processes().values()
    return found


def send(
    submitters: Submitters, wire: Wire, path: Path, key: str, prompt: str = "A quiet sea"
) -> subprocess.Popen[bytes]:
    """Have a call begun, and leave its receipt to whoever makes it."""
    body = {"model": "gen4.5", "promptText": prompt}
    receipt = receipts.allocate(path)
    try:
        return submitters.send(call_to(wire.url, "text_to_video", body, "2024-11-06"), key, receipt)
    finally:
        os.close(receipt)


def state(path: Path) -> str | None:
    """What the receipt says once it is final."""
    found = receipts.read(path)
    return found and found.state


def test_a_call_is_made_by_the_process_that_is_ready_and_the_next_one_gets_ready(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    first = ready()
    process = send(submitters, wire, path, key)
    assert process.pid == first.pid
    assert process.wait(30) == 0
    assert (state(path), wire.times(CREATE)) == ("answered", 1)
    assert ready().pid != first.pid


def test_a_long_order_arrives_whole(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    assert send(submitters, wire, path, key, LONG_PROMPT).wait(30) == 0
    assert (state(path), wire.times(CREATE)) == ("answered", 1)
    assert len(wire.heard[0].body) > len(LONG_PROMPT)


@pytest.mark.point(1)
def test_nobody_can_take_a_call_for_one_never_made_while_its_order_is_on_the_way(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    first = ready()
    first.suspend()
    process = send(submitters, wire, path, key)
    assert state(path) is None, "its sender has not even begun to read"
    with pytest.raises(BlockingIOError):
        receipts.allocate(path)
    first.resume()
    assert process.wait(30) == 0
    assert (state(path), wire.times(CREATE)) == ("answered", 1)


@pytest.mark.point(1)
def test_an_order_that_its_process_never_read_was_not_sent(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    first = ready()
    first.suspend()
    process = send(submitters, wire, path, key)
    first.kill()
    process.wait(30)
    assert receipts.read(path) == Receipt("allocated")
    assert wire.heard == []


def test_a_call_is_made_once_though_the_process_that_was_ready_has_been_killed(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    first = ready()
    first.kill()
    assert send(submitters, wire, path, key).wait(30) == 0
    assert (state(path), wire.times(CREATE)) == ("answered", 1)
    assert ready().pid != first.pid


@pytest.mark.point(1)
def test_an_order_that_breaks_off_in_its_middle_is_given_to_another_and_sent_once(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    first = ready()
    first.suspend()
    threading.Timer(0.2, first.kill).start()
    assert send(submitters, wire, path, key, LONG_PROMPT).wait(30) == 0
    assert (state(path), wire.times(CREATE)) == ("answered", 1)


def test_many_calls_at_once_are_made_once_each(
    submitters: Submitters, wire: Wire, tmp_path: Path, key: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    prompts = [f"Take {number}" for number in range(5)]

    def made(prompt: str) -> int:
        return send(submitters, wire, tmp_path / f"{prompt}.json", key, prompt).wait(30)

    with ThreadPoolExecutor(len(prompts)) as pool:
        assert set(pool.map(made, prompts)) == {0}
    assert sorted(json.loads(one.body)["promptText"] for one in wire.heard) == prompts
    assert len(processes()) == 1


def test_who_has_an_order_outlives_the_end_of_its_server_and_nobody_else_does(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    wire.on(CREATE, lambda connection: (wire.released.wait(30), say(200, CREATED)(connection))[1])
    process = send(submitters, wire, path, key)
    submitters.stop()
    assert set(processes()) == {process.pid}
    wire.released.set()
    assert process.wait(30) == 0
    assert (state(path), wire.times(CREATE)) == ("answered", 1)


@pytest.mark.point(1)
def test_who_waits_for_an_order_ends_with_its_killed_server() -> None:
    program = (
        "import sys; from core.providers.submitters import Submitters;"
        "submitters = Submitters(); submitters.start();"
        "print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as server:
        assert server.stdout
        assert server.stdout.readline() == b"ready\n"
        (child,) = psutil.Process(server.pid).children()
        os.killpg(server.pid, signal.SIGKILL)
    assert psutil.wait_procs([child], 30)[0] == [child]
