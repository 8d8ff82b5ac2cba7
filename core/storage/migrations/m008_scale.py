"""Sums, counts and indexes for lists of a million; most gave way to m012_changes."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


def _tally(row: str, sign: str) -> str:
    """SQL that adds a generation to its day's sums, or takes it out; favourites are kept apart."""
    expected = f"coalesce({row}.credits_estimated, {row}.credits_quoted, 0)"
    return f"""
        insert into spend values (
            substr({row}.created_at, 1, 10), {row}.model, {row}.kind, {row}.status, {row}.demo,
            {row}.favourite,
            {sign}1,
            {sign}coalesce({row}.credits_charged, 0),
            {sign}iif({row}.credits_charged is null, {expected}, 0)
        )
        on conflict do update set
            generations = generations + excluded.generations,
            charged = charged + excluded.charged,
            expected = expected + excluded.expected;
    """


SCALE_008 = (
    # Favourites get daily counts too.
    "drop trigger spend_insert",
    "drop trigger spend_update",
    "drop trigger spend_delete",
    "drop table spend",
    """
    create table spend (
        day text not null,
        model text not null,
        kind text not null,
        status text not null,
        demo integer not null,
        favourite integer not null,
        generations integer not null,
        charged integer not null,
        expected integer not null,
        primary key (day, model, kind, status, demo, favourite)
    ) strict, without rowid
    """,
    """
    insert into spend
    select substr(created_at, 1, 10), model, kind, status, demo, favourite, count(*),
        sum(coalesce(credits_charged, 0)),
        sum(iif(credits_charged is null, coalesce(credits_estimated, credits_quoted, 0), 0))
    from generations group by 1, 2, 3, 4, 5, 6
    """,
    f"create trigger spend_insert after insert on generations begin {_tally('new', '+')} end",
    f"""
    create trigger spend_update
        after update of status, credits_quoted, credits_estimated, credits_charged, favourite
        on generations
        begin {_tally("old", "-")} {_tally("new", "+")} end
    """,
    f"create trigger spend_delete after delete on generations begin {_tally('old', '-')} end",
    # Each order's index covers all filter columns, so that no row is read only to be skipped.
    "drop index generations_newest",
    "drop index generations_credits",
    "drop index generations_duration",
    "drop index generations_sums",
    "create index generations_newest on generations"
    " (created_at desc, id desc, status, model, kind, demo, favourite)",
    "create index generations_credits on generations"
    " (credits desc, id desc, created_at, status, model, kind, demo, favourite)",
    "create index generations_duration on generations"
    " (duration desc, id desc, created_at, status, model, kind, demo, favourite)",
    "create index generations_sums on generations (id, created_at, status, model, kind, demo,"
    " favourite, duration, credits_charged, credits_estimated, credits_quoted)",
    # Rare combinations are found by all columns at once; this replaces three indexes.
    "drop index generations_model",
    "drop index generations_kind",
    "drop index generations_favourite",
    "create index generations_groups on generations"
    " (status, model, kind, demo, favourite, created_at desc, id desc, credits, duration)",
)


@migrations()
def m008_scale(db: Database) -> None:
    """Sums and indexes that make a list cost about the same with a thousand rows or a million."""
    for statement in SCALE_008:
        db.execute(statement)


def _spread(row: str, sign: str) -> str:
    credits = f"coalesce({row}.credits_charged, {row}.credits_estimated, {row}.credits_quoted, 0)"
    group = f"{row}.model, {row}.kind, {row}.status, {row}.demo, {row}.favourite"
    return f"""
        insert into spread values
            ('cost', {credits}, {group}, {sign}1), ('duration', {row}.duration, {group}, {sign}1)
        on conflict do update set generations = generations + excluded.generations;
    """


SPREAD_009 = (
    """
    create table spread (
        sorting text not null,
        value integer not null,
        model text not null,
        kind text not null,
        status text not null,
        demo integer not null,
        favourite integer not null,
        generations integer not null,
        primary key (sorting, value, model, kind, status, demo, favourite)
    ) strict, without rowid
    """,
    """
    insert into spread
    select 'cost', credits, model, kind, status, demo, favourite, count(*)
    from generations group by 2, 3, 4, 5, 6, 7
    """,
    """
    insert into spread
    select 'duration', duration, model, kind, status, demo, favourite, count(*)
    from generations group by 2, 3, 4, 5, 6, 7
    """,
    f"create trigger spread_insert after insert on generations begin {_spread('new', '+')} end",
    f"""
    create trigger spread_update
        after update of status, credits_quoted, credits_estimated, credits_charged, duration,
            favourite
        on generations
        begin {_spread("old", "-")} {_spread("new", "+")} end
    """,
    f"create trigger spread_delete after delete on generations begin {_spread('old', '-')} end",
)


@migrations()
def m009_spread(db: Database) -> None:
    """Counts by cost and by duration, so that a page in these orders needs no full walk."""
    for statement in SPREAD_009:
        db.execute(statement)


@migrations()
def m010_idempotency_key(db: Database) -> None:
    db.execute("alter table generations rename column intent_key to idempotency_key")


@migrations()
def m011_pace(db: Database) -> None:
    """A model's newest clips, however many others were made since."""
    db.execute(
        "create index generations_paced on generations (model, demo, created_at desc)"
        " where status = 'succeeded' and submitted_at is not null"
    )
