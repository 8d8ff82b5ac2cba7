"""Actions on many that have not ended: what is left of one that was cut off is found again."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


@migrations()
def m022_unfinished(db: Database) -> None:
    db.execute(
        """
        create table unfinished (
            action integer primary key,
            total integer not null,
            moved_at text not null
        ) strict
        """
    )
