"""Drawing the form of every model.

Measured: processor milliseconds of one run of the Create page with that model chosen, through
AppTest, on an empty history; the median of runs.
Baseline: the same for the simplest form, that of Gen-4 Turbo. Its runs take turns with the others',
so that what else goes on meets both.
Bar: at most 1.2 times the baseline, for each model.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from streamlit.testing.v1 import AppTest

from core.generations import Request
from core.serving import presenting
from core.settings import ROOT, Settings
from core.studio import Studio
from tests.benchmarks.figures import Figure

SIMPLEST = Request("image_to_video", "gen4_turbo")
MOST_TIMES = 1.2
RUNS, SHORT_RUNS = 9, 1
SHORT_MODELS = 5


def measure(short: bool) -> Iterator[Figure]:
    """Every model's form beside the simplest one."""
    with (
        TemporaryDirectory() as folder,
        closing(Studio(Settings(data_dir=Path(folder), demo_seconds=0))) as studio,
        presenting(studio),
    ):
        page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=30).run()
        milliseconds(page, SIMPLEST)
        for model in list(studio.catalog)[: SHORT_MODELS if short else None]:
            request = Request(model.endpoint, model.id)
            milliseconds(page, request)
            pairs = [
                (milliseconds(page, SIMPLEST), milliseconds(page, request))
                for _ in range(SHORT_RUNS if short else RUNS)
            ]
            bare, ours = (median(times) for times in zip(*pairs, strict=True))
            name = f"{model.endpoint} {model.id}"[:42]
            yield Figure(name, ours, bare, "ms", most_times=MOST_TIMES)


def milliseconds(page: AppTest, request: Request) -> float:
    """Open a fresh form with this request; the processor time that drawing it took."""
    form = page.session_state["form"]
    form.draft = request
    form.version += 1
    began = time.process_time()
    page.run()
    taken = time.process_time() - began
    assert not page.exception, request.model
    return 1000 * taken
