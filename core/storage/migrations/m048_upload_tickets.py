"""Leave to send a file by Runway's SDK, and which file came."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


@migrations()
def m048_upload_tickets(db: Database) -> None:
    db.execute(
        """
        create table upload_tickets (
            ticket_hash text not null primary key,
            person_id text not null,
            person text not null,
            role text not null,
            made_at text not null,
            sha256 text not null
        ) strict, without rowid
        """
    )
