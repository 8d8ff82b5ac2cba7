"""Lists of choices that are kept by name."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


@migrations()
def m033_wildcards(db: Database) -> None:
    db.execute(
        """
        create table wildcards (
            key text primary key,
            name text not null,
            lines text not null
        ) strict, without rowid
        """
    )
