"""Where clips lie besides the disk: in a bucket, on their way there, or about to leave it."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

CLIP_COPIES_036 = (
    """
    create table clip_copies (
        file text not null,
        bucket text not null,
        media_type text not null,
        bytes integer not null,
        sha256 text not null,
        state text not null check (state in ('waiting', 'stored', 'missing', 'leaving')),
        since text not null,
        tries integer not null default 0,
        due_at text not null,
        trouble text not null default '',
        primary key (file, bucket)
    ) strict, without rowid
    """,
    """
    create index clip_copies_due on clip_copies (due_at)
        where state in ('waiting', 'leaving')
    """,
)


@migrations()
def m036_clip_copies(db: Database) -> None:
    for statement in CLIP_COPIES_036:
        db.execute(statement)
