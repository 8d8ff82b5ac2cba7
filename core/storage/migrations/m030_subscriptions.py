"""Who is told of what, and the outbox: what is still to be said, written with the change itself."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.steps import migrations

ENDED = "'succeeded', 'failed', 'cancelled', 'unconfirmed'"
DELIVERED_TO = """
    insert into deliveries (message_id, subscription_id, subject, topic, at, data, next_at)
        select 'msg_' || lower(hex(randomblob(16))), subscriptions.id
"""
WANTED = """
    subscriptions.ended_at is null
        and (subscriptions.person = '' or lower(subscriptions.person) = lower(generations.author))
        and topic in (select value from json_each(subscriptions.topics))
"""
GENERATION = """
    json_object(
        'id', generations.id, 'status', generations.status, 'model', generations.model,
        'author', generations.author, 'batch_id', generations.batch_id,
        'demo', json(iif(generations.demo, 'true', 'false')),
        'credits_quoted', generations.credits_quoted,
        'credits_estimated', generations.credits_estimated,
        'credits_charged', generations.credits_charged,
        'failure_code', generations.failure_code, 'reason', generations.reason,
        'created_at', generations.created_at, 'finished_at', generations.finished_at)
"""
BATCH = """
    (select json_object(
        'id', batches.id, 'name', batches.name, 'author', batches.author,
        'demo', json(iif(batches.demo, 'true', 'false')),
        'done', sum(status = 'succeeded'), 'failed', sum(status = 'failed'),
        'cancelled', sum(status = 'cancelled'), 'unconfirmed', sum(status = 'unconfirmed'),
        'credits', (select coalesce(sum(credits_charged), 0) from generations
            where batch_id = batches.id))
        from generations join batches on batches.id = batch_id
        where generations.id in (select max(id) from generations
            where batch_id = changed.batch_id group by batch_place))
"""

SUBSCRIPTIONS_030 = (
    """
    create table subscriptions (
        id text primary key,
        way text not null,
        address text not null,
        topics text not null,
        person text not null,
        made_by text not null,
        made_at text not null,
        ended_at text
    ) strict
    """,
    """
    create table deliveries (
        id integer primary key,
        message_id text not null unique,
        subscription_id text not null references subscriptions (id),
        subject text not null,
        topic text not null,
        at text not null,
        data text not null,
        attempts integer not null default 0,
        next_at text not null,
        outcome text not null default '',
        is_delivered integer not null default 0,
        ended_at text
    ) strict
    """,
    "create index deliveries_waiting on deliveries (subscription_id, subject, id)"
    " where ended_at is null",
    "create index deliveries_ended on deliveries (ended_at) where ended_at is not null",
    "create index deliveries_newest on deliveries (subscription_id, id)",
    """
    create table cap_notices (
        cap_id text not null,
        topic text not null,
        period text not null,
        primary key (cap_id, topic, period)
    ) strict, without rowid
    """,
    # A program is told of each change; a person of a batch once, when it has ended.
    f"""
    create trigger events_told after insert on events
        when exists (select 1 from subscriptions where ended_at is null)
            and new.status is not (select status from events
                where generation_id = new.generation_id and id < new.id order by id desc limit 1)
        begin
            {DELIVERED_TO}, 'generation ' || generations.id, topic, new.at, {GENERATION}, new.at
                from generations, subscriptions, (select case
                    when new.status = 'succeeded' then 'generation.done'
                    when new.status = 'failed' then 'generation.failed'
                    when new.status = 'unconfirmed' then 'generation.unconfirmed'
                    when not exists (select 1 from events
                        where generation_id = new.generation_id and id < new.id)
                        then 'generation.created'
                    else 'generation.status' end as topic)
                where generations.id = new.generation_id and {WANTED}
                    and (way = 'webhook' or batch_id is null);
            {DELIVERED_TO}, 'batch ' || changed.batch_id, topic, new.at, {BATCH}, new.at
                from generations as changed, subscriptions, (select 'batch.done' as topic)
                where changed.id = new.generation_id and changed.batch_id is not null
                    and new.status in ({ENDED})
                    and {WANTED.replace("generations.", "changed.")}
                    and not exists (select 1 from generations as other
                        where other.batch_id = changed.batch_id and other.status not in ({ENDED}));
        end
    """,
)


@migrations()
def m030_subscriptions(db: Database) -> None:
    for statement in SUBSCRIPTIONS_030:
        db.execute(statement)
