"""What one person does at once: each change is written with the decision that tells of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlite_utils import Database

from core.domain.reviews import Outcome, What
from core.storage.database import stamp
from core.storage.desk.review_values import read, refusal, spelled, write


class Action:
    def __init__(
        self,
        db: Database,
        person: str,
        now: datetime,
        number: int | None = None,
        *,
        guest: str = "",
    ) -> None:
        """`number` is that of the action that this one continues."""
        self._db = db
        self.person = person
        self.guest = guest
        self.now = now
        row = db.execute("select coalesce(max(id), 0) + 1 from decisions").fetchone()
        self._id: int = number or row[0]
        self._changed: list[int] = []
        self._refused: dict[int, str] = {}

    def set(self, generation_id: int, what: What, subject: str, value: str) -> None:
        if reason := refusal(self._db, generation_id, what, value):
            self.refuse(generation_id, reason)
            return
        subject = spelled(self._db, what, subject)
        before = read(self._db, generation_id, what, subject)
        if before != value:
            who = self.person, self.guest
            write(self._db, generation_id, what, subject, value, who, self.now)
            self.note(generation_id, what, subject, before, value)

    def note(self, generation_id: int, what: What, subject: str, before: str, after: str) -> None:
        self._db.execute(
            "insert into decisions (action, generation_id, at, person, guest, what, subject,"
            " before, after) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                self._id,
                generation_id,
                stamp(self.now),
                self.person,
                self.guest,
                what,
                subject,
                before,
                after,
            ],
        )
        self._changed.append(generation_id)

    def refuse(self, generation_id: int, reason: str) -> None:
        self._refused[generation_id] = reason

    @property
    def outcome(self) -> Outcome:
        changed = tuple(dict.fromkeys(self._changed))
        return Outcome(self._id if changed else None, changed, self._refused)


Step = Callable[[Database, Action], None]
