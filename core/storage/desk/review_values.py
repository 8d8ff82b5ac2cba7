"""The values that people change about a generation: each is read, checked and written as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlite_utils import Database

from core.domain.reviews import EMPTIED, IN_TRASH, YES, What
from core.generations import Status
from core.storage.database import stamp
from core.storage.private_projects import hides
from core.storage.store import LARGEST_ID
from core.text.names import key

READ: Mapping[What, str] = {
    What.REVIEW: "select review from generations where id = :id",
    What.STARS: "select cast(stars as text) from ratings"
    " where generation_id = :id and person_key = :subject",
    What.TAG: f"select '{YES}' from generation_tags where generation_id = :id and tag = :key",
    What.PROJECT: "select cast(project_id as text) from generations where id = :id",
    What.TRASH: f"select iif(emptied_at is not null, '{EMPTIED}',"
    f" iif(trashed_at is not null, '{IN_TRASH}', '')) from generations where id = :id",
    What.NOTE: "select iif(deleted_at is null, text, '') from notes where id = :subject",
    What.RESOLVED: f"select iif(resolved_at is null, '', '{YES}') from notes where id = :subject",
    What.REMOTE: f"select '{YES}' from decisions where generation_id = :id and what = 'remote'",
}


def read(db: Database, generation_id: int, what: What, subject: str) -> str:
    values = {"id": generation_id, "subject": subject, "key": key(subject)}
    row = db.execute(READ[what], values).fetchone()
    return (row[0] or "") if row else ""


def spelled(db: Database, what: What, subject: str) -> str:
    """A tag in its first spelling, so that it is the same tag in every decision."""
    if what is not What.TAG:
        return subject
    row = db.execute("select name from tags where key = ?", [key(subject)]).fetchone()
    return row["name"] if row else subject


def refusal(db: Database, generation_id: int, what: What, value: str) -> str:
    row = None
    if 0 < generation_id <= LARGEST_ID:
        row = db.execute(
            "select status, emptied_at from generations where id = ?", [generation_id]
        ).fetchone()
    if row is None or hides(db.conn, generation_id):
        return "There is no such generation."
    if what is not What.TRASH:
        return ""
    if row["emptied_at"] and value != EMPTIED:
        return "Its files are deleted."
    status = Status(row["status"])
    if status is Status.UNCONFIRMED:
        return "Whether it was taken has to be decided first."
    return "" if status.is_final else "It is still being made."


def write(
    db: Database,
    generation_id: int,
    what: What,
    subject: str,
    value: str,
    who: tuple[str, str],
    now: datetime,
) -> None:
    """Expects a value that `refusal` accepts. `who` is a name and a guest's key, empty for the
    team; stars and notes must be their own."""
    person, guest = who
    WRITE[what](
        db,
        {
            "id": generation_id,
            "subject": subject,
            "key": key(subject),
            "value": value,
            "person": person,
            "guest": guest,
            "at": stamp(now),
        },
    )


Cells = Mapping[str, object]


def _run(statement: str) -> Callable[[Database, Cells], None]:
    def run(db: Database, cells: Cells) -> None:
        db.execute(statement, dict(cells))

    return run


def _write_stars(db: Database, cells: Cells) -> None:
    if cells["value"]:
        db.execute(
            "insert into ratings (generation_id, person_key, person, stars, at, guest)"
            " values (:id, :subject, :person, cast(:value as integer), :at, :guest)"
            " on conflict do update set stars = excluded.stars, person = excluded.person,"
            " at = excluded.at",
            dict(cells),
        )
    else:
        db.execute(
            "delete from ratings where generation_id = :id and person_key = :subject", dict(cells)
        )


def _write_tag(db: Database, cells: Cells) -> None:
    if cells["value"]:
        db.execute("insert or ignore into tags values (:key, :subject)", dict(cells))
        db.execute("insert into generation_tags values (:id, :key, :person, :at)", dict(cells))
    else:
        db.execute(
            "delete from generation_tags where generation_id = :id and tag = :key", dict(cells)
        )


WRITE: Mapping[What, Callable[[Database, Cells], None]] = {
    What.REVIEW: _run("update generations set review = :value where id = :id"),
    What.STARS: _write_stars,
    What.TAG: _write_tag,
    What.PROJECT: _run(
        "update generations set project_id = cast(nullif(:value, '') as integer) where id = :id"
    ),
    What.TRASH: _run(
        f"update generations set trashed_at = iif(:value = '{IN_TRASH}', :at,"
        f" iif(:value = '{EMPTIED}', coalesce(trashed_at, :at), null)),"
        " trashed_by = iif(:value = '', '', coalesce(nullif(trashed_by, ''), :person)),"
        f" emptied_at = iif(:value = '{EMPTIED}', :at, null) where id = :id"
    ),
    What.NOTE: _run(
        "update notes set text = coalesce(nullif(:value, ''), text),"
        " deleted_at = iif(:value = '', :at, null),"
        " edited_at = iif(:value in ('', text), edited_at, :at) where id = :subject"
    ),
    What.RESOLVED: _run(
        "update notes set resolved_at = iif(:value = '', null, :at),"
        " resolved_by = iif(:value = '', '', :person) where id = :subject"
    ),
    What.REMOTE: lambda db, cells: None,
}
