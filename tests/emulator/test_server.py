"""The server: it starts, stops, remembers, and imports little."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import pytest
import requests
from runwayml import RunwayML

from core.emulator import Emulator
from core.emulator.kie.server import KieEmulator

ROOT = Path(__file__).resolve().parents[2]
HEADERS = {"Authorization": "Bearer key_test", "X-Runway-Version": "2024-11-06"}


def get(emulator: Emulator, path: str) -> Any:
    """The JSON behind a path, with a key."""
    return requests.get(emulator.url + path, headers=HEADERS, timeout=30).json()


def create(emulator: Emulator, **more: Any) -> str:
    """A task from words; its id."""
    body = {"model": "gen4.5", "promptText": "A quiet sea", "ratio": "1280:720", "duration": 2}
    answer = requests.post(
        f"{emulator.url}/v1/text_to_video", json=body | more, headers=HEADERS, timeout=5
    )
    return str(answer.json()["id"])


def test_it_listens_on_loopback_and_a_free_port_and_stops(clock: Any) -> None:
    with Emulator() as one, Emulator() as other:
        assert one.url.startswith("http://127.0.0.1:")
        assert one.url != other.url
    with pytest.raises(requests.ConnectionError):
        requests.get(one.url, timeout=5)


def test_it_leaves_no_thread_and_no_folder_behind(tmp_path: Path, clock: Any) -> None:
    before = set(threading.enumerate())
    with Emulator(clock=clock.now) as emulator:
        create(emulator)
        folder = emulator._folder.path
        assert folder.exists()
    assert not folder.exists()
    assert {t for t in threading.enumerate() if t.name.startswith("emulator")} <= before


@pytest.mark.parametrize("make", [Emulator, KieEmulator])
def test_a_caller_that_is_killed_in_the_middle_of_a_call_is_no_error(
    make: Callable[[], Emulator], caplog: pytest.LogCaptureFixture
) -> None:
    path = "/v1/text_to_video" if make is Emulator else "/api/v1/runway/generate"
    with make() as emulator:
        place = urlsplit(emulator.url)
        with socket.create_connection((str(place.hostname), int(place.port or 0))) as caller:
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer key_test\r\n"
            version = "X-Runway-Version: 2024-11-06\r\nContent-Type: application/json\r\n"
            caller.sendall(f"{head}{version}Content-Length: 100\r\n\r\n{{".encode())
        for _ in range(3):
            requests.get(emulator.url, timeout=30)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_it_stops_while_a_call_hangs_and_a_clip_is_rendered(clock: Any) -> None:
    emulator = Emulator(clock=clock.now).start()
    create(emulator, duration=10)
    emulator.script([{"on": "organization", "do": {"hang": 600}}])
    gone: list[Exception] = []

    def wait() -> None:
        try:
            get(emulator, "/v1/organization")
        except requests.RequestException as error:
            gone.append(error)

    caller = threading.Thread(target=wait)
    caller.start()
    for _ in range(1000):
        if emulator.ledger()["calls"].get("organization"):
            break
        time.sleep(0.02)
    emulator.stop()
    caller.join(timeout=10)
    assert gone


def test_it_can_be_stopped_twice_and_started_again(clock: Any) -> None:
    emulator = Emulator(clock=clock.now)
    emulator.start()
    emulator.stop()
    emulator.stop()
    with emulator:
        assert get(emulator, "/v1/organization")["creditBalance"] == 25_000


def test_a_bad_tempo_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="no tempo"):
        Emulator(tempo="allegro")


def test_a_restart_in_the_same_folder_goes_on(tmp_path: Path, clock: Any) -> None:
    with Emulator(folder=tmp_path, clock=clock.now) as emulator:
        done = create(emulator)
        assert get(emulator, f"/v1/tasks/{done}")["status"] == "SUCCEEDED"
        emulator.configure(tempo="seconds:20")
        flying = create(emulator)
    clock.advance(20)
    with Emulator(folder=tmp_path, clock=clock.now) as emulator:
        assert get(emulator, "/v1/organization")["creditBalance"] == 25_000 - 2 * 24
        for task_id in (done, flying):
            task = get(emulator, f"/v1/tasks/{task_id}")
            assert task["status"] == "SUCCEEDED"
            assert task["output"][0].startswith(emulator.url)
            clip = requests.get(task["output"][0], timeout=30)
            assert clip.content[4:8] == b"ftyp"


def test_an_address_from_before_a_restart_still_opens_on_the_same_port(
    tmp_path: Path, clock: Any
) -> None:
    with Emulator(folder=tmp_path, clock=clock.now) as emulator:
        task_id = create(emulator)
        url = get(emulator, f"/v1/tasks/{task_id}")["output"][0]
        port = int(emulator.url.rpartition(":")[2])
    with Emulator(folder=tmp_path, port=port, clock=clock.now):
        assert requests.get(url, timeout=30).status_code == 200


def test_a_task_is_not_failed_by_a_stop_in_the_middle_of_its_render(
    tmp_path: Path, clock: Any
) -> None:
    with Emulator(folder=tmp_path, clock=clock.now) as emulator:
        task_id = create(emulator)
        emulator._renders.stop()
        assert get(emulator, f"/v1/tasks/{task_id}")["status"] == "RUNNING"
    with Emulator(folder=tmp_path, clock=clock.now) as emulator:
        assert get(emulator, f"/v1/tasks/{task_id}")["status"] == "SUCCEEDED"


def test_a_look_that_changes_nothing_writes_nothing(tmp_path: Path, clock: Any) -> None:
    def written() -> int:
        return (tmp_path / "state.json").stat().st_mtime_ns

    with Emulator(folder=tmp_path, clock=clock.now) as emulator:
        emulator.configure(tempo="seconds:100")
        task_id = create(emulator)
        clock.advance(20)
        assert get(emulator, f"/v1/tasks/{task_id}")["progress"] == 0.2
        running = written()
        clock.advance(20)
        assert get(emulator, f"/v1/tasks/{task_id}")["progress"] == 0.4
        assert written() == running, "time tells the progress"
    with Emulator(folder=tmp_path, clock=clock.now) as emulator:
        emulator.configure(tempo="seconds:100")
        clock.advance(20)
        assert get(emulator, f"/v1/tasks/{task_id}")["progress"] == 0.6
        assert len(emulator.ledger()["tasks"]) == 1


def test_a_folder_that_cannot_be_read_is_put_aside(tmp_path: Path, clock: Any) -> None:
    (tmp_path / "state.json").write_text('{"balance": "much"}', encoding="utf-8")
    with Emulator(folder=tmp_path, clock=clock.now) as emulator:
        assert get(emulator, "/v1/organization")["creditBalance"] == 25_000
    assert (tmp_path / "state.unreadable").exists()


def test_a_port_in_use_is_an_error_that_leaves_nothing_behind() -> None:
    with Emulator() as one:
        port = int(one.url.rpartition(":")[2])
        other = Emulator(port=port)
        with pytest.raises(OSError, match="in use"):
            other.start()
        assert not other._folder.path.exists()


def test_uploads_survive_a_restart(
    tmp_path: Path, clock: Any, picture: Callable[..., bytes]
) -> None:
    def client(emulator: Emulator) -> RunwayML:
        return RunwayML(base_url=emulator.url, api_key="key_test", max_retries=0)

    with Emulator(folder=tmp_path, clock=clock.now) as emulator, client(emulator) as sdk:
        uri = sdk.uploads.create_ephemeral(file=("a.png", picture())).uri
    with Emulator(folder=tmp_path, clock=clock.now) as emulator, client(emulator) as sdk:
        assert sdk.image_to_video.create(
            model="gen4_turbo", prompt_image=uri, ratio="1280:720", duration=2
        ).id


def test_the_command_line_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "core.emulator", "--tempo", "polls:2", "--credits", "99"]
    command += ["--folder", str(tmp_path), "--concurrency", "1", "--daily", "5"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().split()[-1]
        answer = requests.get(f"{url}/v1/organization", headers=HEADERS, timeout=10)
        assert answer.json()["creditBalance"] == 99
        process.send_signal(signal.SIGINT)
        told = process.stdout.read()
    assert process.returncode == 0
    assert "#fail-output" in told


def test_the_command_line_refuses_a_bad_tempo() -> None:
    command = [sys.executable, "-m", "core.emulator", "--tempo", "allegro"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "instant, polls:N or seconds:S" in done.stderr


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("core.emulator.api.server", {"streamlit", "pandas", "numpy", "requests", "runwayml"}),
        (
            "core.emulator.footage.process",
            {"streamlit", "pandas", "uvicorn", "starlette", "pydantic"},
        ),
    ],
)
def test_each_process_loads_only_what_it_needs(module: str, unwanted: set[str]) -> None:
    code = f"import sys, {module}; print(*{{m.partition('.')[0] for m in sys.modules}})"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    assert not unwanted & set(done.stdout.split())


def test_only_the_catalogue_and_the_child_that_opens_files_are_taken_from_the_product() -> None:
    allowed = {"core.emulator", "core.sandbox.processes", "core.sandbox.child_limits"}
    allowed |= {f"core.{name}" for name in ("catalog", "models", "params", "slots", "prices")}
    for path in (ROOT / "core" / "emulator").glob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip().startswith(("from core", "import core")):
                name = ".".join(line.split()[1].split(".")[:2])
                assert name in allowed | {"core"}, f"{path.name}: {line}"


def test_the_footage_process_makes_a_clip_from_standard_input(tmp_path: Path) -> None:
    import json

    job = {"width": 320, "height": 180, "seconds": 1, "prompt": "Rain"}
    order = {"folder": str(tmp_path), "targets": [str(tmp_path / "a.mp4")], "job": job}
    command = [sys.executable, "-m", "core.emulator.footage.process"]
    subprocess.run(command, input=json.dumps(order).encode(), cwd=ROOT, check=True, timeout=30)
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert container.streams.video[0].frames == 24
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_footage_process_that_a_killed_server_left_behind_does_no_harm(tmp_path: Path) -> None:
    import json

    job = {"width": 320, "height": 180, "seconds": 5, "prompt": "Rain"}
    order = {"folder": str(tmp_path), "targets": [str(tmp_path / "a.mp4")], "job": job}
    command = [sys.executable, "-m", "core.emulator.footage.process"]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT) for _ in range(2)]
    for process in both:
        assert process.stdin
        process.stdin.write(json.dumps(order).encode())
        process.stdin.close()
    assert [process.wait(60) for process in both] == [0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_second_server_on_the_folder_goes_on_with_what_the_first_began(tmp_path: Path) -> None:
    first, second = Emulator(folder=tmp_path), Emulator(folder=tmp_path)
    with second:
        with first:
            task_id = create(first)
            create(second, promptText="Rain")
            later = create(first, promptText="Snow")
        for task in (task_id, later):
            assert get(second, f"/v1/tasks/{task}")["status"] == "SUCCEEDED"
