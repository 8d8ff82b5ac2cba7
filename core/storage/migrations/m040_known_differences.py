"""Differences from Runway's books that somebody has explained."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


@migrations()
def m040_known_differences(db: Database) -> None:
    db.execute(
        """
        create table known_differences (
            day text not null,
            demo integer not null,
            more integer not null,
            fewer integer not null,
            why text not null,
            person text not null,
            at text not null,
            primary key (day, demo)
        ) strict, without rowid
        """
    )
