"""Leave to send a file by Runway's SDK: whose it is, and which file came."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.domain.people import Person, Role
from core.domain.tokens import hash_of
from core.names import key
from core.storage.database import HistoryFile, stamp

LIFE = timedelta(days=1)
"""As at Runway, within which a file may be sent. What has come stays as long as its file."""


class UploadTickets:
    """A ticket is a secret, and is kept as its hash."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def add(self, ticket: str, person: Person, now: datetime) -> None:
        """Those by which nothing came in time go."""
        with self._file.tx() as db:
            db.execute(
                "delete from upload_tickets where sha256 = '' and made_at < ?", [stamp(now - LIFE)]
            )
            db.execute(
                "insert into upload_tickets values (?, ?, ?, ?, ?, '')",
                [hash_of(ticket), person.id, person.name, person.role, stamp(now)],
            )

    def open(self, ticket: str, now: datetime) -> Person | None:
        """Who may still send a file by it."""
        with self._file.reading() as connection:
            row = connection.execute(
                "select * from upload_tickets"
                " where ticket_hash = ? and sha256 = '' and made_at > ?",
                [hash_of(ticket), stamp(now - LIFE)],
            ).fetchone()
        return Person(row["person_id"], row["person"], Role(row["role"])) if row else None

    def use(self, ticket: str, sha256: str) -> bool:
        """Its file has come. False if another came by it meanwhile."""
        with self._file.tx() as db:
            used = db.execute(
                "update upload_tickets set sha256 = ? where ticket_hash = ? and sha256 = ''",
                [sha256, hash_of(ticket)],
            ).rowcount
        return bool(used)

    def file(self, ticket: str, person: Person) -> str:
        """The SHA-256 of what this person sent by it; empty if nothing."""
        with self._file.reading() as connection:
            row = connection.execute(
                "select * from upload_tickets where ticket_hash = ?", [hash_of(ticket)]
            ).fetchone()
        asked = _whose(person.id, person.name)
        is_theirs = row is not None and _whose(row["person_id"], row["person"]) == asked
        return row["sha256"] if is_theirs else ""


def _whose(person_id: str, name: str) -> str:
    """Where nobody signs in, people are who they say they are."""
    return person_id or key(name)
