"""Which generations have changed, and the triggers that note it."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


def notes(table: str, generation: str, columns: str) -> list[str]:
    """Triggers that note which generation was changed by a write to these columns of a table."""
    changed = " or ".join(f"old.{each} is not new.{each}" for each in columns.split(", "))
    when = {"insert": "", "delete": "", f"update of {columns}": f"when {changed}"}
    return [
        f"""
        create trigger {table}_changed_by_{event.split()[0]} after {event} on {table} {condition}
        begin
            insert into changes (generation_id) values ({row}.{generation});
        end
        """
        for (event, condition), row in zip(when.items(), ("new", "old", "new"), strict=True)
    ]


CHANGES_KEPT = 100_000
"""Who has seen none of the last so many changes reads the whole history again."""
CHANGES_012 = (
    """
    create table changes (
        number integer primary key,
        generation_id integer not null
    ) strict
    """,
    # The newest one stays, so that numbers are never given twice.
    f"""
    create trigger changes_pruned after insert on changes when new.number % 1000 = 0 begin
        delete from changes where number <= new.number - {CHANGES_KEPT};
    end
    """,
    *notes(
        "generations",
        "id",
        "created_at, status, model, kind, demo, favourite, duration, credits_quoted,"
        " credits_estimated, credits_charged",
    ),
    "create table epoch (id text not null) strict",
    "insert into epoch values (hex(randomblob(16)))",
    *(
        f"drop trigger {table}_{event}"
        for table in ("spend", "spread")
        for event in ("insert", "update", "delete")
    ),
    "drop table spend",
    "drop table spread",
    "drop index generations_newest",
    "drop index generations_credits",
    "drop index generations_duration",
    "drop index generations_sums",
    "drop index generations_groups",
)


@migrations()
def m012_changes(db: Database) -> None:
    """Which generations have changed, for bitmaps in memory that take the place of sums, of counts
    and of one index for each order."""
    for statement in CHANGES_012:
        db.execute(statement)
