"""Changes that people make to generations: each is written with the decision that tells of it.

Whoever comes second sees what the first one left: a change is read, written and noted within one
transaction, and an undo restores only what nobody has changed since. An action on many goes in
slices of one number, so what was done of one that was cut off is undone like a whole one; it is
found again, and somebody decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.reviews import EMPTIED, MOST_AT_ONCE, CutOff, Decision, Outcome, What
from core.errors import InvalidReview, StoreError
from core.storage.database import HistoryFile, moment, utc_now
from core.storage.desk import unfinished
from core.storage.desk.action import Action, Step
from core.storage.pace import USUAL, Pace, Progress, untold
from core.text.names import key

CHANGED_SINCE = "It was changed since."
NOT_YOURS = "Only who wrote it can take it back."
OWN = frozenset({What.STARS, What.NOTE})
"""What only the person who made it may undo."""
RESTORED = "Another history was restored meanwhile."


class Decisions:
    def __init__(
        self,
        file: HistoryFile,
        pace: Pace = USUAL,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """`clock` tells when an action on many has moved last."""
        self._file = file
        self._pace = pace
        self._clock = clock
        self._running: set[int] = set()

    def act(self, person: str, now: datetime, step: Step, *, guest: str = "") -> Outcome:
        """All of an action, or nothing."""
        with self._file.tx() as db:
            action = Action(db, person, now, guest=guest)
            step(db, action)
            return action.outcome

    def change(
        self,
        generation_ids: Sequence[int],
        what: What,
        subject: str,
        value: str,
        *,
        person: str,
        now: datetime,
        progress: Progress = untold,
    ) -> Outcome:
        """Give each of them this value; one that has it already stays as it is.

        Raises InvalidReview when they are too many for one action, and StoreError when none could
        be written.
        """
        if len(generation_ids) > MOST_AT_ONCE:
            raise InvalidReview(f"Choose at most {MOST_AT_ONCE:,} at once.")

        def step(generation_id: int, _: Database, action: Action) -> None:
            action.set(generation_id, what, subject, value)

        with self._file.reading() as connection:
            epoch = _epoch(connection)
        steps = [(one, partial(step, one)) for one in dict.fromkeys(generation_ids)]
        return self._in_slices(steps, epoch, person, now, progress)

    def undo(
        self, action_id: int, *, person: str, now: datetime, progress: Progress = untold
    ) -> Outcome:
        """Restore what was before an action, where the value is still the one that it left. Raises
        StoreError when none could be written."""
        with self._file.reading() as connection:
            epoch = _epoch(connection)
            found = list(decisions(connection, "action = ?", action_id))[::-1]
        steps = [(done.generation_id, partial(_take_back, done)) for done in found]
        outcome = self._in_slices(steps, epoch, person, now, progress)
        if outcome.changed or not outcome.refused:
            self.keep(action_id)
        return outcome

    def actor(self, action_id: int) -> str:
        with self._file.reading() as connection:
            row = connection.execute(
                "select person from decisions where action = ? limit 1", [action_id]
            ).fetchone()
        return row["person"] if row else ""

    def cut_off(self) -> list[CutOff]:
        with self._file.reading() as connection:
            found = unfinished.stood_still(connection, self._running, self._clock())
            return [
                CutOff(action, total, done, told(connection, one))
                for action, total, done, first in found
                for one in decisions(connection, "id = ?", first)
            ]

    def keep(self, action_id: int) -> None:
        with self._file.tx() as db:
            unfinished.end(db, action_id)

    def _in_slices(
        self,
        steps: Sequence[tuple[int, Step]],
        epoch: str,
        person: str,
        now: datetime,
        progress: Progress,
    ) -> Outcome:
        """Carry out steps, each with its generation, as one action in several transactions. Where
        the file fails between two of them, the rest is refused."""
        whole, done = Outcome(), 0
        try:
            for part in self._pace.slices(steps, progress):
                with self._file.tx() as db:
                    if _epoch(db.conn) != epoch:
                        raise StoreError(RESTORED)
                    action = Action(db, person, now, whole.action)
                    for _, step in part:
                        step(db, action)
                    joined, done_now = _joined(whole, action.outcome), done + len(part)
                    self._note(db, joined.action, done_now, len(steps))
                whole, done = joined, done_now
        except StoreError as error:
            if not done:
                raise
            rest = dict.fromkeys(
                (generation_id for generation_id, _ in steps[done:]), error.message
            )
            whole = _joined(whole, Outcome(None, (), rest))
            if whole.action:
                with suppress(StoreError):  # what stays is offered again
                    self.keep(whole.action)
        finally:
            self._running.discard(whole.action or 0)
        return whole

    def _note(self, db: Database, action: int | None, done: int, total: int) -> None:
        if action and done < total:
            self._running.add(action)
            unfinished.note(db, action, total, self._clock())
        elif action and done > self._pace.at_once:
            unfinished.end(db, action)

    def of(self, generation_id: int) -> list[Decision]:
        with self._file.reading() as connection:
            found = list(decisions(connection, "generation_id = ?", generation_id))
            return [told(connection, one) for one in found]


def _take_back(done: Decision, db: Database, action: Action) -> None:
    if reason := _undo_refusal(db.conn, done, action.person):
        action.refuse(done.generation_id, reason)
    else:
        action.set(done.generation_id, done.what, done.subject, done.before)


def _joined(one: Outcome, other: Outcome) -> Outcome:
    changed = tuple(dict.fromkeys((*one.changed, *other.changed)))
    return Outcome(one.action or other.action, changed, {**one.refused, **other.refused})


def _epoch(connection: sqlite3.Connection) -> str:
    epoch: str = connection.execute("select id from epoch").fetchone()["id"]
    return epoch


def told(connection: sqlite3.Connection, decision: Decision) -> Decision:
    if decision.what is not What.PROJECT:
        return decision
    names = [
        row["name"] if (row := connection.execute(NAMED, [number]).fetchone()) else ""
        for number in (decision.before, decision.after)
    ]
    return Decision(**{**vars(decision), "before": names[0], "after": names[1]})


NAMED = "select name from projects where id = ?"


def decisions(connection: sqlite3.Connection, where: str, *values: object) -> Iterator[Decision]:
    for row in connection.execute(f"select * from decisions where {where} order by id", values):
        cells = dict(row) | {"at": moment(row["at"]), "what": What(row["what"])}
        yield Decision(**cells)


def _undo_refusal(connection: sqlite3.Connection, done: Decision, person: str) -> str:
    (newest,) = connection.execute(
        "select max(id) from decisions where generation_id = ? and what = ? and subject = ?",
        [done.generation_id, done.what, done.subject],
    ).fetchone()
    if newest != done.id:
        return CHANGED_SINCE
    if done.what is What.TRASH and done.after == EMPTIED:
        return "Its files are deleted."
    if done.what is What.REMOTE:
        return "What its provider has deleted does not come back."
    is_theirs = not done.guest and key(done.person) == key(person)
    return NOT_YOURS if done.what in OWN and not is_theirs else ""
