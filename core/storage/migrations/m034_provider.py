"""At which provider each generation is made, and whose credits each cap limits; before this, all of
it was at Runway."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

PROVIDER_034 = (
    "alter table generations add column provider text not null default 'runway'",
    "drop index generations_sent",
    "create index generations_sent on generations (demo, submitted_at, model, finished_at,"
    " credits_charged, credits_estimated, credits_quoted, provider)",
    "alter table runway_uploads rename to provider_uploads",
    "alter table caps add column provider text not null default 'runway'",
    "drop index caps_holding",
    "create unique index caps_holding on caps (provider, scope, subject, period)"
    " where ended_at is null",
)


@migrations()
def m034_provider(db: Database) -> None:
    for statement in PROVIDER_034:
        db.execute(statement)
