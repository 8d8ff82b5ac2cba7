"""Clean-up rules in the history, and when they ran."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3

from core.domain.cleanup import FIRST_RUN_AFTER, Kind, Rule, Run
from core.storage.database import HistoryFile, moment, moment_or_none, stamp


class CleanupRuleStore:
    """At most one rule of each kind holds, in live mode and in the demo."""

    def __init__(self, file: HistoryFile) -> None:
        self._file = file

    def set(self, rule: Rule) -> Rule:
        rule = replace(rule, id=secrets.token_hex(8))
        with self._file.tx() as db:
            db.execute(
                "update cleanup_rules set ended_by = ?, ended_at = ?"
                " where kind = ? and demo = ? and ended_at is null",
                [rule.made_by, stamp(rule.made_at), rule.kind, rule.demo],
            )
            _insert(db, rule)
        return rule

    def end(self, rule_id: str, *, person: str, now: datetime) -> None:
        with self._file.tx() as db:
            _end(db, rule_id, person, now)

    def holding(self, *, demo: bool) -> list[Rule]:
        return [rule for rule in self.ever() if rule.ended_at is None and rule.demo is demo]

    def ever(self) -> list[Rule]:
        with self._file.reading() as connection:
            rows = connection.execute("select * from cleanup_rules order by made_at, id").fetchall()
        return [_rule_of(row) for row in rows]

    def adopt(self, rules: Iterable[Rule] | None, now: datetime) -> None:
        """Take over rules of another, newer history: one that it does not know as holding ends
        here. With None nothing is known of that history. What holds waits a day."""
        told = list(rules or ())
        with self._file.tx() as db:
            for rule in told:
                _insert(db, rule)
                if rule.ended_at:
                    _end(db, rule.id, rule.ended_by, rule.ended_at)
            _end_others(db, told, now)
            db.execute(
                "update cleanup_rules set starts_at = max(starts_at, ?) where ended_at is null",
                [stamp(now + FIRST_RUN_AFTER)],
            )

    def delay(self, now: datetime, *, demo: bool) -> None:
        with self._file.tx() as db:
            db.execute(
                "update cleanup_rules set starts_at = ? where ended_at is null and demo = ?",
                [stamp(now + FIRST_RUN_AFTER), demo],
            )

    def end_unknown(self, rules: Iterable[Rule], now: datetime) -> None:
        with self._file.tx() as db:
            _end_others(db, list(rules), now)

    def keep(self, present: sqlite3.Connection, now: datetime) -> None:
        with self._file.tx() as db:
            db.execute("delete from cleanup_rules")
            db.execute("delete from cleanup_runs")
        self.adopt(map(_rule_of, present.execute("select * from cleanup_rules").fetchall()), now)

    # -- runs -----------------------------------------------------------------------------------

    def add_run(self, run: Run, *, demo: bool) -> None:
        with self._file.tx() as db:
            db.execute(
                "insert into cleanup_runs (demo, ended_at, originals, bytes) values (?, ?, ?, ?)",
                [demo, stamp(run.ended_at), run.originals, run.bytes],
            )

    def last_run(self, *, demo: bool) -> Run | None:
        with self._file.reading() as connection:
            row = connection.execute(
                "select * from cleanup_runs where demo = ? order by id desc limit 1", [demo]
            ).fetchone()
        return Run(moment(row["ended_at"]), row["originals"], row["bytes"]) if row else None


def _end(db: Database, rule_id: str, person: str, now: datetime) -> None:
    db.execute(
        "update cleanup_rules set ended_by = ?, ended_at = ? where id = ? and ended_at is null",
        [person, stamp(now), rule_id],
    )


def _end_others(db: Database, rules: Iterable[Rule], now: datetime) -> None:
    holding = json.dumps([rule.id for rule in rules if rule.ended_at is None])
    db.execute(
        "update cleanup_rules set ended_at = ? where ended_at is null"
        " and id not in (select value from json_each(?))",
        [stamp(now), holding],
    )


def _insert(db: Database, rule: Rule) -> None:
    times = {
        "made_at": stamp(rule.made_at),
        "starts_at": stamp(rule.starts_at),
        "ended_at": stamp(rule.ended_at) if rule.ended_at else None,
    }
    db.table("cleanup_rules").insert(vars(rule) | times, ignore=True)


def _rule_of(row: Any) -> Rule:
    return Rule(
        id=row["id"],
        kind=Kind(row["kind"]),
        amount=row["amount"],
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
        starts_at=moment(row["starts_at"]),
        demo=bool(row["demo"]),
        ended_by=row["ended_by"],
        ended_at=moment_or_none(row["ended_at"]),
    )
