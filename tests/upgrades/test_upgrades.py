"""A history of each schema there has been opens as today's, with all that it knew; and one of a
newer Dailies is refused in words, and taken back by a command."""

from __future__ import annotations

import lzma
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.catalog.catalog import Catalog
from core.generations import Request, Status
from core.media.disk_space import Disk
from core.media.library import open_folder
from core.recovery.backups import MIGRATION
from core.recovery.rescue import open_history
from core.recovery.restore import DataFolder, data_folder
from core.settings import ROOT, Settings
from core.storage.database import damage, utc_now
from core.storage.desk.reviews import ReviewStore
from core.storage.history import History
from core.storage.search.selection import Filter, Order
from tests.conftest import OpenStudio, Settle

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.xz"))
RENAMED = {"intent_key": "idempotency_key"}
RENAMED_TABLES = {"runway_uploads": "provider_uploads"}
DERIVED = {
    "changes",
    "epoch",
    "spend",
    "spread",
    "_sqlite_migrations",
    "sqlite_sequence",
    "sqlite_stat1",
}
"""Tables that are made from the others, or that note what has happened to the file."""
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def folder(settings: Settings) -> DataFolder:
    """A data folder that holds nothing yet."""
    media = open_folder(settings.data_dir, Disk(settings.data_dir, 0))
    return data_folder(settings, media, Catalog.load(settings.catalog_dir), utc_now)


def unpacked(kept: Path, history: Path) -> Path:
    history.parent.mkdir(parents=True, exist_ok=True)
    history.write_bytes(lzma.decompress(kept.read_bytes()))
    return history


def tables(path: Path) -> Rows:
    """Every table's rows, without those of the search and of what is derived."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute(
            "select name from sqlite_master where type = 'table' and sql not like 'create virtual%'"
        )]  # fmt: skip
        plain = [
            one for one in names if one not in DERIVED and not one.startswith(("prompts", "texts_"))
        ]
        return {
            name: [dict(row) for row in connection.execute(f"select * from {name}")]
            for name in plain
        }


def schema(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("select type || name, sql from sqlite_master where sql <> ''")
        return dict(found.fetchall())


def steps(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("select name from _sqlite_migrations")}


@pytest.mark.parametrize("kept", HISTORIES, ids=lambda kept: kept.name.split(".")[0])
def test_a_history_of_each_schema_becomes_todays(
    kept: Path, folder: DataFolder, empty_history: Path
) -> None:
    before = tables(unpacked(kept, folder.history))
    known = steps(folder.history)
    with closing(open_history(folder, utc_now())) as file:
        after = tables(folder.history)
        for name, rows in before.items():
            assert lost(rows, after.get(RENAMED_TABLES.get(name, name), [])) == [], name
        history = History(file, {})
        page = history.page(Filter(), Order.NEWEST, 1, 50)
        assert {one.id for one in page} == {row["id"] for row in before["generations"]}
        made = [one for one in page if one.status is Status.SUCCEEDED]
        assert len(made) >= 3
        assert all(one.outputs and one.credits_charged for one in made)
        charged = sum(row["credits_charged"] or 0 for row in before["generations"])
        assert history.sums(Filter()).totals.live["runway"].charged == charged > 0
        requests = [one.request for one in page]
        assert [one.prompt for one in requests if one.inputs] == ["The harbour at dawn"]
        if "decisions" in before:
            assert {rating.stars for rating in ReviewStore(file).ratings(1)} == {5, 2}
    assert schema(folder.history) == schema(empty_history), "as if it had been made today"
    assert damage(folder.history) == ""
    (backup,) = folder.backups.all()
    assert (backup.why, backup.rows) == (MIGRATION, len(before["generations"]))
    assert steps(backup.path) == known
    assert tables(backup.path) == before, "the backup is the history as it was"


def lost(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[Any]:
    """Rows of a table that are not there any more, by the columns that there still are."""
    if not before:
        return []
    names = {RENAMED.get(name, name): name for name in before[0]}
    both = sorted(names.keys() & after[0].keys()) if after else sorted(names)
    there = Counter(tuple(row[name] for name in both) for row in after)
    wanted = Counter(tuple(row[names[name]] for name in both) for row in before)
    return [dict(zip(both, row, strict=True)) for row in wanted - there]


# -- back to an older version ---------------------------------------------------------------------


def updated(studio_folder: Path) -> None:
    """The history as a newer Dailies leaves it."""
    with closing(sqlite3.connect(studio_folder / "history.db")) as connection:
        connection.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " values ('dailies', 'm999_later', '')"
        )
        connection.execute("alter table generations add column later text not null default ''")
        connection.commit()


def program(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    known = {"DAILIES_DATA_DIR": str(settings.data_dir), "DAILIES_DISK_FLOOR": "0"}
    runway = {"RUNWAYML_API_SECRET": settings.api_key, "RUNWAYML_BASE_URL": settings.base_url}
    command = [sys.executable, *words]
    environment = os.environ | known | runway
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_an_older_program_refuses_a_newer_history_and_goes_back_at_a_command(
    open_studio: OpenStudio, settings: Settings, text_request: Request, settle: Settle
) -> None:
    studio = open_studio(settings)
    studio.compose.submit(text_request, "before")
    before = studio.maintenance.make()
    since, _ = studio.compose.submit(replace(text_request, prompt="A lake"), "since")
    settle(studio, since)
    studio.close()
    updated(settings.data_dir)
    history = settings.data_dir / "history.db"
    kept = history.read_bytes()

    started = program(settings, "-c", "import app")
    assert started.returncode == 1
    assert started.stderr.splitlines()[-1].startswith(
        "Dailies cannot start. The history was written by a newer version of Dailies."
    )
    assert "Traceback" not in started.stderr
    assert history.read_bytes() == kept
    assert not list(settings.data_dir.glob("history-*"))

    back = program(settings, "-m", "core.recovery", "restore", before.name)
    assert back.returncode == 0, back.stderr
    assert "1 generations made since were put back" in back.stdout
    (aside,) = settings.data_dir.glob("history-newer-*.db")
    assert "m999_later" in steps(aside)
    again = open_studio(settings)
    assert again.generations.get(since.id).status is Status.SUCCEEDED
    assert again.generations.get(since.id).credits_charged == 24
