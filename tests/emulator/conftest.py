"""The official SDK, strict, as the one who judges the emulator; and plain HTTP where it cannot."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from runwayml import RunwayML

from core.emulator import Emulator
from tests.conftest import Clock

KEY = "key_test"


@pytest.fixture(scope="session")
def the_emulator(the_clock: Clock) -> Iterator[Emulator]:
    """One whose clips show what each request is for."""
    with Emulator(clock=the_clock.now) as emulator:
        yield emulator


@pytest.fixture
def client(emulator: Emulator, clock: object) -> Iterator[RunwayML]:
    """The SDK on an emulator whose clock stands still."""
    with RunwayML(
        base_url=emulator.url, api_key=KEY, _strict_response_validation=True, max_retries=0
    ) as client:
        yield client


@pytest.fixture
def text(client: RunwayML) -> Callable[..., str]:
    """Makes a task from words; the usual one is short and always the same, so rendered once."""

    def make(prompt: str = "A quiet sea", **more: Any) -> str:
        settings: dict[str, Any] = {"model": "gen4.5", "ratio": "1280:720", "duration": 2} | more
        return client.text_to_video.create(prompt_text=prompt, **settings).id

    return make


@pytest.fixture
def call(emulator: Emulator) -> Iterator[Callable[..., requests.Response]]:
    """Plain HTTP with a good key and version; a header of None is left out."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {KEY}"
        session.headers["X-Runway-Version"] = "2024-11-06"

        def send(method: str, path: str, **options: Any) -> requests.Response:
            options.setdefault("timeout", 30)
            return session.request(method, emulator.url + path, **options)

        yield send


@pytest.fixture
def body() -> dict[str, Any]:
    """A create call's body that is valid."""
    return {
        "model": "gen4.5",
        "promptText": "A quiet sea",
        "promptImage": "https://pictures.example.com/sea.jpg",
        "ratio": "1280:720",
        "duration": 2,
    }


@pytest.fixture
def data_uri(picture: Callable[..., bytes]) -> Callable[..., str]:
    """A picture as a data URI."""

    def make(size: tuple[int, int] = (320, 180), form: str = "PNG", **options: Any) -> str:
        data = base64.b64encode(picture(size, form, **options)).decode()
        return f"data:image/{form.lower()};base64,{data}"

    return make


@pytest.fixture
def entry(emulator: Emulator) -> Callable[[str], dict[str, Any]]:
    """What the ledger says about a task."""

    def find(task_id: str) -> dict[str, Any]:
        tasks = emulator.ledger()["tasks"]
        return next(task for task in tasks if task["id"] == task_id)

    return find
