"""Permissions to send a file by Runway's SDK: whose each is, and which file came."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.domain.people import Person, Role
from core.domain.tokens import Token, hash_of
from core.storage.database import HistoryFile, stamp
from core.text.names import key

LIFE = timedelta(days=1)
"""How long a file may be sent, as at Runway."""
REMEMBERED = timedelta(days=30)
"""How long a program may still name a sent file by its ticket; the file itself stays."""
WAITING = """
    ticket_hash = :hash and sha256 = '' and (token_id is null
        or token_id in (select id from tokens where revoked_at is null))
"""
"""No file has come by it, and its token works."""
DEAD = "made_at < :remembered or (made_at < :life and sha256 = '')"


class UploadTickets:
    """A ticket is a secret, and is kept as its hash."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def add(self, ticket: str, person: Person, token: Token | None, now: datetime) -> None:
        """A ticket ends with the token that asked for it, if one did."""
        row = {
            "ticket_hash": hash_of(ticket),
            "person_id": person.id,
            "person": person.name,
            "role": person.role,
            "made_at": stamp(now),
            "sha256": "",
            "token_id": token.id if token else None,
        }
        with self._file.tx() as db:
            db.table("upload_tickets").insert(row)

    def open(self, ticket: str, now: datetime) -> Person | None:
        with self._file.reading() as connection:
            row = connection.execute(
                f"select * from upload_tickets where {WAITING} and made_at > :since",
                {"hash": hash_of(ticket), "since": stamp(now - LIFE)},
            ).fetchone()
        return Person(row["person_id"], row["person"], Role(row["role"])) if row else None

    def use(self, ticket: str, sha256: str) -> bool:
        """Note that its file has come. False if it was used meanwhile, or its token was revoked."""
        with self._file.tx() as db:
            used = db.execute(
                f"update upload_tickets set sha256 = :sha256 where {WAITING}",
                {"hash": hash_of(ticket), "sha256": sha256},
            ).rowcount
        return bool(used)

    def file(self, ticket: str, person: Person) -> str:
        with self._file.reading() as connection:
            row = connection.execute(
                "select * from upload_tickets where ticket_hash = ?", [hash_of(ticket)]
            ).fetchone()
        asked = _whose(person.id, person.name)
        is_theirs = row is not None and _whose(row["person_id"], row["person"]) == asked
        return row["sha256"] if is_theirs else ""

    def forget_dead(self, now: datetime) -> None:
        since = {"remembered": stamp(now - REMEMBERED), "life": stamp(now - LIFE)}
        with self._file.reading() as connection:
            question = f"select 1 from upload_tickets where {DEAD} limit 1"
            if connection.execute(question, since).fetchone() is None:
                return
        with self._file.tx() as db:
            db.execute(f"delete from upload_tickets where {DEAD}", since)


def _whose(person_id: str, name: str) -> str:
    """Where nobody signs in, people are identified by their names."""
    return person_id or key(name)
