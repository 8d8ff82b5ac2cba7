"""An action on thousands lets others write meanwhile, and is one action all the same."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.domain.reviews import IN_TRASH, YES, CutOff, Decision, Outcome, What
from core.generations import Request, Review
from core.storage.database import HistoryFile, stamp
from core.storage.desk.decisions import RESTORED, Decisions, decisions
from core.storage.desk.unfinished import STILL
from core.storage.pace import Pace
from core.storage.rows import request_cells
from core.storage.store import Store
from tests.conftest import NOON

MANY = 5_000
IDS = range(1, MANY + 1)
FEW = 600
SOME = range(1, FEW + 1)
QUICK = Pace(at_once=100, pause_seconds=0)
TAGGED = "select count(*) from generation_tags"


class Killed(BaseException):
    """What ends a server in the middle of an action."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of many clips that nobody has decided on."""
    path = tmp_path_factory.mktemp("made") / "history.db"
    request = Request("text_to_video", "gen4.5", "A lamp in the fog", {"duration": 5})
    row = request_cells(request) | {
        "status": "succeeded",
        "kind": "text",
        "demo": False,
        "created_at": stamp(NOON),
        "updated_at": stamp(NOON),
    }
    with closing(HistoryFile(path)) as file, file.tx() as db:
        db.table("generations").insert_all(
            row | {"id": number, "idempotency_key": str(number), "task_id": f"task-{number}"}
            for number in IDS
        )
    return path


@pytest.fixture
def file(made: Path, tmp_path: Path) -> Iterator[HistoryFile]:
    shutil.copy(made, tmp_path / "history.db")
    with closing(HistoryFile(tmp_path / "history.db")) as opened:
        yield opened


def count(file: HistoryFile, question: str = TAGGED) -> int:
    with file.reading() as connection:
        (found,) = connection.execute(question).fetchone()
    return int(found)


def told(file: HistoryFile) -> list[Decision]:
    with file.reading() as connection:
        return list(decisions(connection, "1"))


def tag(decided: Decisions, ids: range, **more: object) -> Outcome:
    return decided.change(ids, What.TAG, "sea", YES, person="ann", now=NOON, **more)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("apart", [False, True], ids=["same server", "another server"])
def test_another_writes_while_thousands_are_changed(file: HistoryFile, apart: bool) -> None:
    """Each of its writes begins to wait at any moment of a slice, and is done slices later."""
    with closing(HistoryFile(file.path)) as another:
        store = Store(another if apart else file)
        begun, ended = threading.Event(), threading.Event()
        written: list[int] = []
        seen: list[int] = []

        def write() -> None:
            begun.wait()
            while not ended.wait(0.005):
                store.note(1, favourite=not len(written) % 2)
                written.append(1)

        def progress(done: int, total: int) -> None:
            begun.set()
            seen.append(len(written))

        writer = threading.Thread(target=write)
        writer.start()
        try:
            whole = tag(Decisions(file), IDS, progress=progress)
        finally:
            begun.set()
            ended.set()
            writer.join()
    assert len(seen) == 10
    assert len(set(seen)) >= 3, "others waited for all of it"
    assert len(whole.changed) == MANY


@pytest.mark.slow
def test_one_undo_takes_back_many(file: HistoryFile) -> None:
    decided = Decisions(file, QUICK)
    done = tag(decided, SOME)
    assert {one.action for one in told(file)} == {done.action}
    assert done.changed == tuple(SOME)
    assert done.action
    decided.change([7], What.TAG, "SEA", "", person="bob", now=NOON)
    seen: list[tuple[int, int]] = []
    undone = decided.undo(
        done.action, person="ann", now=NOON, progress=lambda *now: seen.append(now)
    )
    assert seen == [(n, FEW) for n in range(100, FEW + 1, 100)]
    assert undone.refused.keys() == {7}
    assert len(undone.changed) == FEW - 1
    assert count(file) == 0
    assert undone.action
    assert len(decided.undo(undone.action, person="ann", now=NOON).changed) == FEW - 1
    assert count(file) == FEW - 1


def test_what_was_done_of_an_action_that_was_cut_off_is_undone(file: HistoryFile) -> None:
    decided = Decisions(file, QUICK)
    decided.change([1, 250], What.TAG, "Sea", YES, person="bob", now=NOON)

    def kill(done: int, _: int) -> None:
        # Others decide in between, and keep what they have decided.
        decided.change([FEW - done], What.REVIEW, "", Review.APPROVED, person="bob", now=NOON)
        if done == 300:
            raise Killed

    with pytest.raises(Killed):
        tag(decided, SOME, progress=kill)
    (action,) = {one.action for one in told(file) if one.person == "ann"}
    assert count(file) == 300
    undone = decided.undo(action, person="ann", now=NOON)
    assert not undone.refused
    assert sorted(undone.changed) == [n for n in SOME if n <= 300 and n not in (1, 250)]
    assert count(file) == 2
    assert count(file, "select count(*) from generations where review = 'approved'") == 3


