"""A history of 1,000,000 generations, with 3,000,000 ratings, tags and notes, of 200 people in 500
projects, beside one of 1,000.

Measured: processor milliseconds of drawing a page once more, of the large history:
History in each order, from its first page to one in its middle, with filters, also by what people
have said, as a table, and with searches for a rare word (1 prompt in 1,000) and a common one (1 in
4), for words of notes and names of files, for typed fields, and with the counts beside each value
of each filter; the inbox of one of them, Create, Spending and Models. Then the same of the large
history for somebody who may not see one of the projects. And the memory that the bitmaps of the
history take, and the seconds to read them.
Baseline: the same of a history of 1,000 with the same proportions, and for somebody outside of a
project the same for an admin. Both cover the same days, are
drawn by turns, and by AppTest, which needs the same time beside the page for each. The figures are
the quickest of the drawings, for what else goes on can only add to them.
Bar: at most 1.5 times the baseline, for each of them.
"""

from __future__ import annotations

import logging
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from psutil import Process
from streamlit.testing.v1 import AppTest

from core.access.guarded import Asker
from core.domain.people import Identity, Role
from core.files import Output
from core.generations import Request, Status
from core.serving import presenting
from core.settings import Settings
from core.storage.database import HistoryFile, stamp
from core.storage.rows import request_cells
from core.studio import Studio
from pages.ui.access import person
from tests.benchmarks.figures import Figure
from tests.benchmarks.history import review_rows
from tests.benchmarks.history.history_views import (
    MIDDLE,
    PANEL,
    PRIVATE_VIEWS,
    SHORT_VIEWS,
    VIEWS,
    Query,
)
from tests.pages.conftest import open_page

FEW, MANY = 1_000, 1_000_000
SHORT_FEW, SHORT_MANY = 50, 100
MOST_TIMES = 1.5
RUNS, SHORT_RUNS = 15, 1
SHORT_PRIVATE = 2
PAGE = 24
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 320
NOISY = "streamlit.runtime.scriptrunner_utils.script_run_context"
"""Its warnings are about AppTest's own way of setting the address."""
STATUSES = {"succeeded": 80, "failed": 14, "cancelled": 5, "unconfirmed": 1}
MODELS = {
    "gen4.5": ("text_to_video", "text", 12),
    "gen4_turbo": ("image_to_video", "image", 5),
    "veo3.1": ("text_to_video", "text", 40),
    "veo3.1_fast": ("image_to_video", "image", 15),
}
BATCH = 20_000


def measure(short: bool, kept: Path | None = None) -> Iterator[Figure]:
    """Each view of the large history beside that of the small one; both stay in a folder `kept`."""
    logging.getLogger(NOISY).disabled = True
    least, most, runs = (SHORT_FEW, SHORT_MANY, SHORT_RUNS) if short else (FEW, MANY, RUNS)
    with TemporaryDirectory() as temporary:
        folder = kept or Path(temporary)
        with closing(found(folder, least)) as few, closing(found(folder, most)) as many:
            yield from held(few, many, most)
            views = SHORT_VIEWS if short else tuple(VIEWS)
            readers = Reader(few, least), Reader(many, most)
            for name in views:
                yield compared(name, *readers, runs, f"{most:,}: {name}")
            inside, outside = about_a_private_project(many, most)
            for name in PRIVATE_VIEWS[: SHORT_PRIVATE if short else None]:
                yield compared(name, inside, outside, runs, f"one is hidden: {name}")


def held(few: Studio, many: Studio, most: int) -> Iterator[Figure]:
    """What the bitmaps take."""
    (seconds, memory), baseline = prepared(many), prepared(few)
    said = review_rows.said(many._file), review_rows.said(few._file)
    yield Figure(f"{most:,}: ratings, tags and notes", *said, "")
    yield Figure(f"{most:,}: the history is read", seconds, baseline[0], "s")
    yield Figure(f"{most:,}: memory that it takes then", memory, baseline[1], "MB")


