"""What the tests of the worker share."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.generations import Generation, Status
from core.settings import Settings
from core.storage.database import HistoryFile
from core.storage.store import Store
from core.studio import Studio


def steps_of(studio: Studio, generation: Generation) -> list[str]:
    """The statuses it went through, in their order."""
    return [event.status.value for event in studio.generations.events(generation.id)]


def is_(*statuses: Status) -> Callable[[Generation], bool]:
    """A condition for `settle`."""
    return lambda generation: generation.status in statuses


@pytest.fixture
def rows(settings: Settings, empty_history: Path) -> Iterator[Store]:
    """The history's rows, for states that only an accident leaves."""
    path = settings.data_dir / "history.db"
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(empty_history, path)
    with closing(HistoryFile(path)) as file:
        yield Store(file)
