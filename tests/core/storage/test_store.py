"""The history file: opened, migrated, written by many, moved by compare-and-set."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.families import Origin, Way
from core.errors import StoreError, TaskTaken, UnknownGeneration
from core.files import Output, Upload
from core.generations import Generation, Input, Request, Shot, Status, Value
from core.storage.database import HistoryFile, moment, stamp
from core.storage.history import Filter, History, Order
from core.storage.making.drafts import Draft, DraftStore
from core.storage.making.provider_uploads import ProviderUploads
from core.storage.migrations import migrations
from core.storage.store import Store
from tests.conftest import NOON, ROOT

SEA = Request("text_to_video", "plume_2", "A quiet sea", {"duration": 5, "audio": True})
CLIP = Output(0, "a.mp4", "video/mp4", 10, "ab", 1280, 720, 5.0, 24.0, "a.jpg")


@pytest.fixture
def file(tmp_path: Path, empty_history: Path) -> Iterator[HistoryFile]:
    """A new history file."""
    opened = HistoryFile(Path(shutil.copy(empty_history, tmp_path)))
    yield opened
    opened.close()


@pytest.fixture
def store(file: HistoryFile) -> Store:
    """Its writing side."""
    return Store(file)


def add(
    store: Store, request: Request = SEA, key: str = "one", now: datetime = NOON, **changes: Any
) -> Generation:
    """A queued live generation that costs 60."""
    given: dict[str, Any] = {"kind": "text", "quoted": 60, "demo": False} | changes
    return store.add(request, idempotency_key=key, now=now, **given)[0]


# -- opening --------------------------------------------------------------------------------------


def schema(path: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(path)
    found = connection.execute("select name, sql from sqlite_master order by name").fetchall()
    connection.close()
    return [tuple(row) for row in found]


def test_a_new_file_is_migrated_and_durable(file: HistoryFile) -> None:
    with file.reading() as connection:
        pragmas = {
            name: connection.execute(f"pragma {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert "generations" in dict(schema(file.path))


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    HistoryFile(path).close()
    before = schema(path)
    HistoryFile(path).close()
    assert schema(path) == before


@pytest.mark.slow
def test_many_threads_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    for attempt in range(5):
        path = tmp_path / f"{attempt}.db"
        with ThreadPoolExecutor(8) as pool:
            opened = list(pool.map(lambda _, path=path: HistoryFile(path), range(8)))
        applied = list(Database(path).table("_sqlite_migrations").rows)
        assert len(applied) == len(migrations._migrations)
        for one in opened:
            one.close()


@pytest.mark.slow
def test_many_processes_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from core.storage.database import HistoryFile;"
        "sys.stdin.read(1); HistoryFile(Path(sys.argv[1])).close()"
    )
    path = tmp_path / "history.db"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)], cwd=ROOT, stdin=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.write(b"!")
        process.stdin.close()
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]


def test_a_history_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    HistoryFile(path).close()
    database = Database(path)
    row = {"migration_set": "dailies", "name": "m999_future", "applied_at": "2031"}
    database.table("_sqlite_migrations").insert(row)
    database.close()
    before = schema(path)
    with pytest.raises(StoreError, match="newer version") as caught:
        HistoryFile(path)
    assert caught.value.hint
    assert schema(path) == before


def test_a_step_that_failed_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    connection = sqlite3.connect(path)
    connection.execute("create table uploads (surprise text)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError):
        HistoryFile(path)
    assert "generations" not in dict(schema(path))


@pytest.mark.parametrize("kind", ["no database", "a folder", "under a file"])
def test_what_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "history.db"
    if kind == "no database":
        path.write_bytes(b"not a database" * 100)
    elif kind == "a folder":
        path.mkdir()
    else:
        path.write_bytes(b"")
        path = path / "history.db"
    with pytest.raises(StoreError) as caught:
        HistoryFile(path)
    assert "cannot be opened" in caught.value.message
    assert "DAILIES_DATA_DIR" in caught.value.hint


def without_override() -> None:
    """Give up what lets root write where nobody may, for this process and all after it."""
    drop, override = 24, 1  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE
    if ctypes.CDLL(None, use_errno=True).prctl(drop, override, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "the capability cannot be given up")


@pytest.mark.slow
def test_a_read_only_folder_is_said_in_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o555)
    program = (
        "import sys; from core.settings import Settings; from core.studio import Studio;"
        "from core.errors import SettingsError; from pathlib import Path\n"
        "try: Studio(Settings(Path(sys.argv[1]), api_key='k'))\n"
        "except SettingsError as error: print(error.message, error.hint)"
    )
    is_root = os.getuid() == 0
    if is_root and sys.platform != "linux":
        pytest.skip("root writes everywhere")
    run = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=without_override if is_root else None,
    )
    assert "cannot be written (Permission denied). Set DAILIES_DATA_DIR" in run.stdout


def test_a_folder_that_vanishes_later_is_said_in_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = Store(HistoryFile(folder / "history.db"))
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        add(store)
    with pytest.raises(StoreError):
        store.get(1)
    (tmp_path / "elsewhere").rename(folder)
    assert add(store).status is Status.QUEUED
    store._file.close()


# -- writing down ---------------------------------------------------------------------------------


def test_a_request_is_written_down_whole_and_read_back_the_same(store: Store) -> None:
    request = replace(
        SEA,
        prompt='He said "hé" 🎬\n# <b>not markdown</b>',
        params={"duration": 5, "audio": False, "ratio": "1280:720", "a.b": "ü"},
        inputs=(Input("first", sha256="ab" * 32), Input("last", url="https://x.example/ü.png")),
    )
    found = add(store, request)
    assert found.request == request
    assert store.get(found.id) == found
    assert (found.status, found.credits_quoted, found.credits) == (Status.QUEUED, 60, 60)
    assert (found.created_at, found.demo) == (moment(stamp(NOON)), False)
    assert [event.status for event in store.events(found.id)] == [Status.QUEUED]


@pytest.mark.point(14)
def test_one_intent_makes_one_row_however_many_threads_write_it(store: Store) -> None:
    barrier = threading.Barrier(8)

    def write(number: int) -> tuple[int, bool]:
        barrier.wait()
        request = replace(SEA, prompt=f"Sea {number % 2}")
        made, new = store.add(
            request, idempotency_key="one", kind="text", quoted=1, demo=False, now=NOON
        )
        return made.id, new

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(write, range(8)))
    assert {made for made, _ in results} == {1}
    assert Counter(new for _, new in results) == {True: 1, False: 7}


@pytest.mark.point(10)
@pytest.mark.slow
def test_writes_from_threads_and_processes_at_once_are_all_there(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    program = (
        "import sys; from tests.core.storage.test_store import *;"
        "store = Store(HistoryFile(Path(sys.argv[1])));"
        "[add(store, key=f'{sys.argv[2]}-{n}', now=NOON + n * timedelta(seconds=5),"
        " request=replace(SEA, prompt=sys.argv[2])) for n in range(40)]; store._file.close()"
    )
    file = HistoryFile(path)
    processes = [
        subprocess.Popen([sys.executable, "-c", program, str(path), str(n)], cwd=ROOT)
        for n in range(2)
    ]
    store = Store(file)
    with ThreadPoolExecutor(8) as pool:
        requests = [replace(SEA, prompt=f"t{n}") for n in range(160)]
        list(pool.map(lambda r: add(store, r, key=r.prompt), requests))
    assert [process.wait(60) for process in processes] == [0, 0]
    with file.reading() as connection:
        assert connection.execute("select count(*) from generations").fetchone()[0] == 240
    assert History(file).sums(Filter()).totals.generations == 240
    file.close()


def test_the_same_intent_is_one_generation_and_the_same_request_as_many_as_are_wanted(
    store: Store,
) -> None:
    first = add(store, key="one")
    assert add(store, key="one", now=NOON + timedelta(seconds=9)).id == first.id
    assert len({first.id, add(store, key="two").id, add(store, key="three").id}) == 3


@pytest.mark.parametrize("ended", [Status.FAILED, Status.CANCELLED, Status.UNCONFIRMED])
def test_what_has_just_ended_in_vain_is_queued_again_when_it_is_ordered_again(
    store: Store, ended: Status
) -> None:
    first = add(store, key="one")
    assert store.move(first, ended, NOON)
    again = add(store, key="two")
    assert (again.id != first.id, again.status) == (True, Status.QUEUED)


def test_an_unknown_generation_is_said(store: Store) -> None:
    for number in (1, 0, -1, 2**63, 10**30):
        with pytest.raises(UnknownGeneration):
            store.get(number)


@pytest.mark.parametrize("prompt", ["a\x00b", "", " ", "\U0010ffff", "a" * 100_000])
def test_any_prompt_can_be_written_down(store: Store, prompt: str) -> None:
    assert add(store, replace(SEA, prompt=prompt)).request.prompt == prompt


# -- moving ---------------------------------------------------------------------------------------


def test_a_move_happens_only_from_the_status_that_was_seen(store: Store) -> None:
    seen = add(store)
    assert store.move(seen, Status.SUBMITTING, NOON, attempts=1)
    assert not store.move(seen, Status.FAILED, NOON, reason="late")
    found = store.get(seen.id)
    assert (found.status, found.attempts, found.reason) == (Status.SUBMITTING, 1, "")
    assert [e.status for e in store.events(seen.id)] == [Status.QUEUED, Status.SUBMITTING]


def test_of_many_moves_at_once_one_wins(store: Store) -> None:
    seen = add(store)
    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(lambda n: store.move(seen, Status.SUBMITTING, NOON, attempts=n), range(8))
        )
    assert sum(results) == 1
    assert store.get(seen.id).attempts == results.index(True)


def test_a_move_that_lost_leaves_no_event_and_no_output(store: Store) -> None:
    seen = add(store)
    store.move(seen, Status.FAILED, NOON)
    assert not store.move(seen, Status.SUCCEEDED, NOON, outputs=(CLIP,))
    assert store.get(seen.id).outputs == ()
    assert len(store.events(seen.id)) == 2


def test_a_move_to_the_same_status_writes_figures_but_no_event(store: Store) -> None:
    seen = add(store)
    later = NOON + timedelta(seconds=9)
    assert store.move(seen, Status.QUEUED, later, reason="Wait.", retry_at=later)
    assert (store.get(seen.id).reason, store.get(seen.id).retry_at) == (
        "Wait.",
        moment(stamp(later)),
    )
    assert len(store.events(seen.id)) == 1
    store.move(seen, Status.QUEUED, later, detail="Still waiting")
    assert [e.detail for e in store.events(seen.id)] == ["", "Still waiting"]


def test_an_end_is_stamped_and_carries_its_outputs(store: Store) -> None:
    seen = add(store)
    store.move(seen, Status.DOWNLOADING, NOON, task_id="t")
    second = replace(CLIP, position=1)
    store.move(store.get(seen.id), Status.SUCCEEDED, NOON, outputs=(second, CLIP))
    found = store.get(seen.id)
    assert found.finished_at == moment(stamp(NOON))
    assert found.outputs == (CLIP, second)
    assert found.main == CLIP


def test_a_generation_at_runway_always_has_its_task_id(store: Store) -> None:
    seen = add(store)
    with pytest.raises(sqlite3.IntegrityError):
        store.move(seen, Status.PENDING, NOON)


def test_two_generations_never_share_a_task(store: Store) -> None:
    first = add(store, key="one")
    store.move(first, Status.PENDING, NOON, task_id="t")
    other = add(store, key="two", now=NOON + timedelta(minutes=1))
    with pytest.raises(TaskTaken, match=f"Generation {first.id} is this task already") as caught:
        store.move(other, Status.PENDING, NOON, task_id="t")
    assert caught.value.owner == first.id
    assert store.get(other.id) == other


def test_only_open_generations_of_its_own_mode_are_the_trackers(store: Store) -> None:
    for number, status in enumerate(Status):
        for demo in (False, True):
            made = add(store, replace(SEA, prompt=f"{status}"), key=f"{number}{demo}", demo=demo)
            store.move(made, status, NOON, task_id=made.idempotency_key)
    for demo in (False, True):
        found = store.open_rows(demo=demo)
        assert [g.status for g in found] == [s for s in Status if not s.is_final]
        assert {store.get(g.id).demo for g in found} == {demo}


def test_notes_are_set_whatever_the_status(store: Store) -> None:
    seen = add(store)
    store.move(seen, Status.FAILED, NOON)
    store.note(seen.id, favourite=True)
    assert store.get(seen.id).favourite


# -- uploads and drafts ---------------------------------------------------------------------------


def test_the_same_picture_again_only_becomes_the_newest(store: Store) -> None:
    for minute, sha in enumerate(("aa", "bb", "aa")):
        at = NOON + timedelta(minutes=minute)
        store.add_upload(Upload(sha, f"{minute}.png", "image/png", 600, 4, 3, at))
    assert [(u.sha256, u.name) for u in store.uploads(9)] == [("aa", "2.png"), ("bb", "1.png")]
    assert store.uploads(1) == [store.upload("aa")]
    assert store.upload("cc") is None


def test_an_address_at_a_provider_is_known_for_its_life_and_its_host(
    store: Store, file: HistoryFile
) -> None:
    store.add_upload(Upload("aa", "a.png", "image/png", 600, 4, 3, NOON))
    there = ProviderUploads(file)
    there.add("aa", "https://one", "runway://1", NOON)
    life = timedelta(hours=20)

    def known(base: str, hours: float) -> str:
        return there.find("aa", base, NOON + timedelta(hours=hours), life)

    assert known("https://one", 19.9) == "runway://1"
    assert known("https://one", 20.1) == ""
    assert known("https://two", 1) == ""
    there.add("aa", "https://one", "runway://2", NOON + timedelta(hours=20))
    assert known("https://one", 21) == "runway://2"


def test_a_draft_is_kept_until_nobody_has_touched_it_for_long(file: HistoryFile) -> None:
    drafts = DraftStore(file)
    newer = Draft(replace(SEA, prompt="B"), Origin(7, Way.REMIX))
    drafts.save("me", Draft(SEA), NOON)
    assert drafts.get("me") == Draft(SEA)
    drafts.save("me", newer, NOON + timedelta(days=1))
    assert drafts.get("me") == newer
    assert drafts.get("you") is None
    drafts.drop(NOON + timedelta(hours=23))
    assert drafts.get("me")
    drafts.drop(NOON + timedelta(hours=25))
    assert drafts.get("me") is None


def test_moments_survive_the_file_and_sort_as_text() -> None:
    moments = [NOON + timedelta(milliseconds=n * 377) for n in range(50)]
    texts = [stamp(one) for one in moments]
    assert texts == sorted(texts)
    assert all(
        abs(moment(t) - m) < timedelta(milliseconds=1) for t, m in zip(texts, moments, strict=True)
    )
    assert moment(stamp(NOON)).tzinfo is UTC or moment(stamp(NOON)).utcoffset() == timedelta()


@pytest.mark.parametrize("prompt", ["", "A harbour at dawn"])
def test_the_words_of_shots_are_searched_and_listed_as_a_prompt_is(
    tmp_path: Path, prompt: str
) -> None:
    shots: list[Shot] = [{"duration": n, "prompt": f"Shot {n} of a 'harbour'"} for n in (2, 10, 3)]
    odd: dict[str, Value] = {
        "ratio": "1:1",
        "palette": ["#fff"],
        "empty": [],
        "scale": 0.5,
        "more.shots": shots,
    }
    several = Request("text_to_video", "plume_2", prompt, odd)
    single = replace(SEA, prompt='Code [{"duration": 2}] in a harbour')
    with closing(HistoryFile(tmp_path / "history.db")) as file:
        for request in (several, single, replace(SEA, prompt="")):
            add(Store(file), request, request.fingerprint)
        written = History(file).prompts("harbour", 9)
        # As an older Dailies wrote it.
        with file.tx() as db:
            db.execute("update generations set prompt = ?, duration = 0 where id = 1", [prompt])
            db.execute("delete from _sqlite_migrations where name = 'm007_shots'")
    with closing(HistoryFile(tmp_path / "history.db")) as file:
        history = History(file)
        assert history.prompts("harbour", 9) == written == [single.prompt, several.words]
        found = history.page(Filter(search="shot harbour"), Order.NEWEST, 1, 9)
        assert [one.request for one in found] == [several]
        assert found[0].request.words.split("\n")[-3:] == [shot["prompt"] for shot in shots]
        longest, *_ = history.page(Filter(), Order.DURATION, 1, 9)
        assert longest.request == several


def test_every_migration_step_has_its_number_in_order() -> None:
    names = [step.name for step in migrations._migrations]
    numbers = [name[:4] for name in names]
    assert numbers == sorted(set(numbers))
    assert all(number[1:].isdecimal() for number in numbers)
