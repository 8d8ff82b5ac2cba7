"""Generations with their timeline, outputs, uploads, sums and search: the first releases."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations


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
    # Sums by day, so that totals cost the same with ten rows and with a million.
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
    for statement in STATEMENTS_001:
        db.execute(statement)


@migrations()
def m002_sums(db: Database) -> None:
    """A covering index for what a search adds up, so that it need not read every hit."""
    db.execute(
        "create index generations_sums on generations (id, created_at, status, model, kind,"
        " demo, credits_charged, credits_estimated, credits_quoted)"
    )


@migrations()
def m003_media(db: Database) -> None:
    db.execute("alter table uploads add column duration real not null default 0")
    db.execute("alter table uploads add column frame_rate real not null default 0")
    db.execute("alter table uploads add column codec text not null default ''")


@migrations()
def m004_misquotes(db: Database) -> None:
    """An index of the few rows where Runway's maximum differed from our quote."""
    db.execute(
        "create index generations_misquoted on generations (endpoint, model, demo)"
        " where credits_quoted <> credits_estimated"
    )


@migrations()
def m005_sent(db: Database) -> None:
    """An index of what was sent when and at what cost, for comparing with Runway's usage."""
    db.execute(
        "create index generations_sent on generations (demo, submitted_at, model, finished_at,"
        " credits_charged, credits_estimated, credits_quoted)"
    )


@migrations()
def m006_outputs(db: Database) -> None:
    """Outputs may be images, sounds and archives: codec, bit depth, frame count, oddities."""
    db.execute("alter table outputs add column codec text not null default ''")
    db.execute("alter table outputs add column depth integer not null default 0")
    db.execute("alter table outputs add column frames integer not null default 0")
    db.execute("alter table outputs add column note text not null default ''")


@migrations()
def m007_shots(db: Database) -> None:
    """The words of the shots are part of the prompt in searches and lists; their seconds make up
    the duration."""
    # Requests are written with sorted keys, so this quickly finds all that can have shots.
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
