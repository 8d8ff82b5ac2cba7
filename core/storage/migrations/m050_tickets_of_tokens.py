"""By which token an upload ticket was made: it ends with that."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


@migrations()
def m050_tickets_of_tokens(db: Database) -> None:
    """No token is one that a signed-in page asked for. Of earlier ones nobody can tell any more, so
    those that still wait for a file end here: a program asks again."""
    db.execute("delete from upload_tickets where sha256 = ''")
    db.execute("alter table upload_tickets add column token_id integer")
    db.execute("create index upload_tickets_made on upload_tickets (made_at, sha256)")
