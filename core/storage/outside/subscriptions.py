"""Who is told of what, and the outbox of what is still to be said to them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.subscriptions import Delivery, Subscription, Topic, Way
from core.storage.database import HistoryFile, moment, moment_or_none, stamp


class SubscriptionStore:
    """Most messages are written by a trigger, in the transaction of the change."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    # -- who ------------------------------------------------------------------------------------

    def add(self, one: Subscription) -> None:
        with self._file.tx() as db:
            db.table("subscriptions").insert(
                {
                    "id": one.id,
                    "way": one.way,
                    "address": one.address,
                    "topics": json.dumps(sorted(one.topics)),
                    "person": one.person,
                    "made_by": one.made_by,
                    "made_at": stamp(one.made_at),
                    "with_pictures": one.with_pictures,
                }
            )

    def end(self, subscription_id: str, now: datetime) -> None:
        with self._file.tx() as db:
            db.execute(
                "update subscriptions set ended_at = ? where id = ? and ended_at is null",
                [stamp(now), subscription_id],
            )
            db.execute("delete from deliveries where subscription_id = ?", [subscription_id])

    def holding(self, way: Way) -> list[Subscription]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from subscriptions where way = ? and ended_at is null order by made_at",
                [way],
            ).fetchall()
        return [_subscription(row) for row in rows]

    def get(self, subscription_id: str) -> Subscription | None:
        with self._file.reading() as connection:
            row = connection.execute(
                "select * from subscriptions where id = ? and ended_at is null", [subscription_id]
            ).fetchone()
        return _subscription(row) if row else None

    def wants(self, topics: Collection[Topic]) -> bool:
        with self._file.reading() as connection:
            row = connection.execute(
                "select 1 from subscriptions, json_each(topics) where ended_at is null"
                " and value in (select value from json_each(?)) limit 1",
                [json.dumps(list(topics))],
            ).fetchone()
        return row is not None

    # -- what is to be said ---------------------------------------------------------------------

    def due(self, now: datetime, busy: Collection[str]) -> list[Delivery]:
        """The next message of each subscription that is not busy. Messages about one subject keep
        their order."""
        with self._file.reading() as connection:
            rows = connection.execute(
                """
                select *, min(id) from deliveries as one
                where ended_at is null and next_at <= ?
                    and subscription_id not in (select value from json_each(?))
                    and not exists (select 1 from deliveries as earlier
                        where earlier.subscription_id = one.subscription_id
                            and earlier.subject = one.subject
                            and earlier.ended_at is null and earlier.id < one.id)
                group by subscription_id
                """,
                [stamp(now), json.dumps(list(busy))],
            ).fetchall()
        return [_delivery(row) for row in rows]

    def delivered(self, delivery: Delivery, outcome: str, now: datetime) -> None:
        self._attempted(delivery, outcome, is_delivered=True, ended_at=now, next_at=now)

    def failed(self, delivery: Delivery, outcome: str, now: datetime, wait: float | None) -> None:
        """Try again in `wait` seconds; None gives up."""
        next_at = now + timedelta(seconds=wait or 0)
        ended_at = now if wait is None else None
        self._attempted(delivery, outcome, is_delivered=False, ended_at=ended_at, next_at=next_at)

    def drop(self, delivery: Delivery) -> None:
        with self._file.tx() as db:
            db.execute("delete from deliveries where id = ?", [delivery.id])

    def again(self, delivery_id: int, now: datetime) -> None:
        """Send it once more, with the same id, whatever came of it before."""
        with self._file.tx() as db:
            db.execute(
                "update deliveries set ended_at = null, attempts = 0, next_at = ? where id = ?",
                [stamp(now), delivery_id],
            )

    def newest(self, subscription_id: str, most: int) -> list[Delivery]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select * from deliveries where subscription_id = ? order by id desc limit ?",
                [subscription_id, most],
            ).fetchall()
        return [_delivery(row) for row in rows]

    def say(self, one: Subscription, topic: Topic, data: str, now: datetime) -> int:
        """A message that is about no generation, such as a test. Returns the id of its delivery."""
        with self._file.tx() as db:
            return _say(db, one.id, "", topic, data, now)

    def say_of_cap(
        self, cap_id: str, period: str, topic: Topic, data: str, person: str, now: datetime
    ) -> None:
        """Once in each period. `person` is whose cap it is; empty for all others."""
        with self._file.tx() as db:
            said = db.execute(
                "insert or ignore into cap_notices values (?, ?, ?)", [cap_id, topic, period]
            ).rowcount
            rows = db.execute(
                "select id from subscriptions where ended_at is null"
                " and (person = '' or ? = '' or lower(person) = lower(?))"
                " and ? in (select value from json_each(topics))",
                [person, person, topic],
            ).fetchall()
            for row in rows if said else ():
                _say(db, row["id"], f"cap {cap_id}", topic, data, now)

    def forget(self, before: datetime) -> None:
        with self._file.tx() as db:
            db.execute("delete from deliveries where ended_at < ?", [stamp(before)])

    def _attempted(
        self,
        delivery: Delivery,
        outcome: str,
        *,
        is_delivered: bool,
        ended_at: datetime | None,
        next_at: datetime,
    ) -> None:
        with self._file.tx() as db:
            db.execute(
                "update deliveries set attempts = attempts + 1, outcome = ?, is_delivered = ?,"
                " ended_at = ?, next_at = ? where id = ?",
                [
                    outcome,
                    is_delivered,
                    stamp(ended_at) if ended_at else None,
                    stamp(next_at),
                    delivery.id,
                ],
            )


def _say(
    db: Database, subscription_id: str, subject: str, topic: Topic, data: str, now: datetime
) -> int:
    message_id = f"msg_{secrets.token_hex(16)}"
    found = db.execute(
        "insert into deliveries (message_id, subscription_id, subject, topic, at, data, next_at)"
        " values (?, ?, ?, ?, ?, ?, ?) returning id",
        [message_id, subscription_id, subject or message_id, topic, stamp(now), data, stamp(now)],
    ).fetchone()
    return int(found["id"])


def _subscription(row: sqlite3.Row) -> Subscription:
    return Subscription(
        id=row["id"],
        way=Way(row["way"]),
        address=row["address"],
        topics=frozenset(map(Topic, json.loads(row["topics"]))),
        person=row["person"],
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
        with_pictures=bool(row["with_pictures"]),
    )


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(
        id=row["id"],
        message_id=row["message_id"],
        subscription_id=row["subscription_id"],
        topic=Topic(row["topic"]),
        at=moment(row["at"]),
        data=row["data"],
        attempts=row["attempts"],
        next_at=moment(row["next_at"]),
        outcome=row["outcome"],
        is_delivered=bool(row["is_delivered"]),
        ended_at=moment_or_none(row["ended_at"]),
    )
