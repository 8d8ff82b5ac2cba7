"""The Studio that serves this process, for its pages and routes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import DailiesError
from core.studio import Studio

_studios: list[Studio] = []


@contextmanager
def presenting(studio: Studio) -> Iterator[Studio]:
    """Let `current` return `studio` to pages and routes."""
    _studios.append(studio)
    try:
        yield studio
    finally:
        _studios.pop()


@contextmanager
def serve(studio: Studio) -> Iterator[Studio]:
    studio.start()
    try:
        with presenting(studio):
            yield studio
    finally:
        studio.close()


def current() -> Studio:
    """Raises DailiesError when none is being served."""
    if not _studios:
        raise DailiesError("Dailies is not running here.", "Start it with: streamlit run app.py")
    return _studios[-1]
