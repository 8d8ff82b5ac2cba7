"""The view behind a link, as text that stays valid in a restored history; and its clips."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from pydantic import TypeAdapter, ValidationError
from sqlite_utils.utils import sqlite3

from core.generations import Status
from core.storage.database import HistoryFile
from core.storage.search.selection import Filter, Order

FILTER = TypeAdapter(Filter)
KNOWN = frozenset(field.name for field in fields(Filter))
NO_PROJECT = 0


@dataclass(frozen=True)
class LiveView:
    """A link shows only what has files, and nothing from the trash."""

    chosen: Filter
    order: Order

    @classmethod
    def of(cls, chosen: Filter, order: Order) -> LiveView | None:
        """None where the view could never show anything."""
        if chosen.seeks_trash or (chosen.status and Status.SUCCEEDED not in chosen.status):
            return None
        return cls(replace(chosen, status=(Status.SUCCEEDED,), trashed=False), order)


class LiveViewTexts:
    """Projects are named by their uids: after a restore, a number may be another project's."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def write(self, view: LiveView) -> str:
        said = FILTER.dump_python(view.chosen, mode="json")
        with self._file.reading() as connection:
            said["project"] = _uids(connection, view.chosen.project)
        return json.dumps({"filter": said, "order": view.order}, ensure_ascii=False)

    def read(self, text: str) -> LiveView | None:
        """None for a text that cannot be read completely: half a filter would show more."""
        try:
            told = json.loads(text)
            said, order = dict(told["filter"]), Order(told["order"])
            if not said.keys() <= KNOWN:
                return None
            with self._file.reading() as connection:
                said["project"] = _numbers(connection, said.get("project", []))
            return LiveView.of(FILTER.validate_python(said), order)
        except (ValidationError, ValueError, TypeError, KeyError):
            return None


def _uids(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[str]:
    find = "select uid from projects where id = ?"
    rows = [connection.execute(find, [number]).fetchone() for number in numbers]
    return [row["uid"] if row else "" for row in rows]


def _numbers(connection: sqlite3.Connection, uids: Sequence[str]) -> list[int]:
    """An unknown project lets nothing through."""
    find = "select id from projects where uid = ?"
    rows = [connection.execute(find, [str(uid)]).fetchone() for uid in uids]
    return [row["id"] if row else NO_PROJECT for row in rows]
