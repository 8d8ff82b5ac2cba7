"""The facets are those of the rows at every moment, whoever writes, and after a restore."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from pyroaring import BitMap
from sqlite_utils.utils import sqlite3

from core.errors import StoreError
from core.generations import Request, Review, Status
from core.storage.bitmaps.dimensions import DIMENSIONS, Dimension
from core.storage.bitmaps.facets import Facets
from core.storage.bitmaps.places import numbered
from core.storage.database import HistoryFile, stamp
from core.storage.history import Filter, History, Order
from core.storage.migrations.m012_changes import notes
from core.storage.store import Store
from tests.conftest import NOON, ROOT
from tests.core.storage.search.test_matching import row
from tests.core.storage.test_history import KEYS, matches, totals_by_hand

WRITER = """
import random, sys
from pathlib import Path
from core.storage.database import HistoryFile
from tests.core.storage.bitmaps.test_latest import change

file = HistoryFile(Path(sys.argv[1]))
dice = random.Random(sys.argv[2])
for _ in range(int(sys.argv[3])):
    change(file, dice)
"""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[HistoryFile]:
    with closing(HistoryFile(tmp_path / "history.db")) as file:
        yield file


def add(file: HistoryFile, key: str, dice: random.Random) -> None:
    request = Request(
        "text_to_video",
        dice.choice(["quill", "plume"]),
        dice.choice(["A sea", "A lake"]),
        {"duration": dice.randrange(9)},
    )
    at = NOON - timedelta(minutes=dice.randrange(60 * 24 * 5))
    Store(file).add(
        request,
        idempotency_key=key,
        kind="text",
        quoted=dice.choice([None, 10, 25]),
        demo=dice.random() < 0.3,
        now=at,
    )


def change(file: HistoryFile, dice: random.Random) -> None:
    """Whatever a server does to a history: a new one, a step of an old one, a mark, a deletion."""
    with file.reading() as connection:
        ids = [row["id"] for row in connection.execute("select id from generations")]
    what = dice.random()
    if not ids or what < 0.3:
        add(file, str(dice.random()), dice)
        return
    number = dice.choice(ids) if what < 0.9 else max(ids)
    if what < 0.6:
        with file.tx() as db:
            db.execute(
                "update generations set status = ?, task_id = ?, credits_estimated = ?,"
                " credits_charged = ? where id = ?",
                [
                    dice.choice([Status.RUNNING, Status.SUCCEEDED, Status.FAILED]),
                    f"t{number}",
                    dice.choice([None, 30]),
                    dice.choice([None, 0, 24]),
                    number,
                ],
            )
    elif what < 0.85:
        Store(file).note(number, favourite=dice.random() < 0.5)
    else:
        with file.tx() as db:
            db.execute("delete from events where generation_id = ?", [number])
            db.execute("delete from generations where id = ?", [number])


def agrees(file: HistoryFile) -> int:
    """How many generations there are, after comparing every value of each with its row."""
    with file.indexed() as (connection, facets):
        rows = connection.execute("select id from generations order by id").fetchall()
        assert ids(facets, facets.everything) == {row["id"] for row in rows}
        for each in DIMENSIONS:
            found = {
                (number, value)
                for value, bitmap in facets.of(each.name).items()
                for number in ids(facets, bitmap)
            }
            assert found == {
                tuple(row)
                for row in connection.execute(
                    f"select {each.id}, {each.value} from {each.table}"
                    f" where {each.value} is not null"
                )
            }
    return len(rows)


def ids(facets: Facets, bitmap: BitMap) -> set[int]:
    return set(facets.places.ids(numbered(bitmap)))


def asked(file: HistoryFile, dice: random.Random) -> None:
    """Any question is answered as by hand, over the rows as they are."""
    with file.reading() as connection:
        numbers = [row["id"] for row in connection.execute("select id from generations")]
    everything = [Store(file).get(number) for number in numbers]
    day = NOON.date() - timedelta(days=dice.randrange(5))
    chosen = Filter(
        search=dice.choice(["", "sea", "se", "lake"]),
        status=tuple(dice.sample([*Status], dice.choice([0, 0, 4]))),
        model=dice.choice([(), (), ("quill",)]),
        kind=dice.choice([(), (), ("text",), ("image",)]),
        since=dice.choice([None, None, day]),
        favourite=dice.random() < 0.3,
    )
    order = dice.choice([*Order])
    found = [one for one in everything if matches(one, chosen)]
    found.sort(key=KEYS[order], reverse=order is not Order.OLDEST)
    history = History(file)
    assert history.page(chosen, order, 1, 500) == found
    assert history.sums(chosen, order).totals == totals_by_hand(found)
    assert history.models() == {one.request.model for one in everything}


@pytest.mark.slow
def test_two_servers_on_one_folder_see_what_either_does(file: HistoryFile) -> None:
    dice = random.Random(5)
    with closing(HistoryFile(file.path)) as other:
        for _ in range(150):
            change(dice.choice([file, other]), dice)
            if dice.random() < 0.7:
                assert agrees(file) == agrees(other) == file.count()
                asked(dice.choice([file, other]), dice)
    assert file.count() > 5


@pytest.mark.slow
def test_threads_that_ask_while_threads_and_processes_write_never_see_half_a_change(
    file: HistoryFile,
) -> None:
    def ask(_: int) -> list[int]:
        return [agrees(file) for _ in range(60)]

    def write(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(60):
            change(file, dice)

    others = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(file.path), str(seed), "60"], cwd=ROOT)
        for seed in range(2)
    ]
    with ThreadPoolExecutor(5) as threads:
        writers = [threads.submit(write, seed) for seed in (7, 8)]
        assert all(min(seen) >= 0 for seen in threads.map(ask, range(3)))
        for writer in writers:
            writer.result()
    assert [other.wait() for other in others] == [0, 0]
    assert agrees(file) == file.count() > 20


def test_a_restore_is_noticed_though_as_much_was_changed_before_it_as_after(
    file: HistoryFile, tmp_path: Path
) -> None:
    dice = random.Random(6)
    for number in range(5):
        add(file, str(number), dice)
    file.copy(tmp_path / "older.db")
    Store(file).note(1, favourite=True)
    with closing(HistoryFile(file.path)) as other:
        assert agrees(file) == agrees(other) == 5

        def finish(_: sqlite3.Connection) -> None:
            with closing(HistoryFile(tmp_path / "older.db")) as older:
                Store(older).note(2, favourite=True)

        file.replace_with(tmp_path / "older.db", tmp_path / "aside.db", finish)
        for each in (file, other):
            assert agrees(each) == 5
            assert marked(each) == [2]


def test_another_file_in_its_place_is_noticed(file: HistoryFile, tmp_path: Path) -> None:
    dice = random.Random(6)
    for number in range(5):
        add(file, str(number), dice)
    file.copy(tmp_path / "copy.db")
    Store(file).note(1, favourite=True)
    assert marked(file) == [1]
    with closing(HistoryFile(tmp_path / "copy.db")) as copy:
        Store(copy).note(2, favourite=True)
        with copy.tx() as db:
            db.execute("delete from events where generation_id = 5")
            db.execute("delete from generations where id = 5")
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"history.db{suffix}").unlink(missing_ok=True)
    (tmp_path / "copy.db").rename(file.path)
    assert marked(file) == [2]
    assert agrees(file) == 4


def marked(file: HistoryFile) -> list[int]:
    return [one.id for one in History(file).page(Filter(favourite=True), Order.NEWEST, 1, 9)]


def test_who_is_too_far_behind_reads_everything_again(file: HistoryFile) -> None:
    dice = random.Random(9)
    for number in range(9):
        add(file, str(number), dice)
    assert agrees(file) == 9
    for number in range(1, 10):
        Store(file).note(number, favourite=True)
    with file.tx() as db:
        db.execute("delete from changes where number < (select max(number) from changes)")
    assert agrees(file) == 9
    assert len(marked(file)) == 9


def test_an_id_between_others_and_one_that_is_given_again_find_their_places(
    file: HistoryFile,
) -> None:
    dice = random.Random(9)
    for count, number in enumerate((1 << 60, 7, 5, 1 << 40), start=1):
        with file.tx() as db:
            db.table("generations").insert(row(number, dice))
        assert agrees(file) == count
    for _ in range(3):
        with file.tx() as db:
            db.execute("delete from generations where id = ?", [1 << 60])
            db.table("generations").insert(row(1 << 60, dice))
        assert agrees(file) == 4


def test_what_is_written_but_not_changed_is_nothing_to_read_again(file: HistoryFile) -> None:
    add(file, "one", random.Random(1))

    def noted() -> int:
        with file.reading() as connection:
            return int(connection.execute("select count(*) from changes").fetchone()[0])

    before = noted()
    Store(file).note(1, favourite=False)
    Store(file).move(Store(file).get(1), Status.QUEUED, NOON, progress=0.5)
    assert noted() == before
    Store(file).note(1, favourite=True)
    assert noted() == before + 1


def test_who_cannot_wait_is_told_so(file: HistoryFile) -> None:
    with (
        ThreadPoolExecutor(1) as thread,
        file.indexed(),
        pytest.raises(StoreError, match="still being read"),
    ):
        thread.submit(lambda: file.indexed(0.01).__enter__()).result()


def test_a_failed_question_leaves_the_facets_whole(file: HistoryFile) -> None:
    add(file, "one", random.Random(1))
    for _ in range(2):
        with pytest.raises(KeyError), file.indexed():
            raise KeyError
        add(file, str(_), random.Random(_))
    assert agrees(file) == 3


@pytest.mark.slow
def test_values_that_are_read_together_make_few_combinations(file: HistoryFile) -> None:
    """One text is understood for each combination, so that a million are read in seconds."""
    count, dice = 3000, random.Random(4)
    with file.tx() as db:
        db.table("projects").insert_all(
            {"id": n, "uid": f"u{n}", "key": f"p{n}", "name": f"P{n}"}
            | {"created_at": stamp(NOON), "created_by": "Ann"}
            for n in range(1, 9)
        )
        db.table("generations").insert_all(spoken_of(number, dice) for number in range(1, count))
        groups: dict[tuple[str, str], list[str]] = {}
        for each in DIMENSIONS:
            groups.setdefault((each.table, each.group), []).append(each.value)
        for (table, _), values in groups.items():
            question = f"select count(distinct json_array({', '.join(values)})) from {table}"
            assert db.execute(question).fetchone()[0] < count / 5


def spoken_of(number: int, dice: random.Random) -> dict[str, object]:
    """A generation whose values have nothing to do with each other."""
    return row(number, dice) | {
        "project_id": dice.choice([None, *range(1, 9)]),
        "author": dice.choice(["Ann", "Ben", "Cem", "Dee"]),
        "review": dice.choice([*Review]),
        "stars": dice.choice([None, *range(100, 501, 50)]),
        "trashed_at": dice.choice([None, stamp(NOON)]),
    }


def test_a_dimension_may_come_from_another_table_and_have_several_values(
    file: HistoryFile,
) -> None:
    for number in range(3):
        add(file, str(number), random.Random(number))
    with file.tx() as db:
        db.execute(
            "create table labels (made integer not null references generations (id), label text)"
        )
        for statement in notes("labels", "made", "made, label"):
            db.execute(statement)
        db.execute("insert into labels values (1, 'sea'), (1, 'blue'), (3, 'sea'), (2, null)")
    labels = Dimension("label", "label", "labels", "made")
    facets = Facets([*DIMENSIONS, labels])
    with file.reading() as connection:
        facets.load(connection)
    assert {value: ids(facets, found) for value, found in facets.of("label").items()} == {
        "sea": {1, 3},
        "blue": {1},
    }
    with file.tx() as db:
        (before,) = db.execute("select max(number) from changes").fetchone()
        db.execute("delete from labels where label = 'blue'")
        db.execute("insert into labels values (2, 'red')")
        db.execute("update labels set label = 'lake' where made = 3")
        rows = db.execute("select generation_id from changes where number > ?", [before])
        changed = [row[0] for row in rows.fetchall()]
    assert sorted(changed) == [1, 2, 3]
    with file.reading() as connection:
        facets.load(connection, changed)
    assert {value: ids(facets, found) for value, found in facets.of("label").items()} == {
        "sea": {1},
        "red": {2},
        "lake": {3},
    }


def test_a_search_that_was_asked_before_finds_what_has_changed_since(file: HistoryFile) -> None:
    """Also what changes no generation: the name of a project."""
    dice, history = random.Random(2), History(file)
    with file.tx() as db:
        db.execute("insert into projects values (1, 'u', 'sea', 'Sea', '', 'Ann', null, 0)")
        db.table("generations").insert(spoken_of(1, dice) | {"project_id": 1, "trashed_at": None})

    def found(search: str) -> int:
        return sum(history.counts("kind", Filter(search=search)).values())

    assert [found("project:Sea"), found("project:Lake")] == [1, 0]
    with file.tx() as db:
        db.execute("update projects set key = 'lake', name = 'Lake'")
    assert [found("project:Sea"), found("project:Lake")] == [0, 1]
    with file.tx() as db:
        db.execute("update generations set project_id = null")
        db.table("generations").insert(spoken_of(2, dice) | {"project_id": 1, "trashed_at": None})
        db.table("generations").insert(spoken_of(3, dice) | {"project_id": 1, "trashed_at": None})
    assert [found("project:Sea"), found("project:Lake")] == [0, 2]
