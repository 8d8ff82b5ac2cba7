"""A history of 100,000 generations beside one of 1,000.

Measured: milliseconds that the server needs to draw the History page once more, of a history of
100,000 generations: its first page, the one in its middle, pages with filters, and searches for a
rare word (1 prompt in 1,000) and a common one (1 in 4).
Baseline: the same of a history of 1,000 with the same proportions. Both cover the same days, are
drawn by turns, and by AppTest, which needs the same time beside the page for each.
Bar: at most 2 times the baseline, for each of them.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from streamlit.testing.v1 import AppTest

from core.database import HistoryFile, stamp
from core.generations import Request
from core.serving import presenting
from core.settings import Settings
from core.studio import Studio
from tests.benchmarks.figures import Figure
from tests.pages.conftest import open_page

FEW, MANY = 1_000, 100_000
MOST_TIMES = 2
RUNS, SHORT_RUNS = 15, 5
PAGE = 24
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 320
NOISY = "streamlit.runtime.scriptrunner_utils.script_run_context"
"""Its warnings are about AppTest's own way of setting the address."""
Query = dict[str, str | list[str]]
MIDDLE = "middle"
VIEWS: dict[str, Query] = {
    "first page": {},
    "page in the middle": {"page": MIDDLE},
    "three filters": {"status": ["Done"], "model": ["Gen-4.5"], "since": "2026-06-01"},
    "favourites, dearest first": {"favourite": "true", "sort": "Cost"},
    "search, rare word": {"q": "dragonet"},
    "search, common word": {"q": "morning"},
}
STATUSES = {"succeeded": 80, "failed": 14, "cancelled": 5, "unconfirmed": 1}
MODELS = {
    "gen4.5": ("text_to_video", "text", 12),
    "gen4_turbo": ("image_to_video", "image", 5),
    "veo3.1": ("text_to_video", "text", 40),
    "veo3.1_fast": ("image_to_video", "image", 15),
}
ROWS = """
    insert into generations (
        id, intent_key, fingerprint, status, endpoint, kind, model, prompt, duration, request,
        demo, created_at, updated_at, finished_at, task_id, credits_quoted, credits_charged,
        favourite
    ) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?)
"""
OUTPUTS = """
    insert into outputs
    select id, 0, printf('%08d-0.mp4', id), 'video/mp4', 9000000, fingerprint, 1280, 720,
        duration, 24.0, printf('%08d-0.jpg', id)
    from generations where status = 'succeeded'
"""


def measure(short: bool) -> Iterator[Figure]:
    """Each view of the large history beside the same view of the small one."""
    logging.getLogger(NOISY).disabled = True
    with TemporaryDirectory() as temporary:
        few = filled(Path(temporary) / "few", FEW)
        many = filled(Path(temporary) / "many", MANY)
        for name, query in VIEWS.items():
            views = {few: opened(few, query, FEW), many: opened(many, query, MANY)}
            spent: dict[Studio, list[float]] = {few: [], many: []}
            for _ in range(SHORT_RUNS if short else RUNS):
                for studio, page in views.items():
                    spent[studio].append(drawn(studio, page))
            figures = median(spent[many]), median(spent[few])
            yield Figure(f"100,000 rows: {name}", *figures, "ms", most_times=MOST_TIMES)
        few.close()
        many.close()


def opened(studio: Studio, query: Query, count: int) -> AppTest:
    """The History page in a session that has drawn it before."""
    if query.get("page") == MIDDLE:
        query = query | {"page": str(count // PAGE // 2)}
    with presenting(studio):
        return open_page("history", **query)


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
    with file.tx() as db:
        rows = (row(number, count, chance, vocabulary) for number in range(1, count + 1))
        db.conn.executemany(ROWS, rows)
        db.conn.execute(OUTPUTS)
    file.close()
    return studio


def row(
    number: int, count: int, chance: random.Random, vocabulary: list[str]
) -> tuple[object, ...]:
    """One generation, as the columns of ROWS; it goes through the triggers like any other."""
    model = chance.choice(list(MODELS))
    endpoint, kind, rate = MODELS[model]
    (status,) = chance.choices(list(STATUSES), list(STATUSES.values()))
    words = chance.choices(vocabulary, k=20)
    words += ["morning"] * (number % 4 == 0) + ["dragonet"] * (number % 1000 == 0)
    seconds = chance.choice([5, 8, 10])
    params = {"ratio": "1280:720", "duration": seconds}
    wanted = Request(endpoint, model, " ".join(words), params)
    at = SINCE + timedelta(days=DAYS) * (number / count)
    made, ended = stamp(at), stamp(at + timedelta(minutes=2))
    credits = seconds * rate
    charged = {"succeeded": credits, "unconfirmed": None}.get(status, 0)
    return (
        *(number, str(number), wanted.fingerprint, status, endpoint, kind, model, wanted.prompt),
        *(seconds, wanted.to_json(), made, ended, ended, f"task-{number}", credits, charged),
        number % 50 == 0,
    )
