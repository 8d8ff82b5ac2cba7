"""Whether a channel gets a small picture with what it is told."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


@migrations()
def m039_channel_pictures(db: Database) -> None:
    db.execute(
        "alter table subscriptions add column with_pictures integer not null default 0"
        " check (with_pictures in (0, 1))"
    )
