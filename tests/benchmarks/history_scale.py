"""A history of 1,000,000 generations beside one of 1,000.

Measured: milliseconds that the server needs to draw a page once more, of a history of 1,000,000
generations: History in each order, from its first page to one in its middle, with filters, as a
table, and with searches for a rare word (1 prompt in 1,000) and a common one (1 in 4); Create,
Spending and Models.
Baseline: the same of a history of 1,000 with the same proportions. Both cover the same days, are
drawn by turns, and by AppTest, which needs the same time beside the page for each.
Bar: at most 1.5 times the baseline, for each of them.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from streamlit.testing.v1 import AppTest

from core.generations import Output, Request, Status
from core.serving import presenting
from core.settings import Settings
from core.storage.database import HistoryFile, stamp
from core.storage.rows import request_cells
from core.studio import Studio
from tests.benchmarks.figures import Figure
from tests.pages.conftest import open_page

FEW, MANY, SHORT_MANY = 1_000, 1_000_000, 2_000
MOST_TIMES = 1.5
RUNS, SHORT_RUNS = 15, 1
PAGE = 24
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 320
NOISY = "streamlit.runtime.scriptrunner_utils.script_run_context"
"""Its warnings are about AppTest's own way of setting the address."""
Query = dict[str, str | list[str]]
MIDDLE = "middle"
SORTS = ("Oldest", "Cost", "Duration")
VIEWS: dict[str, tuple[str, Query]] = {
    "first page": ("history", {}),
    "page in the middle": ("history", {"page": MIDDLE}),
    "table": ("history", {"view": "Table"}),
    **{f"by {sort}": ("history", {"sort": sort}) for sort in SORTS},
    **{
        f"by {sort}, page in the middle": ("history", {"sort": sort, "page": MIDDLE})
        for sort in SORTS
    },
    "one model": ("history", {"model": ["Gen-4.5"]}),
    "one model by cost": ("history", {"model": ["Gen-4.5"], "sort": "Cost"}),
    "three filters": ("history", {"status": ["Done"], "model": ["Gen-4.5"], "since": "2026-06-01"}),
    "three filters by cost": (
        "history",
        {"status": ["Done"], "model": ["Gen-4.5"], "since": "2026-06-01", "sort": "Cost"},
    ),
    "unconfirmed by duration": ("history", {"status": ["Unconfirmed"], "sort": "Duration"}),
    "favourites": ("history", {"favourite": "true"}),
    "favourites by cost": ("history", {"favourite": "true", "sort": "Cost"}),
    "rare word": ("history", {"q": "dragonet"}),
    "common word": ("history", {"q": "morning"}),
    "common word, oldest": ("history", {"q": "morning", "sort": "Oldest"}),
    "common word by cost": ("history", {"q": "morning", "sort": "Cost"}),
    "common word, favourites": ("history", {"q": "morning", "favourite": "true"}),
    "two letters": ("history", {"q": "mo"}),
    "Create": ("create", {}),
    "Spending": ("spending", {}),
    "Models": ("models", {}),
    "Unconfirmed": ("unconfirmed", {}),
}
STATUSES = {"succeeded": 80, "failed": 14, "cancelled": 5, "unconfirmed": 1}
MODELS = {
    "gen4.5": ("text_to_video", "text", 12),
    "gen4_turbo": ("image_to_video", "image", 5),
    "veo3.1": ("text_to_video", "text", 40),
    "veo3.1_fast": ("image_to_video", "image", 15),
}
BATCH = 20_000


def measure(short: bool) -> Iterator[Figure]:
    """Each view of the large history beside the same view of the small one."""
    logging.getLogger(NOISY).disabled = True
    most = SHORT_MANY if short else MANY
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with (
            closing(filled(folder / "few", FEW)) as few,
            closing(filled(folder / "many", most)) as many,
        ):
            yield from compared(few, many, most, SHORT_RUNS if short else RUNS)


def compared(few: Studio, many: Studio, most: int, runs: int) -> Iterator[Figure]:
    """Every view, drawn by turns."""
    for name, (page, query) in VIEWS.items():
        views = {few: opened(few, page, query, FEW), many: opened(many, page, query, most)}
        spent: dict[Studio, list[float]] = {few: [], many: []}
        for _ in range(runs):
            for studio, view in views.items():
                spent[studio].append(drawn(studio, view))
        figures = median(spent[many]), median(spent[few])
        yield Figure(f"{most:,}: {name}", *figures, "ms", most_times=MOST_TIMES)


def opened(studio: Studio, page: str, query: Query, count: int) -> AppTest:
    """The page in a session that has drawn it before."""
    if query.get("page") == MIDDLE:
        query = query | {"page": str(count // PAGE // 2)}
    with presenting(studio):
        return open_page(page, **query)


def drawn(studio: Studio, page: AppTest) -> float:
    """Milliseconds to draw the page once more."""
    began = time.perf_counter()
    with presenting(studio):
        page.run()
    assert not page.exception
    return 1000 * (time.perf_counter() - began)


def filled(folder: Path, count: int) -> Studio:
    """A studio with so many generations. It is never started, so nothing calls Runway."""
    studio = Studio(Settings(folder, api_key="key_of_a_benchmark", base_url="http://127.0.0.1:9"))
    file = HistoryFile(folder / "history.db")
    chance = random.Random(count)
    vocabulary = ["".join(chance.choices("aeioulnrstmdg", k=7)) for _ in range(3000)]
    for first in range(1, count + 1, BATCH):
        numbers = range(first, min(first + BATCH, count + 1))
        rows = [row(number, count, chance, vocabulary) for number in numbers]
        ended = [output(row) for row in rows if row["status"] == Status.SUCCEEDED]
        with file.tx() as db:
            db.table("generations").insert_all(rows)
            db.table("outputs").insert_all(ended)
    file.close()
    return studio


def row(number: int, count: int, chance: random.Random, vocabulary: list[str]) -> dict[str, Any]:
    """One generation, as its table holds it; it goes through the triggers like any other."""
    model = chance.choice(list(MODELS))
    endpoint, kind, rate = MODELS[model]
    (status,) = chance.choices(list(STATUSES), list(STATUSES.values()))
    words = chance.choices(vocabulary, k=20)
    words += ["morning"] * (number % 4 == 0) + ["dragonet"] * (number % 1000 == 0)
    seconds = chance.choice([5, 8, 10])
    wanted = Request(endpoint, model, " ".join(words), {"ratio": "1280:720", "duration": seconds})
    at = SINCE + timedelta(days=DAYS) * (number / count)
    made, ended = stamp(at), stamp(at + timedelta(minutes=2))
    credits = seconds * rate
    return request_cells(wanted) | {
        "id": number,
        "idempotency_key": str(number),
        "status": status,
        "kind": kind,
        "demo": False,
        "created_at": made,
        "submitted_at": made,
        "updated_at": ended,
        "finished_at": ended,
        "task_id": f"task-{number}",
        "credits_quoted": credits,
        "credits_charged": {"succeeded": credits, "unconfirmed": None}.get(status, 0),
        "favourite": number % 50 == 0,
    }


def output(row: dict[str, Any]) -> dict[str, Any]:
    """The clip of a generation, as its table holds it."""
    clip = Output(
        position=0,
        file=f"{row['id']:08d}-0.mp4",
        media_type="video/mp4",
        bytes=9_000_000,
        sha256=row["fingerprint"],
        width=1280,
        height=720,
        duration=row["duration"],
        frame_rate=24,
        poster=f"{row['id']:08d}-0.jpg",
    )
    return {"generation_id": row["id"], **vars(clip)}
