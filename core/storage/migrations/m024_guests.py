"""What guests of links say joins what the team says: one table for stars, one for notes."""

from __future__ import annotations

import hashlib

from sqlite_utils import Database

from core.storage.migrations.m012_changes import notes
from core.storage.migrations.steps import migrations

EVENTS = {"insert": "new", "update": "new", "delete": "old"}
KEY = "'GUEST-' || substr(token_hash, 1, 16) || guest"
"""As `core.text.names.guest_key` makes it, of a link and of what a browser is known by."""


def _means_after(event: str) -> str:
    row = EVENTS[event]
    return f"""
        create trigger ratings_mean_{event} after {event} on ratings begin
            update generations set (raters, stars, guest_raters, guest_stars) = (
                select count(*) filter (where guest = ''),
                    cast(round(avg(stars) filter (where guest = '') * 100) as integer),
                    count(*) filter (where guest <> ''),
                    cast(round(avg(stars) filter (where guest <> '') * 100) as integer)
                from ratings where generation_id = {row}.generation_id
            ) where id = {row}.generation_id;
        end
    """


GUESTS_024 = (
    # A link by its hash and not by its number: what was said outlives the link's own row.
    """
    create table guests (
        key text primary key,
        share text not null,
        nickname text not null
    ) strict, without rowid
    """,
    "create index guests_share on guests (share)",
    *(
        f"alter table {table} add column guest text not null default ''"
        for table in ("ratings", "notes", "decisions")
    ),
    "create index ratings_guest on ratings (guest) where guest <> ''",
    "create index notes_guest on notes (guest) where guest <> ''",
    "create index decisions_guest on decisions (generation_id) where guest <> ''",
    # The mean of guests in hundredths, and of how many, apart from the team's.
    "alter table generations add column guest_stars integer",
    "alter table generations add column guest_raters integer not null default 0",
    *(f"drop trigger ratings_mean_{event}" for event in EVENTS),
    *map(_means_after, EVENTS),
    *(f"drop trigger generations_changed_by_{event}" for event in EVENTS),
    *notes(
        "generations",
        "id",
        "created_at, status, model, kind, demo, favourite, duration, credits_quoted,"
        " credits_estimated, credits_charged, project_id, author, review, stars, guest_stars,"
        " trashed_at, emptied_at",
    ),
    # Under several nicknames a guest is known by the last one.
    f"""
    insert into guests (key, share, nickname)
    select {KEY}, token_hash, nickname from (
        select share_id, guest, nickname, max(at) from (
            select share_id, guest, nickname, at from guest_ratings
            union all select share_id, guest, nickname, at from guest_notes
        ) group by share_id, guest
    ) join shares on shares.id = share_id
    """,
    f"""
    insert into ratings (generation_id, person_key, person, stars, at, guest)
    select generation_id, {KEY}, nickname, stars, at, {KEY}
    from guest_ratings join shares on shares.id = share_id
    """,
    """
    insert into decisions
        (action, generation_id, at, person, what, subject, before, after, guest)
    select (select coalesce(max(id), 0) from decisions) + row_number() over (order by at),
        generation_id, at, person, 'stars', person_key, '', cast(stars as text), guest
    from ratings where guest <> '' order by at
    """,
)
LEFT = f"""
    select {KEY} as guest, generation_id, idempotency_key, nickname, text, at as moment,
    row_number() over (
        partition by share_id, guest, generation_id, at order by guest_notes.id
    ) as place
    from guest_notes join shares on shares.id = share_id
    join generations on generations.id = generation_id order by guest_notes.id
"""


@migrations()
def m024_guests(db: Database) -> None:
    for statement in GUESTS_024:
        db.execute(statement)
    for left in db.execute(LEFT).fetchall():
        _move(db, dict(left))
    db.execute("drop table guest_ratings")
    db.execute("drop table guest_notes")


def _move(db: Database, left: dict[str, object]) -> None:
    """A note, with the decision that the files beside the history follow. Its id is the same in
    each copy of the history, so that a restore makes no second one of it."""
    told = (left["guest"], left["idempotency_key"], left["moment"], left["place"])
    id_ = hashlib.sha256("\n".join(map(str, told)).encode()).hexdigest()[:16]
    db.execute(
        "insert into notes (id, generation_id, parent, person, text, created_at, guest)"
        " values (:id, :generation_id, '', :nickname, :text, :moment, :guest)",
        left | {"id": id_},
    )
    db.execute(
        "insert into decisions"
        " (action, generation_id, at, person, what, subject, before, after, guest)"
        " values ((select coalesce(max(id), 0) + 1 from decisions), :generation_id, :moment,"
        " :nickname, 'note', :id, '', :text, :guest)",
        left | {"id": id_},
    )
