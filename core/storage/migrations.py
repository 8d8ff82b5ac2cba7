"""The schema of the history, as numbered steps that are never edited once released."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("dailies")


def _spend(row: str, sign: str) -> str:
    """SQL that adds a generation to its day's sums, or takes it out again."""
    expected = f"coalesce({row}.credits_estimated, {row}.credits_quoted, 0)"
    return f"""
        insert into spend values (
            substr({row}.created_at, 1, 10), {row}.model, {row}.kind, {row}.status, {row}.demo,
            {sign}1,
            {sign}coalesce({row}.credits_charged, 0),
            {sign}iif({row}.credits_charged is null, {expected}, 0)
        )
        on conflict do update set
            generations = generations + excluded.generations,
            charged = charged + excluded.charged,
            expected = expected + excluded.expected;
    """


STATEMENTS_001 = (
    """
    create table generations (
        id integer primary key,
        intent_key text not null unique,
        fingerprint text not null,
        status text not null check (status in ('queued', 'submitting', 'pending', 'throttled',
            'running', 'downloading', 'succeeded', 'failed', 'cancelled', 'unconfirmed')),
        endpoint text not null,
        kind text not null,
        model text not null,
        prompt text not null,
        duration integer not null,
        request text not null check (json_valid(request)),
        demo integer not null,
        created_at text not null,
        updated_at text not null,
        submitted_at text,
        finished_at text,
        polled_at text,
        retry_at text,
        attempts integer not null default 0,
        task_id text unique,
        remote_status text not null default '',
        progress real,
        credits_quoted integer,
        credits_estimated integer,
        credits_charged integer,
        credits integer generated always as
            (coalesce(credits_charged, credits_estimated, credits_quoted, 0)) virtual,
        failure_code text not null default '',
        reason text not null default '',
        cancel_requested integer not null default 0,
        favourite integer not null default 0,
        evidence text not null default '{}',
        day text generated always as (substr(created_at, 1, 10)) virtual,
        check (task_id is not null
            or status in ('queued', 'submitting', 'failed', 'cancelled', 'unconfirmed'))
    ) strict
    """,
    "create index generations_newest on generations (created_at desc, id desc)",
    "create index generations_status on generations (status, created_at desc)",
    "create index generations_model on generations (model, created_at desc)",
    "create index generations_kind on generations (kind, created_at desc)",
    "create index generations_credits on generations (credits desc, id desc)",
    "create index generations_duration on generations (duration desc, id desc)",
    "create index generations_favourite on generations (created_at desc) where favourite",
    "create index generations_fingerprint on generations (fingerprint, status)",
    """
    create table events (
        id integer primary key,
        generation_id integer not null references generations (id),
        at text not null,
        status text not null,
        detail text not null
    ) strict
    """,
    "create index events_generation on events (generation_id, id)",
    """
    create table outputs (
        generation_id integer not null references generations (id),
        position integer not null,
        file text not null,
        media_type text not null,
        bytes integer not null,
        sha256 text not null,
        width integer not null,
        height integer not null,
        duration real not null,
        frame_rate real not null,
        poster text not null,
        primary key (generation_id, position)
    ) strict, without rowid
    """,
    """
    create table uploads (
        sha256 text primary key,
        name text not null,
        media_type text not null,
        bytes integer not null,
        width integer not null,
        height integer not null,
        created_at text not null
    ) strict, without rowid
    """,
    "create index uploads_newest on uploads (created_at desc)",
    """
    create table runway_uploads (
        sha256 text not null references uploads (sha256),
        base_url text not null,
        uri text not null,
        created_at text not null,
        primary key (sha256, base_url)
    ) strict, without rowid
    """,
    """
    create table drafts (
        key text primary key,
        request text not null check (json_valid(request)),
        updated_at text not null
    ) strict, without rowid
    """,
    # Sums by day, so that totals cost the same at ten rows and at a million.
    """
    create table spend (
        day text not null,
        model text not null,
        kind text not null,
        status text not null,
        demo integer not null,
        generations integer not null,
        charged integer not null,
        expected integer not null,
        primary key (day, model, kind, status, demo)
    ) strict, without rowid
    """,
    f"create trigger spend_insert after insert on generations begin {_spend('new', '+')} end",
    f"""
    create trigger spend_update
        after update of status, credits_quoted, credits_estimated, credits_charged on generations
        begin {_spend("old", "-")} {_spend("new", "+")} end
    """,
    f"create trigger spend_delete after delete on generations begin {_spend('old', '-')} end",
    """
    create virtual table prompts using fts5 (
        prompt, content = 'generations', content_rowid = 'id', tokenize = 'trigram'
    )
    """,
    """
    create trigger prompts_insert after insert on generations begin
        insert into prompts (rowid, prompt) values (new.id, new.prompt);
    end
    """,
    """
    create trigger prompts_update after update of prompt on generations begin
        insert into prompts (prompts, rowid, prompt) values ('delete', old.id, old.prompt);
        insert into prompts (rowid, prompt) values (new.id, new.prompt);
    end
    """,
    """
    create trigger prompts_delete after delete on generations begin
        insert into prompts (prompts, rowid, prompt) values ('delete', old.id, old.prompt);
    end
    """,
)


