"""The end of a server and the start of the next: real processes, real signals."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from core.emulator import Emulator
from core.generations import Generation, Request, Status
from core.settings import Settings
from core.studio import Studio
from tests.browser.serving import Server
from tests.core.conftest import Wire, say
from tests.core.submitter_processes import submitters

CREATE = "POST /v1/text_to_video"


@pytest.fixture
def serve(tmp_path: Path, key: str) -> Iterator[Callable[[str], Server]]:
    """Starts servers on one data folder, with that Runway; ends those that still run."""
    begun: list[Server] = []

    def start(runway: str) -> Server:
        words = {"RUNWAYML_API_SECRET": key, "RUNWAYML_BASE_URL": runway}
        begun.append(Server(tmp_path / "served", words))
        begun[-1].start()
        return begun[-1]

    yield start
    for server in begun:
        if server.process and server.process.poll() is None:
            server.stop(kill=True)


@pytest.fixture
def desk(tmp_path: Path, key: str) -> Iterator[Callable[[str], Studio]]:
    """A studio on the same folder that only writes down what is wanted, and reads."""
    opened: list[Studio] = []

    def open_one(runway: str) -> Studio:
        settings = Settings(tmp_path / "served", api_key=key, base_url=runway, disk_floor=0)
        opened.append(Studio(settings))
        return opened[-1]

    yield open_one
    for studio in opened:
        studio.close()


def waited(studio: Studio, generation: Generation, until: Callable[[Generation], bool]) -> None:
    """Wait until the generation has come so far."""
    pause = threading.Event()
    for _ in range(600):
        if until(studio.generations.get(generation.id)):
            return
        pause.wait(0.05)
    raise AssertionError(studio.generations.get(generation.id))


@pytest.mark.point(23)
@pytest.mark.slow
def test_a_server_that_is_told_to_stop_waits_for_the_answer_to_a_call_and_keeps_it(
    serve: Callable[[str], Server],
    desk: Callable[[str], Studio],
    wire: Wire,
    text_request: Request,
) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow(connection: object) -> None:
        asked.set()
        answer.wait(30)
        say(200, {"id": "task-1"})(connection)  # type: ignore[arg-type]

    wire.on("GET /v1/organization", say(200, {"creditBalance": 1000}))
    wire.on("GET /v1/tasks/task-1", say(200, {"id": "task-1", "status": "RUNNING"}))
    wire.on(CREATE, slow)
    server, studio = serve(wire.url), desk(wire.url)
    generation, _ = studio.compose.submit(text_request, "one")
    assert asked.wait(30)
    assert server.process
    server.process.terminate()
    threading.Timer(1.0, answer.set).start()
    assert server.process.wait(30) is not None
    found = studio.generations.get(generation.id)
    assert (found.status, found.task_id) == (Status.PENDING, "task-1"), "no half state is left"
    assert wire.times(CREATE) == 1
    assert submitters() == []


@pytest.mark.point(23)
@pytest.mark.slow
def test_a_server_that_is_told_to_stop_is_not_held_up_by_a_connection_that_is_dead(
    serve: Callable[[str], Server],
    desk: Callable[[str], Studio],
    wire: Wire,
    text_request: Request,
) -> None:
    asked = threading.Event()
    wire.on("GET /v1/organization", say(200, {"creditBalance": 1000}))
    wire.on("GET /v1/tasks/task-1", lambda connection: (asked.set(), wire.released.wait(120))[0])
    wire.on(CREATE, say(200, {"id": "task-1"}))
    server, studio = serve(wire.url), desk(wire.url)
    generation, _ = studio.compose.submit(text_request, "one")
    assert asked.wait(60)
    assert server.process
    server.process.terminate()
    assert server.process.wait(30) is not None, "the read alone would have waited a minute"
    assert studio.generations.get(generation.id).status is Status.PENDING
    assert studio.generations.get(generation.id).reason == "", (
        "its own end is no trouble of Runway's"
    )
    studio.tracker.step(studio.generations.get(generation.id).updated_at)
    assert studio.tracker.is_leader, "the lock is free"


@pytest.mark.point(12)
@pytest.mark.slow
def test_a_second_server_shows_pages_and_takes_over_when_the_first_ends(
    serve: Callable[[str], Server],
    desk: Callable[[str], Studio],
    emulator: Emulator,
    the_clock: object,
    text_request: Request,
) -> None:
    emulator.configure(tempo="seconds:4")
    first = serve(emulator.url)
    second, studio = serve(emulator.url), desk(emulator.url)
    leads = [requests.get(f"{one.url}/healthz", timeout=30).json() for one in (first, second)]
    assert [health["tracker_leads"] for health in leads] == [True, False]
    assert requests.get(second.url, timeout=30).ok
    generation, _ = studio.compose.submit(text_request, "one")
    waited(studio, generation, lambda found: found.task_id is not None)
    first.stop()
    waited(studio, generation, lambda found: found.status is Status.SUCCEEDED)
    assert requests.get(f"{second.url}/healthz", timeout=30).json()["tracker_leads"]
    assert emulator.ledger()["calls"]["create"] == 1
    polls = [task["polls"] for task in emulator.ledger()["tasks"]]
    assert len(polls) == 1
