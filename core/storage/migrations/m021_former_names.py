"""Names that projects had before: they lead to the project until another one takes them."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


@migrations()
def m021_former_names(db: Database) -> None:
    db.execute(
        """
        create table former_names (
            key text primary key,
            name text not null,
            project_id integer not null references projects (id) on delete cascade
        ) strict, without rowid
        """
    )
