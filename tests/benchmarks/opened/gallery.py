"""Drawing a page of the history.

Measured: processor milliseconds of one run of the History page with 24 clips, through AppTest; the
median of runs. And what of it the cards take: a run without them is subtracted.
Baseline: the same page with the grid of Streamlit's elements that stood there before, and with the
filters, the view and the import drawn at once, as they were. Its runs take turns with the others'.
Bar: at most half of the baseline.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from core.files import Output
from core.generations import Generation, Request, Status
from core.serving import presenting
from core.settings import ROOT, Settings
from core.studio import Studio
from pages.ui.history import gallery, unfolding
from tests.benchmarks.figures import Figure
from tests.benchmarks.opened import old_grid

PAGE = 24
MOST_TIMES = 0.5
RUNS, SHORT_RUNS = 25, 2
WANTED = Request("text_to_video", "gen4.5", "A quiet sea", {"ratio": "1280:720", "duration": 2})


def in_old_grid(studio: Studio, shown: Sequence[Generation], *_view: Any, **_look: Any) -> None:
    old_grid.posters(studio, shown)


def without_cards(*_all: Any, **_look: Any) -> None:
    """The page alone."""


def measure(short: bool) -> Iterator[Figure]:
    """Our gallery beside the old grid."""
    with (
        TemporaryDirectory() as folder,
        closing(Studio(Settings(data_dir=Path(folder), demo_seconds=0, disk_floor=0))) as studio,
        presenting(studio),
    ):
        for _ in range(PAGE):
            add(studio)
        page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=30).run()
        page.switch_page("history.py").run()
        runs: list[tuple[float, ...]] = []
        for _ in range(SHORT_RUNS if short else RUNS):
            runs.append(
                (
                    milliseconds(page, None),
                    as_before(page, in_old_grid),
                    milliseconds(page, without_cards),
                    as_before(page, without_cards),
                )
            )
        ours, old, bare, old_bare = (median(times) for times in zip(*runs, strict=True))
        yield Figure(f"history of {PAGE}: the page", ours, old, "ms", most_times=MOST_TIMES)
        yield Figure(
            f"history of {PAGE}: its cards alone",
            ours - bare,
            old - old_bare,
            "ms",
            most_times=MOST_TIMES,
        )


def as_before(page: AppTest, drawn: Callable[..., None]) -> float:
    """The processor time of one run with panels that are always filled."""
    with patch.object(unfolding, "panel", old_grid.panel):
        return milliseconds(page, drawn)


def milliseconds(page: AppTest, drawn: Callable[..., None] | None) -> float:
    """The processor time of one run; `drawn` in the place of the gallery."""
    with patch.object(gallery, "show", drawn) if drawn else nullcontext():
        page.run()  # what the other kind has left behind is cleared away
        began = time.process_time()
        page.run()
        taken = time.process_time() - began
    assert not page.exception
    return 1000 * taken


def add(studio: Studio) -> None:
    """A clip in the history; its file is not made."""
    store = studio._store
    row, _new = store.add(
        WANTED,
        idempotency_key=secrets.token_hex(8),
        kind="text",
        quoted=24,
        demo=True,
        now=studio.now,
    )
    name = f"{row.file_stem}-0"
    clip = Output(
        0, f"{name}.mp4", "video/mp4", 9, secrets.token_hex(32), 1280, 720, 2.0, 24.0, f"{name}.jpg"
    )
    task_id = secrets.token_hex(16)
    store.move(
        row, Status.SUCCEEDED, studio.now, task_id=task_id, outputs=(clip,), credits_charged=24
    )