def test_an_undo_that_was_cut_off_is_finished_by_another(file: HistoryFile) -> None:
    decided = Decisions(file, QUICK)
    done = tag(decided, SOME)
    assert done.action

    def kill(done: int, _: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        decided.undo(done.action, person="ann", now=NOON, progress=kill)
    assert count(file) == FEW - 100
    assert len(decided.undo(done.action, person="ann", now=NOON).changed) == FEW - 100
    assert count(file) == 0


def test_an_action_whose_first_slices_change_nothing_has_a_number_of_its_own(
    file: HistoryFile,
) -> None:
    """Others decide before it has a decision that could hold its number."""
    decided = Decisions(file, QUICK)
    decided.change(range(1, 301), What.TRASH, "", IN_TRASH, person="ann", now=NOON)
    others: list[int | None] = []

    def meddle(done: int, _: int) -> None:
        outcome = decided.change([done], What.TAG, "sea", YES, person="bob", now=NOON)
        others.append(outcome.action)

    done = decided.change(
        range(1, 601), What.TRASH, "", IN_TRASH, person="ann", now=NOON, progress=meddle
    )
    assert done.changed == tuple(range(301, 601))
    assert done.action
    assert len({done.action, *others}) == 7
    assert len(decided.undo(done.action, person="ann", now=NOON).changed) == 300
    assert count(file) == 6


def test_the_rest_is_named_when_another_history_is_restored_in_between(file: HistoryFile) -> None:
    decided = Decisions(file, QUICK)

    def restore(done: int, _: int) -> None:
        if done == 300:
            with file.tx() as db:
                db.execute("update epoch set id = 'another'")

    done = tag(decided, SOME, progress=restore)
    assert done.changed == tuple(range(1, 301))
    assert set(done.refused) == set(range(301, FEW + 1))
    assert set(done.refused.values()) == {RESTORED}
    assert count(file) == 300


def test_an_action_that_was_cut_off_is_found_once_it_stands_still(file: HistoryFile) -> None:
    decided = Decisions(file, QUICK, lambda: NOON)
    seen: list[list[CutOff]] = []

    def kill(done: int, _: int) -> None:
        seen.append(Decisions(file, QUICK, later).cut_off())
        seen.append(decided.cut_off())
        if done == 300:
            raise Killed

    def later() -> datetime:
        return NOON + STILL + timedelta(seconds=1)

    with pytest.raises(Killed):
        tag(decided, SOME, progress=kill)
    assert [bool(one) for one in seen] == [True, False] * 3
    assert Decisions(file, QUICK, lambda: NOON).cut_off() == []

    again = Decisions(file, QUICK, later)
    (found,) = again.cut_off()
    assert (found.done, found.total) == (300, FEW)
    assert (found.first.what, found.first.subject, found.first.person) == (What.TAG, "sea", "ann")
    assert again.undo(found.action, person="bob", now=NOON).changed
    assert count(file) == 0
    assert again.cut_off() == []


def test_what_was_cut_off_is_kept_or_stays_with_whom_it_belongs_to(file: HistoryFile) -> None:
    decided = Decisions(file, QUICK, lambda: NOON + 2 * STILL)
    for value in "45":
        with pytest.raises(Killed):
            Decisions(file, QUICK, lambda: NOON).change(
                SOME, What.STARS, "ann", value, person="ann", now=NOON, progress=_kill
            )
    first, last = decided.cut_off()
    decided.keep(first.action)
    assert decided.cut_off() == [last]
    assert not decided.undo(last.action, person="bob", now=NOON).changed
    assert decided.cut_off() == [last]
    assert len(decided.undo(last.action, person="ann", now=NOON).changed) == 100
    assert decided.cut_off() == []


def _kill(done: int, _: int) -> None:
    raise Killed


def test_what_has_ended_or_says_itself_what_it_left_is_not_cut_off(file: HistoryFile) -> None:
    decided = Decisions(file, QUICK, lambda: NOON)
    later = Decisions(file, QUICK, lambda: NOON + 2 * STILL)
    done = tag(decided, SOME)
    assert done.action
    assert later.cut_off() == []

    def restore(done: int, _: int) -> None:
        with file.tx() as db:
            db.execute("update epoch set id = 'another'")

    assert decided.undo(done.action, person="ann", now=NOON, progress=restore).refused
    assert later.cut_off() == []
