"""The Studio that serves this process, for its pages and routes, as whoever asks may use it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.access.guarded import Asker
from core.domain.people import Person
from core.errors import DailiesError
from core.studio import Studio

_served: list[tuple[Studio, Asker]] = []
_ending = threading.Event()
_request: ContextVar[Asker | None] = ContextVar("request", default=None)


@contextmanager
def presenting(studio: Studio, asker: Asker | None = None) -> Iterator[Studio]:
    """Let `current` return `studio` to pages and routes: on behalf of whom `asker` names, or
    without one for everybody on this machine."""
    _ending.clear()
    _served.append((studio, asker or Asker()))
    try:
        yield studio
    finally:
        _served.pop()


@contextmanager
def serve(studio: Studio, asker: Asker | None = None) -> Iterator[Studio]:
    studio.start()
    try:
        with presenting(studio, asker):
            yield studio
    finally:
        studio.close()


@contextmanager
def asking(person: Person | None) -> Iterator[None]:
    """Within it, `current` acts for this person, whose role is looked up at each call."""
    told = _request.set(Asker(lambda: _newest()[0].people.now(person)))
    try:
        yield
    finally:
        _request.reset(told)


def give_notice() -> None:
    """The server is about to end: whoever waits for something stops waiting."""
    _ending.set()


def is_ending() -> bool:
    return _ending.is_set()


def current() -> Studio:
    """Raises DailiesError when none is being served."""
    studio, asker = _newest()
    return studio.asked(_request.get() or asker)


def served() -> Studio:
    """The Studio itself, without permission checks: for the code that serves it, never for a page
    or route."""
    return _newest()[0]


def who_asks() -> Person | None:
    return (_request.get() or _served[-1][1]).who() if _served else None


def _newest() -> tuple[Studio, Asker]:
    if not _served:
        raise DailiesError("Dailies is not running here.", "Start it with: streamlit run app.py")
    return _served[-1]
