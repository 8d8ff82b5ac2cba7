"""Clean-up rules: set, ended, tried without removing anything; and what they removed, brought
back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from core.domain.cleanup import (
    FIRST_RUN_AFTER,
    LEAST_DAYS,
    MOST_DAYS,
    MOST_GIGABYTES,
    InvalidRule,
    Kind,
    Plan,
    Rule,
    Run,
    due_at,
)
from core.generations import Generation
from core.recovery.room.bringing_back import BringingBack
from core.recovery.room.cleanup import Cleanup
from core.storage.room.cleanup_rules import CleanupRuleStore
from core.storage.store import Store
from core.text.names import tidy


class CleanupRules:
    def __init__(
        self,
        *,
        store: CleanupRuleStore,
        cleanup: Cleanup,
        bringing_back: BringingBack,
        generations: Store,
        changed: Callable[[], None],
        clock: Callable[[], datetime],
        demo: bool,
    ) -> None:
        """`changed` is called after a change."""
        self._store = store
        self._cleanup = cleanup
        self._bringing_back = bringing_back
        self._generations = generations
        self._changed = changed
        self._clock = clock
        self._demo = demo

    def holding(self) -> list[Rule]:
        return self._store.holding(demo=self._demo)

    def set(self, kind: Kind, amount: int, *, by: str) -> Rule:
        """Replaces the rule of this kind. It removes nothing before a day is over. Raises
        InvalidRule, and InvalidReview for an invalid name."""
        rule = self._store.set(replace(self._rule(kind, amount), made_by=tidy(by)))
        self._changed()
        return rule

    def end(self, rule_id: str, *, by: str) -> None:
        """Raises InvalidReview for an invalid name."""
        self._store.end(rule_id, person=tidy(by), now=self._clock())
        self._changed()

    def dry_run(self) -> Plan:
        return self._cleanup.plan(self.holding(), self._clock())

    def dry_run_with(self, kind: Kind, amount: int) -> Plan:
        """What the rules would remove with this one in place of the one of its kind. Raises
        InvalidRule."""
        others = [one for one in self.holding() if one.kind is not kind]
        return self._cleanup.plan([*others, self._rule(kind, amount)], self._clock())

    def next_run(self) -> datetime | None:
        return due_at(self.holding(), self.last_run())

    def last_run(self) -> Run | None:
        return self._store.last_run(demo=self._demo)

    def removed(self) -> tuple[int, int]:
        return self._cleanup.originals.removed()

    def can_bring_back(self, generation: Generation) -> bool:
        """Whether a bucket keeps former versions of everything that was removed of it."""
        return self._bringing_back.is_possible(generation)

    def bring_back(self, generation_id: int) -> Generation:
        """Raises BucketError, DiskFull, OSError, UnknownGeneration."""
        self._bringing_back.bring(self._generations.get(generation_id), self._clock())
        return self._generations.get(generation_id)

    def _rule(self, kind: Kind, amount: int) -> Rule:
        least, most, unit = (
            (1, MOST_GIGABYTES, "GB")
            if kind is Kind.ROOM
            else (LEAST_DAYS, MOST_DAYS, "days")
        )  # fmt: skip
        if not least <= amount <= most:
            raise InvalidRule(f"Between {least:,} and {most:,} {unit}.")
        now = self._clock()
        return Rule("", kind, amount, "", now, now + FIRST_RUN_AFTER, self._demo)
