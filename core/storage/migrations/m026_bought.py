"""What sums of spending are told apart by: why something failed, and what was ordered again."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.m012_changes import notes
from core.storage.migrations.steps import migrations

BOUGHT_026 = (
    # Beside the trigger for the other columns: a row that both note is read again once.
    """
    create trigger generations_failure_changed after update of failure_code on generations
    when old.failure_code is not new.failure_code
    begin
        insert into changes (generation_id) values (new.id);
    end
    """,
    *notes("parents", "generation_id", "way"),
)


@migrations()
def m026_bought(db: Database) -> None:
    for statement in BOUGHT_026:
        db.execute(statement)
