"""What a message to a person says: one line, of a batch once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from core.catalog.suppliers import Suppliers
from core.domain.subscriptions import Delivery, Topic
from core.generations import FIRST_PROVIDER

EXAMPLE = "This is a test: messages of Dailies arrive here."
Words = Callable[[dict[str, Any], Suppliers], str]


def text(delivery: Delivery, suppliers: Suppliers) -> str:
    data = json.loads(delivery.data)
    return EXAMPLE if data.get("example") else WORDS[delivery.topic](data, suppliers)


def _of_generation(ends: str) -> Words:
    def words(data: dict[str, Any], suppliers: Suppliers) -> str:
        spent, of = data["credits_charged"], suppliers[data.get("provider", FIRST_PROVIDER)]
        cost = f", {of.counted(spent)}" if spent is not None else ""
        why = f": {data['reason']}" if data["reason"] else ""
        return f"#{data['id']} {ends}{cost}{why}"

    return words


def _of_batch(data: dict[str, Any], suppliers: Suppliers) -> str:
    parts = [f"{data[name]} {name}" for name in ("done", "failed", "cancelled", "unconfirmed")]
    told = [part for part in parts if not part.startswith("0 ")]
    spent = data.get("credits_by_provider") or {FIRST_PROVIDER: data["credits"]}
    return f"{data['name']}: {', '.join([*told, suppliers.counted(spent)])}"


def _of_cap(says: str) -> Words:
    def words(data: dict[str, Any], suppliers: Suppliers) -> str:
        of = suppliers[data.get("provider", FIRST_PROVIDER)]
        whose = data["name"] or "everyone"
        used = of.counted(data["charged"] + data["pending"])
        return f"The cap of {of.counted(data['credits'])} for {whose} {says}: {used} are used."

    return words


WORDS: dict[Topic, Words] = {
    Topic.DONE: _of_generation("is done"),
    Topic.FAILED: _of_generation("has failed"),
    Topic.UNCONFIRMED: _of_generation("needs somebody to decide"),
    Topic.BATCH_DONE: _of_batch,
    Topic.CAP_WARNED: _of_cap("comes near its end"),
    Topic.CAP_STOPPED: _of_cap("is reached"),
}
"""A message written before messages named their provider is about the first one."""
