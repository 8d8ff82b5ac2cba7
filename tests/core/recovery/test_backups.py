"""Copies of the history: made, checked, forgotten, taken back; and a damaged history's rescue."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.emulator import Emulator
from core.errors import DiskFull, StoreError
from core.generations import Request, Status
from core.media.disk_space import Disk
from core.recovery import rescue
from core.recovery.backups import ASIDE, HAND, HOURLY, MIGRATION, Backup, Backups
from core.settings import ROOT, Settings
from core.storage.database import HistoryFile, damage
from core.storage.history import Filter
from core.storage.store import Store
from core.studio import Studio
from core.studio.making.batches import Wanted
from tests.conftest import NOON, Clock, MakeImageRequest, MakePicture, OpenStudio, Settle


@pytest.fixture
def file(studio: Studio) -> HistoryFile:
    """The studio's history."""
    return studio._file


@pytest.fixture
def kept(studio: Studio) -> Backups:
    """The studio's copies."""
    return studio.maintenance._folder.backups


@pytest.fixture
def lead(studio: Studio) -> Studio:
    """The studio as the leader of its folder."""
    assert studio.tracker._leader.take()
    return studio


def rows(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return int(connection.execute("select count(*) from generations").fetchone()[0])


def spoil(path: Path, start: int = 0, size: int = 4096) -> None:
    """Overwrite a piece of a file."""
    with path.open("r+b") as spoiled:
        spoiled.seek(start)
        spoiled.write(os.urandom(size))


# -- making ---------------------------------------------------------------------------------------


def test_a_backup_is_whole_and_says_what_it_is(
    lead: Studio, text_request: Request, clock: Clock
) -> None:
    lead.compose.submit(text_request, "one")
    made = lead.maintenance.make()
    assert (made.made_at, made.why, made.rows) == (
        NOON.replace(microsecond=123_000), HAND, 1,
    )  # fmt: skip
    assert made.bytes == made.path.stat().st_size
    assert damage(made.path) == ""
    assert rows(made.path) == 1
    assert lead.maintenance.backups() == [made]
    assert list(made.path.parent.iterdir()) == [made.path], "nothing half made"


def test_the_leader_makes_one_each_hour_while_something_changes(
    lead: Studio, text_request: Request, clock: Clock
) -> None:
    def made() -> list[str]:
        lead.maintenance.step()
        return [one.why for one in lead.maintenance.backups()]

    def touch(at: float) -> None:
        for path in lead.settings.data_dir.glob("history.db*"):
            os.utime(path, (at, at))

    assert made() == [HOURLY]
    clock.advance(3599)
    touch(clock.now().timestamp())
    assert made() == [HOURLY]
    clock.advance(2)
    assert made() == [HOURLY, HOURLY]
    clock.advance(7200)
    assert made() == [HOURLY, HOURLY], "nothing has changed"
    touch(clock.now().timestamp())
    assert made() == [HOURLY] * 3


def test_a_server_that_does_not_lead_makes_none(studio: Studio) -> None:
    studio.maintenance.step()
    assert studio.maintenance.backups() == []


def test_a_clock_that_was_set_back_does_not_stop_them(lead: Studio, clock: Clock) -> None:
    lead.maintenance.step()
    clock.advance(-5 * 3600)
    lead.maintenance.step()
    assert len(lead.maintenance.backups()) == 2


def test_only_so_many_are_kept_and_what_a_restore_set_aside_is_never_deleted(
    file: HistoryFile, tmp_path: Path, clock: Clock
) -> None:
    few = Backups(tmp_path / "few", 3, Disk(tmp_path, 0), clock.now)
    aside = few.free_path(ASIDE, 0)
    file.copy(aside)
    made = []
    for why in (MIGRATION, HOURLY, HAND, HOURLY, HAND):
        clock.advance(60)
        made.append(few.make(file, why))
    assert [one.name for one in few.all()] == [
        *(one.name for one in reversed(made[2:])), aside.name,
    ]  # fmt: skip


def test_two_in_the_same_moment_are_two(kept: Backups, file: HistoryFile) -> None:
    assert kept.make(file).name != kept.make(file).name
    assert len(kept.all()) == 2


def test_below_the_floor_none_is_made_and_the_server_goes_on(lead: Studio, kept: Backups) -> None:
    kept._disk = Disk(lead.settings.data_dir, 10**9 - 1)
    lead.maintenance.step()
    assert kept.all() == []
    with pytest.raises(DiskFull):
        lead.maintenance.make()


def test_a_copy_that_cannot_be_finished_leaves_nothing(
    kept: Backups, file: HistoryFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = file.copy

    def half(path: Path) -> None:
        real(path)
        spoil(path, 4096)

    monkeypatch.setattr(file, "copy", half)
    with pytest.raises(StoreError, match="not sound"):
        kept.make(file)
    assert list(kept.folder.iterdir()) == []


def test_what_a_killed_server_left_half_made_is_swept_away(
    kept: Backups, file: HistoryFile, clock: Clock
) -> None:
    half = kept.folder / ".99-dead.part"
    half.write_bytes(b"half")
    os.utime(half, (0, 0))
    kept.make(file)
    assert not half.exists()


def test_a_file_that_is_no_backup_is_not_listed(kept: Backups) -> None:
    for name in ("notes.txt", "history-later-hand-1.db", "history-20261122T120000000Z-hand.db"):
        (kept.folder / name).write_text("?")
    assert kept.all() == []


def test_the_key_is_in_no_backup_and_in_no_manifest(
    lead: Studio, settle: Settle, text_request: Request, key: str
) -> None:
    settle(lead, lead.compose.submit(text_request, "one")[0])
    lead.maintenance.step()
    lead.maintenance.restore(lead.maintenance.backups()[0].name)
    paths = [path for path in lead.settings.data_dir.rglob("*") if path.is_file()]
    assert {"backups", "recipes"} <= {path.parent.name for path in paths}
    for path in paths:
        content = path.read_bytes()
        assert key.encode() not in content, path
        assert b"_jwt=" not in content, path


def test_an_older_history_is_copied_before_its_schema_changes(
    open_studio: OpenStudio, settings: Settings, text_request: Request
) -> None:
    studio = open_studio(settings)
    studio.compose.submit(text_request, "one")
    studio.close()
    last = "m011_pace"  # made undone, as if an older Dailies had written the file
    with closing(sqlite3.connect(settings.data_dir / "history.db")) as connection:
        connection.execute("delete from _sqlite_migrations where name = ?", [last])
        connection.execute("drop index generations_paced")
        connection.commit()
    again = open_studio(settings)
    (made,) = again.maintenance.backups()
    assert (made.why, made.rows) == (MIGRATION, 1)
    with closing(sqlite3.connect(made.path)) as connection:
        applied = {row[0] for row in connection.execute("select name from _sqlite_migrations")}
    assert last not in applied, "it is the history as it was before"


def test_a_start_that_changes_nothing_copies_nothing(
    open_studio: OpenStudio, settings: Settings
) -> None:
    open_studio(settings).close()
    assert open_studio(settings).maintenance.backups() == []


# -- taking back ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_restore_goes_back_and_keeps_what_was_paid_for_since(
    lead: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    first = settle(lead, lead.compose.submit(text_request, "one")[0])
    made = lead.maintenance.make()
    clock.advance(60)
    lead.generations.set_favourite(first.id, True)
    second = settle(lead, lead.compose.submit(replace(text_request, prompt="A lake"), "two")[0])
    done = lead.maintenance.restore(made.name)
    assert (done.added, done.mended) == (1, 0)
    assert not lead.generations.get(first.id).favourite, "it was not, then"
    back = lead.generations.get(second.id)
    assert (back.status, back.task_id, back.outputs, back.credits_charged) == (
        Status.SUCCEEDED, second.task_id, second.outputs, 24,
    )  # fmt: skip
    assert lead.history.sums(Filter()).totals.live["runway"].charged == 48
    assert emulator.ledger()["calls"]["create"] == 2
    third = settle(lead, lead.compose.submit(replace(text_request, prompt="A river"), "three")[0])
    assert third.status is Status.SUCCEEDED, "the work goes on"


def test_a_restore_does_not_send_what_was_withdrawn_since(
    lead: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    wanted = [Wanted(replace(text_request, prompt=f"Take {n}")) for n in range(2)]
    batch, _ = lead.batches.submit("Takes", wanted, "click")
    alone, _ = lead.compose.submit(text_request, "one")
    made = lead.maintenance.make()
    clock.advance(60)
    assert lead.batches.cancel_rest(batch.id) == 2
    lead.generations.cancel(alone.id)
    lead.maintenance.restore(made.name)
    for number in (*lead.batches.numbers(batch.id), alone.id):
        assert settle(lead, lead.generations.get(number)).status is Status.CANCELLED
    assert "create" not in emulator.ledger()["calls"]


@pytest.mark.slow
def test_a_newer_generation_from_a_picture_that_the_backup_knows_survives_a_restore(
    lead: Studio,
    settle: Settle,
    picture: MakePicture,
    image_request: MakeImageRequest,
    clock: Clock,
) -> None:
    wanted = image_request(lead.uploads.add("a.png", picture())[0].sha256)
    made = lead.maintenance.make()
    clock.advance(60)
    newer = settle(lead, lead.compose.submit(wanted, "one")[0])
    assert lead.maintenance.restore(made.name).added == 1
    back = lead.generations.get(newer.id)
    assert (back.status, back.request) == (Status.SUCCEEDED, wanted)


def test_what_was_before_a_restore_is_kept_and_can_be_taken_back_too(
    lead: Studio, text_request: Request, clock: Clock
) -> None:
    generation, _ = lead.compose.submit(text_request, "one")
    made = lead.maintenance.make()
    lead.generations.set_favourite(generation.id, True)
    clock.advance(60)
    lead.maintenance.restore(made.name)
    assert not lead.generations.get(generation.id).favourite
    (aside,) = [one for one in lead.maintenance.backups() if one.why == ASIDE]
    assert aside.rows == 1
    lead.maintenance.restore(aside.name)
    assert lead.generations.get(generation.id).favourite


def test_a_generation_under_way_survives_a_restore_to_before_it_was_sent(
    lead: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.reset(tempo="polls:3")
    generation, _ = lead.compose.submit(text_request, "one")
    made = lead.maintenance.make()
    running = settle(lead, generation, until=lambda found: found.status is Status.RUNNING)
    lead.maintenance.restore(made.name)
    done = settle(lead, generation)
    assert (done.status, done.task_id) == (Status.SUCCEEDED, running.task_id)
    assert emulator.ledger()["calls"]["create"] == 1


@pytest.mark.parametrize("harm", ["spoiled", "emptied", "gone", "newer"])
def test_a_backup_that_cannot_be_taken_changes_nothing(
    lead: Studio, text_request: Request, harm: str
) -> None:
    made = lead.maintenance.make()
    generation, _ = lead.compose.submit(text_request, "one")
    if harm == "spoiled":
        spoil(made.path, 4096)
    elif harm == "emptied":
        made.path.write_bytes(b"")
    elif harm == "gone":
        made.path.unlink()
    else:
        with closing(sqlite3.connect(made.path)) as connection:
            connection.execute(
                "insert into _sqlite_migrations (migration_set, name, applied_at)"
                " values ('dailies', 'm999_later', '')"
            )
            connection.commit()
    with pytest.raises(StoreError):
        lead.maintenance.restore(made.name)
    assert lead.generations.get(generation.id).status is Status.QUEUED
    left = {path.name for path in lead.settings.data_dir.iterdir() if "prepared" in path.name}
    assert left == set()


def test_only_the_server_that_does_the_work_restores(
    lead: Studio, open_studio: OpenStudio, settings: Settings
) -> None:
    made = lead.maintenance.make()
    other = open_studio(settings)
    with pytest.raises(StoreError, match="Another server"):
        other.maintenance.restore(made.name)


@pytest.mark.slow
def test_nobody_else_notices_more_of_a_restore_than_the_older_history(
    lead: Studio, text_request: Request, settings: Settings, clock: Clock
) -> None:
    """Another server reads and writes all the time, and no write of its own is lost."""
    for number in range(30):
        clock.advance(5)
        lead.compose.submit(replace(text_request, prompt=f"Clip {number}"), f"before-{number}")
    made = lead.maintenance.make()
    ready, stop = threading.Event(), threading.Event()
    written: list[int] = []
    other = Store(HistoryFile(settings.data_dir / "history.db"))

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            row, _ = other.add(
                replace(text_request, prompt=f"Other {number}"), idempotency_key=f"other-{number}",
                kind="text", quoted=1, demo=False, now=NOON + timedelta(hours=number),
            )  # fmt: skip
            written.append(row.id)
            assert len(other.open_rows(demo=False)) >= 30
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    ready.wait(30)
    lead.maintenance.restore(made.name)
    count = len(written)
    while len(written) < count + 5 and thread.is_alive():
        stop.wait(0.01)
    stop.set()
    thread.join()
    other._file.close()
    assert lead.history.sums(Filter()).totals.generations == len(set(written)) + 30
    assert all(lead.generations.get(number).status is Status.QUEUED for number in written)
    assert damage(settings.data_dir / "history.db") == ""


# -- from the command line ------------------------------------------------------------------------


def command(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core.recovery", *words],
        cwd=ROOT,
        env=os.environ
        | {"DAILIES_DATA_DIR": str(settings.data_dir), "DAILIES_DISK_FLOOR": "0"}
        | {"RUNWAYML_API_SECRET": settings.api_key, "RUNWAYML_BASE_URL": settings.base_url},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_command_line_lists_makes_and_restores(
    open_studio: OpenStudio, settings: Settings, text_request: Request
) -> None:
    studio = open_studio(settings)
    generation, _ = studio.compose.submit(text_request, "one")
    studio.close()
    assert "no backup yet" in command(settings, "list").stdout
    name = command(settings, "make").stdout.split()[0]
    assert f"{name}  1 generations" in command(settings, "list").stdout
    again = open_studio(settings)
    again.generations.set_favourite(generation.id, True)
    again.close()
    done = command(settings, "restore", name)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Restored {name}" in done.stdout
    assert not open_studio(settings).generations.get(generation.id).favourite


@pytest.mark.slow
def test_the_command_line_refuses_in_one_sentence(lead: Studio) -> None:
    made = lead.maintenance.make()
    running = command(lead.settings, "restore", made.name)
    assert running.returncode == 1
    assert running.stderr.startswith("A server runs on this folder.")
    lead.tracker.stop()
    missing = command(lead.settings, "restore", "history-of-rome.db")
    assert missing.returncode == 1
    assert missing.stderr.startswith("There is no backup history-of-rome.db.")


# -- a damaged history ----------------------------------------------------------------------------


def damaged(settings: Settings) -> list[Path]:
    return sorted(settings.data_dir.glob("history-damaged-*.db"))


@pytest.mark.parametrize("size", [100, 4096])
def test_a_damaged_history_is_set_aside_and_the_newest_sound_backup_taken(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    text_request: Request,
    clock: Clock,
    size: int,
) -> None:
    studio = open_studio(settings)
    first = settle(studio, studio.compose.submit(text_request, "one")[0])
    studio.generations.set_favourite(first.id, True)
    good = studio.maintenance.make()
    clock.advance(3600)
    spoil(studio.maintenance.make().path, 0, 100)
    second = settle(studio, studio.compose.submit(replace(text_request, prompt="A lake"), "two")[0])
    studio.close()
    spoil(settings.data_dir / "history.db", 0, size)
    wreck = (settings.data_dir / "history.db").read_bytes()

    again = open_studio(settings)
    (aside,) = damaged(settings)
    assert aside.read_bytes() == wreck, "never written over"
    told = again.maintenance.rescue
    assert told
    assert (told.aside, told.backup, told.added) == (aside.name, good.name, 1)
    assert again.generations.get(first.id).favourite, "only the backup knows that"
    found = again.generations.get(second.id)
    assert (found.status, found.outputs, found.credits_charged) == (
        Status.SUCCEEDED, second.outputs, 24,
    )  # fmt: skip
    assert damage(settings.data_dir / "history.db") == ""
    again.close()
    third = open_studio(settings)
    assert third.maintenance.rescue == told, "it is still told"
    assert damaged(settings) == [aside], "and it happened once"


@pytest.mark.slow
def test_damage_in_the_middle_is_found_too(
    open_studio: OpenStudio, settings: Settings, text_request: Request, clock: Clock
) -> None:
    studio = open_studio(settings)
    for number in range(40):
        clock.advance(5)
        studio.compose.submit(replace(text_request, prompt=f"Clip {number} " * 30), f"{number}")
    studio.close()
    path = settings.data_dir / "history.db"
    with closing(sqlite3.connect(path)) as connection:
        query = "select rootpage from sqlite_master where name = 'generations'"
        (page,) = connection.execute(query).fetchone()
    spoil(path, (page - 1) * 4096, 2048)
    again = open_studio(settings)
    assert len(damaged(settings)) == 1
    assert again.history.sums(Filter()).totals.generations == 40


def test_what_waits_in_the_wal_goes_aside_with_the_file(
    open_studio: OpenStudio, settings: Settings, text_request: Request
) -> None:
    studio = open_studio(settings)
    studio.compose.submit(text_request, "one")
    folder = settings.data_dir
    saved = {path.name: path.read_bytes() for path in folder.glob("history.db*")}
    studio.close()
    for name, content in saved.items():
        (folder / name).write_bytes(content)
    assert (folder / "history.db-wal").stat().st_size
    spoil(folder / "history.db", 0, 100)
    wreck = {name: (folder / name).read_bytes() for name in ("history.db", "history.db-wal")}
    open_studio(settings)
    aside = damaged(settings)[0].name
    assert (folder / aside).read_bytes() == wreck["history.db"]
    assert (folder / f"{aside}-wal").read_bytes() == wreck["history.db-wal"]


def test_without_a_backup_a_new_history_takes_in_what_is_left(
    open_studio: OpenStudio, settings: Settings, settle: Settle, text_request: Request
) -> None:
    studio = open_studio(settings)
    done = settle(studio, studio.compose.submit(text_request, "one")[0])
    studio.close()
    (settings.data_dir / "history.db").write_bytes(b"this is no database" * 1000)
    again = open_studio(settings)
    assert again.maintenance.rescue
    assert (again.maintenance.rescue.backup, again.maintenance.rescue.added) == ("", 1)
    assert again.generations.get(done.id).outputs == done.outputs


def test_a_damaged_history_that_another_server_has_open_is_not_moved(
    studio: Studio, settings: Settings
) -> None:
    spoil(settings.data_dir / "history.db", 0, 100)
    with pytest.raises(StoreError, match="another server has it open"):
        Studio(settings)
    assert damaged(settings) == []


def test_a_rescue_that_was_cut_off_is_finished_at_the_next_start(
    open_studio: OpenStudio, settings: Settings, text_request: Request
) -> None:
    studio = open_studio(settings)
    generation, _ = studio.compose.submit(text_request, "one")
    studio.close()
    (settings.data_dir / "history.db").rename(settings.data_dir / "history.ready")
    assert open_studio(settings).generations.get(generation.id).status is Status.QUEUED


def test_a_large_history_is_checked_while_the_server_runs_and_mended_at_the_next_start(
    open_studio: OpenStudio,
    settings: Settings,
    text_request: Request,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rescue, "SMALL_BYTES", 0)
    studio = open_studio(settings)
    studio.compose.submit(text_request, "one")
    studio.close()
    path = settings.data_dir / "history.db"
    with closing(sqlite3.connect(path)) as connection:
        query = "select rootpage from sqlite_master where name = 'drafts'"
        (page,) = connection.execute(query).fetchone()
    spoil(path, (page - 1) * 4096, 4096)
    running = open_studio(settings)
    assert damaged(settings) == [], "the start does not wait for the check"
    running.tracker._leader.take()
    running.maintenance.step()
    assert running.maintenance.damage
    assert running.maintenance.backups() == [], "a damaged history pushes no sound copy out"
    running.close()
    assert open_studio(settings).maintenance.rescue
    assert len(damaged(settings)) == 1


def test_a_sound_history_is_not_changed_by_the_look_at_it(
    open_studio: OpenStudio, settings: Settings, text_request: Request
) -> None:
    studio = open_studio(settings)
    studio.compose.submit(text_request, "one")
    before = {
        p.name: p.read_bytes() for p in settings.data_dir.glob("history.db*") if "shm" not in p.name
    }
    assert damage(settings.data_dir / "history.db") == ""
    after = {
        p.name: p.read_bytes() for p in settings.data_dir.glob("history.db*") if "shm" not in p.name
    }
    assert after == before


def test_backups_that_many_servers_make_at_once_are_all_whole(
    file: HistoryFile, tmp_path: Path, clock: Clock
) -> None:
    folder = tmp_path / "shared"
    made: list[Backup] = []

    def make() -> None:
        made.append(Backups(folder, 9, Disk(tmp_path, 0), clock.now).make(file))

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.name for one in made}) == 6
    assert all(damage(one.path) == "" for one in made)
