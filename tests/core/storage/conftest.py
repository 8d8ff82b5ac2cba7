"""Histories that random lives begin with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.storage.database import HistoryFile
from core.storage.desk.projects import ProjectStore
from tests.conftest import NOON

PROJECTS = ("Sea", "Whale")


@pytest.fixture(scope="session")
def projects_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history that has projects, numbered from 1, and no generation."""
    path = tmp_path_factory.mktemp("projects") / "history.db"
    with closing(HistoryFile(path)) as file:
        for name in PROJECTS:
            ProjectStore(file).named(name, person="Nora", now=NOON)
    return path


@contextmanager
def copied(history: Path) -> Iterator[HistoryFile]:
    """A copy of its own for each life: a new history takes longer than a life does."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        shutil.copy(history, path)
        with closing(HistoryFile(path)) as file:
            yield file
