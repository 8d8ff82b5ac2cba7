"""Pages are drawn a few at a time: the last of forty is there as soon, and most much sooner."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 4
PATIENCE_SECONDS = 2.0
"""After so long a page is drawn all the same: the others may wait for a large file."""

_places = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def in_turn() -> Iterator[None]:
    """Draw pages in turn.

    Python runs one thread at a time and gives each the same share: of forty pages drawn at once, as
    after a restart, each would take as long as all, and a request for a clip or `/healthz` would
    wait for as many seconds.
    """
    has_place = _places.acquire(timeout=PATIENCE_SECONDS)
    try:
        yield
    finally:
        if has_place:
            _places.release()
