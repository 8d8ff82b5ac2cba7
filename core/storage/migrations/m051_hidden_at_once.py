"""What is hidden from somebody is found without reading every project, or every clip of a batch."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

HIDDEN_AT_ONCE_051 = (
    "create index projects_private on projects (id) where is_private = 1",
    "drop index generations_batch",
    "create index generations_batch on generations (batch_id, batch_place, id, project_id)"
    " where batch_id is not null",
)


@migrations()
def m051_hidden_at_once(db: Database) -> None:
    for statement in HIDDEN_AT_ONCE_051:
        db.execute(statement)