def prepared(studio: Studio) -> tuple[float, float]:
    """Read the whole history, as a server does while it starts: the seconds, the megabytes."""
    process, began = Process(), time.monotonic()
    before = process.memory_info().rss
    studio.history.prepare()
    return time.monotonic() - began, (process.memory_info().rss - before) / 1024**2


@dataclass(frozen=True)
class Reader:
    """Whoever `asker` tells, at a history of so many."""

    studio: Studio
    count: int
    asker: Asker | None = None


def about_a_private_project(studio: Studio, count: int) -> tuple[Reader, Reader]:
    """An admin, and somebody who may not see one of the projects."""
    roles = {"ada": Role.ADMIN, "olaf": Role.MAKER}
    for name, role in roles.items():
        studio.people.arrive(Identity(name, name.title()))
        studio.people.set_role(name, role)
    hidden = studio.projects.find(review_rows.PROJECTS[-1])
    assert hidden
    studio.projects.set_people(hidden.id, [], by=review_rows.PEOPLE[0])
    ada, olaf = (Reader(studio, count, Asker(partial(studio.people.find, name))) for name in roles)
    return ada, olaf


def compared(name: str, baseline: Reader, measured: Reader, runs: int, told: str) -> Figure:
    """A view for one reader beside that for another, drawn by turns."""
    page, query = VIEWS[name]
    views = {reader: opened(reader, page, query) for reader in (baseline, measured)}
    spent: dict[Reader, list[float]] = {reader: [] for reader in views}
    for _ in range(runs):
        for reader, view in views.items():
            spent[reader].append(drawn(reader, view))
    least, figure = (min(times) for times in spent.values())
    return Figure(told, figure, least, "ms", most_times=MOST_TIMES)


def opened(reader: Reader, page: str, query: Query) -> AppTest:
    """The page in a session that has drawn it before."""
    if query.get("page") == MIDDLE:
        query = query | {"page": str(reader.count // PAGE // 2)}
    with presenting(reader.studio, reader.asker):
        view = open_page(page, **{name: said for name, said in query.items() if name != PANEL})
        if panel := query.get(PANEL):
            view.session_state[str(panel)] = True
        view.session_state[person.NAME] = review_rows.PEOPLE[0]
        return view.run()


def drawn(reader: Reader, page: AppTest) -> float:
    """Processor milliseconds to draw the page once more."""
    began = time.process_time()
    with presenting(reader.studio, reader.asker):
        page.run()
    assert not page.exception
    return 1000 * (time.process_time() - began)


def found(folder: Path, count: int) -> Studio:
    """A studio with so many generations. It is never started, so nothing calls Runway."""
    here, begun = folder / str(count), folder / f"{count}.begun"
    if not here.exists():
        shutil.rmtree(begun, ignore_errors=True)
        fill(begun, count)
        begun.rename(here)
    return Studio(Settings(here, api_key="key_of_a_benchmark", base_url="http://127.0.0.1:9"))


def fill(folder: Path, count: int) -> None:
    """Lay a history of so many in a new folder."""
    file, chance = HistoryFile(folder / "history.db"), random.Random(count)
    review_rows.lay_projects(file, stamp(SINCE))
    vocabulary = ["".join(chance.choices("aeioulnrstmdg", k=7)) for _ in range(3000)]
    with review_rows.indexed_at_once(file):
        for first in range(1, count + 1, BATCH):
            numbers = range(first, min(first + BATCH, count + 1))
            rows = [row(number, count, chance, vocabulary) for number in numbers]
            ended = [output(row) for row in rows if row["status"] == Status.SUCCEEDED]
            with file.tx() as db:
                db.table("generations").insert_all(rows)
                db.table("outputs").insert_all(ended)
        review_rows.lay(file)
    file.close()


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
    return (
        request_cells(wanted)
        | review_rows.cells(number, chance, made)
        | {
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
    )


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
