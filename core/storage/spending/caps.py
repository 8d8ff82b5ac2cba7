"""Limits on spending: those that hold, and those that did."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.caps import EVERY_PROVIDER, Cap, Order, Period, Scope, Subject
from core.storage.database import HistoryFile, moment, moment_or_none, stamp
from core.text.names import key


class CapStore:
    """A subject has at most one cap a period in each provider's credits, and one in dollars over
    all."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def set(self, cap: Cap) -> Cap:
        cap = replace(cap, id=secrets.token_hex(8))
        with self._file.tx() as db:
            db.execute(
                "update caps set ended_by = ?, ended_at = ?"
                " where provider = ? and scope = ? and subject = ? and period = ?"
                " and ended_at is null",
                [cap.made_by, stamp(cap.made_at), *_place(cap)],
            )
            _insert(db, cap)
        return cap

    def end(self, cap_id: str, *, person: str, now: datetime) -> None:
        with self._file.tx() as db:
            db.execute(
                "update caps set ended_by = ?, ended_at = ? where id = ? and ended_at is null",
                [person, stamp(now), cap_id],
            )

    def holding(self) -> list[Cap]:
        return [cap for cap in self.ever() if cap.ended_at is None]

    def ever(self) -> list[Cap]:
        with self._file.reading() as connection:
            rows = connection.execute(
                "select caps.*, coalesce(projects.name, caps.name) as now_named from caps"
                " left join projects on scope = 'project' and projects.uid = subject"
                " where projects.uid is not null or subject not in (select uid from main.projects)"
                " order by made_at, caps.rowid"
            ).fetchall()
        return [_cap_of(row) for row in rows]

    def adopt(self, caps: Iterable[Cap]) -> None:
        """Take over caps of another history: unknown ones, and the end of known ones."""
        with self._file.tx() as db:
            for cap in sorted(caps, key=lambda one: one.ended_at is None):
                if cap.ended_at:
                    db.execute(
                        "update caps set ended_by = ?, ended_at = ? where id = ?",
                        [cap.ended_by, stamp(cap.ended_at), cap.id],
                    )
                _insert(db, cap, ignore=True)

    def against(self, order: Order) -> list[Cap]:
        uid = self._uid(order.project_id)
        counted = {
            Subject(Scope.EVERYONE),
            Subject(Scope.MODEL, order.model),
            Subject(Scope.PERSON, key(order.author)),
            Subject(Scope.PROJECT, uid),
        }
        unnamed = {Subject(Scope.PERSON, ""), Subject(Scope.PROJECT, "")}
        there = (order.provider, EVERY_PROVIDER)
        at_it = [cap for cap in self.holding() if cap.provider in there]
        return [cap for cap in at_it if cap.subject in counted - unnamed]

    def _uid(self, project_id: int | None) -> str:
        if project_id is None:
            return ""
        with self._file.reading() as connection:
            row = connection.execute(
                "select uid from projects where id = ?", [project_id]
            ).fetchone()
        return row["uid"] if row else ""


def _place(cap: Cap) -> tuple[str, str, str, str]:
    return cap.provider, cap.subject.scope, cap.subject.key, cap.period


def _insert(db: Database, cap: Cap, *, ignore: bool = False) -> None:
    provider, scope, subject, period = _place(cap)
    row = {
        "id": cap.id,
        "scope": scope,
        "subject": subject,
        "name": cap.subject.name,
        "period": period,
        "credits": cap.credits,
        "warn_percent": cap.warn_percent,
        "made_by": cap.made_by,
        "made_at": stamp(cap.made_at),
        "ended_by": cap.ended_by,
        "ended_at": stamp(cap.ended_at) if cap.ended_at else None,
        "provider": provider,
    }
    db.table("caps").insert(row, ignore=ignore)


def _cap_of(row: sqlite3.Row) -> Cap:
    return Cap(
        id=row["id"],
        subject=Subject(Scope(row["scope"]), row["subject"], row["now_named"]),
        period=Period(row["period"]),
        credits=row["credits"],
        warn_percent=row["warn_percent"],
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
        ended_by=row["ended_by"],
        ended_at=moment_or_none(row["ended_at"]),
        provider=row["provider"],
    )
