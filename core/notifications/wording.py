"""What a message to a person says: one line, of a batch once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from core.domain.subscriptions import Delivery, Topic
from core.text.quantities import counted

EXAMPLE = "This is a test: messages of Dailies arrive here."


def text(delivery: Delivery) -> str:
    data = json.loads(delivery.data)
    return EXAMPLE if data.get("example") else WORDS[delivery.topic](data)


def _of_generation(ends: str) -> Callable[[dict[str, Any]], str]:
    def words(data: dict[str, Any]) -> str:
        spent = data["credits_charged"]
        cost = f", {counted(spent, 'credits')}" if spent is not None else ""
        why = f": {data['reason']}" if data["reason"] else ""
        return f"#{data['id']} {ends}{cost}{why}"

    return words


def _of_batch(data: dict[str, Any]) -> str:
    parts = [f"{data[name]} {name}" for name in ("done", "failed", "cancelled", "unconfirmed")]
    told = [part for part in parts if not part.startswith("0 ")]
    return f"{data['name']}: {', '.join([*told, counted(data['credits'], 'credits')])}"


def _of_cap(says: str) -> Callable[[dict[str, Any]], str]:
    def words(data: dict[str, Any]) -> str:
        whose = data["name"] or "everyone"
        used = data["charged"] + data["pending"]
        return f"The cap of {data['credits']:,} credits for {whose} {says}: {used:,} are used."

    return words


WORDS: dict[Topic, Callable[[dict[str, Any]], str]] = {
    Topic.DONE: _of_generation("is done"),
    Topic.FAILED: _of_generation("has failed"),
    Topic.UNCONFIRMED: _of_generation("needs somebody to decide"),
    Topic.BATCH_DONE: _of_batch,
    Topic.CAP_WARNED: _of_cap("comes near its end"),
    Topic.CAP_STOPPED: _of_cap("is reached"),
}
