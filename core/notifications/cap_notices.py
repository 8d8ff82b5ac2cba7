"""Notices that a cap on spending warns or has stopped: once in each of its periods."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime

from core.domain.caps import Scope, Standing
from core.domain.subscriptions import Topic
from core.storage.outside.subscriptions import SubscriptionStore


def write(
    standings: Callable[[], Iterable[Standing]], store: SubscriptionStore, now: datetime
) -> None:
    """Put news about caps into the outbox; each is told once."""
    if not store.wants((Topic.CAP_WARNED, Topic.CAP_STOPPED)):
        return
    for standing in standings():
        if standing.is_reached:
            _say(standing, Topic.CAP_STOPPED, store, now)
        elif standing.warns:
            _say(standing, Topic.CAP_WARNED, store, now)


def _say(standing: Standing, topic: Topic, store: SubscriptionStore, now: datetime) -> None:
    cap = standing.cap
    start = cap.period.start(now)
    data = {
        "id": cap.id,
        "scope": cap.subject.scope,
        "name": cap.subject.name,
        "period": cap.period,
        "provider": cap.provider,
        "credits": cap.credits,
        "charged": standing.charged,
        "pending": standing.pending,
        "turns_at": standing.turns_at.isoformat() if standing.turns_at else None,
    }
    person = cap.subject.name if cap.subject.scope is Scope.PERSON else ""
    period = start.date().isoformat() if start else ""
    store.say_of_cap(cap.id, period, topic, json.dumps(data, ensure_ascii=False), person, now)
