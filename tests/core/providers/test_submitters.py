"""Processes ready ahead of need: each order is made once at most, and none is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from core.providers import receipts
from core.providers.submitters import Submission, Submitters
from core.runway.provider import call_to
from tests.conftest import ROOT
from tests.core.conftest import Wire, say
from tests.core.submitter_processes import at_work
from tests.core.submitter_processes import submitters as processes

pytestmark = pytest.mark.slow

CREATE = "POST /v1/text_to_video"
CREATED = {"id": "4f8f-1", "estimatedCost": {"credits": 24}}
LONG_PROMPT = "A quiet sea 🎬 " * 100_000
"""More than a socket holds on the way."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the receipt is to lie."""
    return tmp_path / "receipt.json"


@pytest.fixture(params=[True, False], ids=["one for all", "one for each"])
def many(request: pytest.FixtureRequest) -> bool:
    """Whether one process takes all orders."""
    return bool(request.param)


@pytest.fixture
def submitters(many: bool) -> Iterator[Submitters]:
    """With a process that waits for orders."""
    found = Submitters(many=many)
    found.start()
    yield found
    found.stop()


def ready() -> psutil.Process:
    """The only one there is, which waits for an order; right after its start it has no name yet."""
    end = time.monotonic() + 5
    while not (found := processes()) and time.monotonic() < end:
        time.sleep(0.01)
    (one,) = found
    return one


def send(
    submitters: Submitters, wire: Wire, path: Path, key: str, prompt: str = "A quiet sea"
) -> Submission:
    """Have a call begun, and leave its receipt to whoever makes it."""
    body = {"model": "gen4.5", "promptText": prompt}
    receipt = receipts.allocate(path)
    try:
        return submitters.send(call_to(wire.url, "text_to_video", body, "2024-11-06"), key, receipt)
    finally:
        os.close(receipt)


def state(path: Path) -> str:
    """What the receipt says once it is final, which it is a moment after a kill."""
    end = time.monotonic() + 5
    while (found := receipts.read(path)) is None:
        assert time.monotonic() < end, "somebody still holds it"
        time.sleep(0.01)
    return found.state


def test_calls_are_made_by_what_is_ready_and_nothing_is_left_of_those_that_made_them(
    submitters: Submitters, wire: Wire, path: Path, key: str, many: bool
) -> None:
    wire.on(CREATE, say(200, CREATED))
    first = ready()
    for number in range(3):
        receipt = path.with_name(f"receipt-{number}.json")
        assert send(submitters, wire, receipt, key).has_ended(30)
        assert (state(receipt), wire.times(CREATE)) == ("answered", number + 1)
    assert (ready().pid == first.pid) is many


def test_a_long_order_arrives_whole(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    assert send(submitters, wire, path, key, LONG_PROMPT).has_ended(30)
    assert (state(path), wire.times(CREATE)) == ("answered", 1)
    assert len(wire.heard[0].body) > len(LONG_PROMPT)


@pytest.mark.point(1)
def test_nobody_can_take_a_call_for_one_never_made_while_its_order_is_on_the_way(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    first = ready()
    first.suspend()
    submission = send(submitters, wire, path, key)
    assert receipts.read(path) is None, "its sender has not even begun to read"
    with pytest.raises(BlockingIOError):
        receipts.allocate(path)
    first.resume()
    assert submission.has_ended(30)
    assert (state(path), wire.times(CREATE)) == ("answered", 1)


@pytest.mark.point(1)
def test_an_order_that_its_process_never_read_was_not_sent(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    first = ready()
    first.suspend()
    submission = send(submitters, wire, path, key)
    first.kill()
    assert submission.has_ended(30)
    assert (state(path), wire.heard) == ("allocated", [])


@pytest.mark.point(1)
def test_a_call_whose_process_is_killed_is_in_doubt_and_the_next_one_is_made(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    asked = threading.Event()
    wire.on(CREATE, lambda wired: (asked.set(), wire.hang(wired))[1], say(200, CREATED))
    submission = send(submitters, wire, path, key)
    assert asked.wait(30)
    (working,) = at_work()
    working.kill()
    assert submission.has_ended(30)
    assert (state(path), wire.times(CREATE)) == ("sending", 1)
    other = path.with_name("receipt-2.json")
    assert send(submitters, wire, other, key).has_ended(30)
    assert (state(other), wire.times(CREATE)) == ("answered", 2)


@pytest.mark.point(23)
def test_a_call_on_its_way_goes_on_where_every_process_of_the_service_is_told_to_end(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    asked, answer = threading.Event(), threading.Event()
    wire.on(CREATE, lambda to: (asked.set(), answer.wait(30), say(200, CREATED)(to))[2])
    submission = send(submitters, wire, path, key)
    assert asked.wait(30)
    for process in processes():
        process.terminate()
    assert not submission.has_ended(0.2)
    answer.set()
    assert submission.has_ended(30)
    assert (state(path), wire.times(CREATE)) == ("answered", 1)


def test_a_call_is_made_once_though_the_process_that_was_ready_has_been_killed(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    first = ready()
    first.kill()
    first.wait(30)
    assert send(submitters, wire, path, key).has_ended(30)
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
    assert send(submitters, wire, path, key, LONG_PROMPT).has_ended(30)
    assert (state(path), wire.times(CREATE)) == ("answered", 1)


def test_many_calls_at_once_are_made_once_each(
    submitters: Submitters, wire: Wire, tmp_path: Path, key: str
) -> None:
    wire.on(CREATE, say(200, CREATED))
    prompts = [f"Take {number}" for number in range(5)]

    def made(prompt: str) -> bool:
        return send(submitters, wire, tmp_path / f"{prompt}.json", key, prompt).has_ended(30)

    with ThreadPoolExecutor(len(prompts)) as pool:
        assert all(pool.map(made, prompts))
    assert sorted(json.loads(one.body)["promptText"] for one in wire.heard) == prompts
    assert ready()


def test_who_has_an_order_outlives_the_end_of_its_server_and_nobody_else_does(
    submitters: Submitters, wire: Wire, path: Path, key: str
) -> None:
    wire.on(CREATE, lambda connection: (wire.released.wait(30), say(200, CREATED)(connection))[1])
    submission = send(submitters, wire, path, key)
    (working,) = at_work()
    submitters.stop()
    assert working.is_running()
    assert set(processes()) <= {working}
    wire.released.set()
    assert submission.has_ended(30)
    assert (state(path), wire.times(CREATE)) == ("answered", 1)


@pytest.mark.point(1)
def test_who_waits_for_an_order_ends_with_its_killed_server(many: bool) -> None:
    program = (
        "import sys; from core.providers.submitters import Submitters;"
        f"submitters = Submitters(many={many}); submitters.start();"
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
        (child,) = processes(server.pid)
        os.killpg(server.pid, signal.SIGKILL)
    assert psutil.wait_procs([child], 30)[0] == [child]
