"""Links to a view, which is asked anew each time."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


@migrations()
def m018_live_links(db: Database) -> None:
    """The view behind a link; empty for a link to chosen clips."""
    db.execute("alter table shares add column live text not null default ''")