@migrations()
def m001_history(db: Database) -> None:
    """Generations with their events and outputs, uploads, drafts, sums by day, the prompt index."""
    for statement in STATEMENTS_001:
        db.execute(statement)


@migrations()
def m002_sums(db: Database) -> None:
    """An index with all that a search adds up, so that it need not read every hit."""
    db.execute(
        "create index generations_sums on generations (id, created_at, status, model, kind,"
        " demo, credits_charged, credits_estimated, credits_quoted)"
    )


@migrations()
def m003_media(db: Database) -> None:
    """Uploads may be videos and sounds: their length, rate and codec."""
    db.execute("alter table uploads add column duration real not null default 0")
    db.execute("alter table uploads add column frame_rate real not null default 0")
    db.execute("alter table uploads add column codec text not null default ''")


@migrations()
def m004_misquotes(db: Database) -> None:
    """An index of those few where Runway's maximum was not our quote."""
    db.execute(
        "create index generations_misquoted on generations (endpoint, model, demo)"
        " where credits_quoted <> credits_estimated"
    )


@migrations()
def m005_sent(db: Database) -> None:
    """An index for what was sent when and what it cost, to hold it against Runway's usage."""
    db.execute(
        "create index generations_sent on generations (demo, submitted_at, model, finished_at,"
        " credits_charged, credits_estimated, credits_quoted)"
    )


@migrations()
def m006_outputs(db: Database) -> None:
    """Outputs may be pictures, sounds and archives: codec, depth, frames inside, what is odd."""
    db.execute("alter table outputs add column codec text not null default ''")
    db.execute("alter table outputs add column depth integer not null default 0")
    db.execute("alter table outputs add column frames integer not null default 0")
    db.execute("alter table outputs add column note text not null default ''")


@migrations()
def m007_shots(db: Database) -> None:
    """The words of a clip's shots are its prompt too, where that is searched and listed; their
    seconds are its duration."""
    # Requests are written with sorted keys, so this finds all that can have shots, and quickly.
    db.execute(
        """
        update generations set prompt = coalesce((
            select group_concat(words, char(10)) from (
                select -1 as param, 0 as shot, json_extract(request, '$.prompt') as words
                union all
                select param.id, shot.key, json_extract(shot.value, '$.prompt')
                from json_each(request, '$.params') as param,
                    json_each(iif(param.type = 'array', param.value, '[]')) as shot
                where shot.type = 'object'
                order by 1, 2
            ) where words <> ''
        ), ''),
        duration = iif(duration, duration, (
            select coalesce(sum(json_extract(shot.value, '$.duration')), 0)
            from json_each(request, '$.params') as param,
                json_each(iif(param.type = 'array', param.value, '[]')) as shot
            where shot.type = 'object'
        ))
        where request like '%[{"duration": %'
        """
    )


def _tally(row: str, sign: str) -> str:
    """SQL that adds a generation to its day's sums, or takes it out again."""
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
    # Favourites are counted by day too.
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
    # Each order's index holds all that a filter asks for, so that no row is read to be left out.
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
    # What is rare is found by all of its columns at once; this takes the place of three.
    "drop index generations_model",
    "drop index generations_kind",
    "drop index generations_favourite",
    "create index generations_groups on generations"
    " (status, model, kind, demo, favourite, created_at desc, id desc, credits, duration)",
)


@migrations()
def m008_scale(db: Database) -> None:
    """Sums and indexes with which each list costs much the same at a thousand and a million."""
    for statement in SCALE_008:
        db.execute(statement)


def _spread(row: str, sign: str) -> str:
    """SQL that adds a generation to what is counted by credits and by duration, or takes it out."""
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
    """How many cost so much or last so long, so that a page by these is found without a walk."""
    for statement in SPREAD_009:
        db.execute(statement)


@migrations()
def m010_idempotency_key(db: Database) -> None:
    """The key of a click, by the name that everybody else gives it."""
    db.execute("alter table generations rename column intent_key to idempotency_key")
