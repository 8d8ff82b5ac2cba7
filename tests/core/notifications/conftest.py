"""A receiver, and a studio that may call it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.settings import Settings
from core.studio import Studio
from tests.conftest import OpenStudio
from tests.core.conftest import Wire, say


@pytest.fixture
def wire() -> Iterator[Wire]:
    """The receiver."""
    receiver = Wire()
    receiver.on("POST /hook", say(204, b""))
    yield receiver
    receiver.close()


@pytest.fixture
def told(open_studio: OpenStudio, settings: Settings) -> Studio:
    """A studio that may call this machine, and leads."""
    studio = open_studio(replace(settings, inside_hosts=frozenset({"127.0.0.1"})))
    studio.tracker.step(studio.now)
    return studio
