"""What is told of a generation names its provider, and of a batch the credits of each: before this,
credits of several were added up."""

from __future__ import annotations

from sqlite_utils import Database

from core.storage.migrations.m030_subscriptions import DELIVERED_TO, ENDED, WANTED
from core.storage.migrations.steps import migrations

GENERATION = """
    json_object(
        'id', generations.id, 'status', generations.status, 'model', generations.model,
        'provider', generations.provider,
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
        'credits', (select iif(count(distinct provider) > 1, null,
                coalesce(sum(credits_charged), 0))
            from generations where batch_id = batches.id),
        'credits_by_provider', json((select json_group_object(provider, charged)
            from (select provider, coalesce(sum(credits_charged), 0) as charged
                from generations where batch_id = changed.batch_id group by provider))))
        from generations join batches on batches.id = batch_id
        where generations.id in (select max(id) from generations
            where batch_id = changed.batch_id group by batch_place))
"""
TOLD_049 = (
    "drop trigger events_told",
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
def m049_told_by_provider(db: Database) -> None:
    for statement in TOLD_049:
        db.execute(statement)
