"""In whose name the history is read: whoever it is sees no private project of others.

Set by the gate around each call, read by `core.storage.private_projects`, which hides. Outside of
any call, as in the worker's threads, everything is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from core.domain.people import Person, Role

_reader: ContextVar[str | None] = ContextVar("reader", default=None)


def reader() -> str | None:
    return _reader.get()


@contextmanager
def seen_by(person: Person | None) -> Iterator[None]:
    """Admins see everything, and so does everybody where nobody signs in."""
    limited = person and person.is_signed_in and person.role is not Role.ADMIN
    told = _reader.set(person.id if person and limited else None)
    try:
        yield
    finally:
        _reader.reset(told)


@contextmanager
def everything() -> Iterator[None]:
    """For sums that are right only if complete: caps, the queue, the account's books, and files
    beside the history."""
    told = _reader.set(None)
    try:
        yield
    finally:
        _reader.reset(told)
