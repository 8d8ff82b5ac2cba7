"""Removes originals by the clean-up rules, once a day, and finishes what was cut short.

A slice at a time: the rows are marked, together with their entry in the audit list; then the
manifests say it too; then the files go. Whatever ends the server in between, no row promises a file
that is not there, and each removal is in the list.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from core.domain.audit import Act, Entry
from core.domain.cleanup import (
    OVERDUE,
    Candidate,
    Kind,
    Leaving,
    Plan,
    Planning,
    Rule,
    Run,
    due_at,
)
from core.media.library import Media
from core.storage.room.cleanup_rules import CleanupRuleStore
from core.storage.room.originals import OriginalStore
from core.text.quantities import counted, in_bytes

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Generations of one entry in the audit list, and of one step."""
AGAIN_AFTER = timedelta(minutes=10)
"""How much later a failed deletion is tried again."""
ITSELF = "Dailies"
"""The name in the audit list."""


@dataclass
class Work:
    left: deque[Sequence[Leaving]]
    originals: int = 0
    bytes: int = 0


@dataclass
class Cleanup:
    """`kept` gives generations that are protected by reasons outside their rows; `record` writes a
    manifest, and tells whether it is there; `removed` is told how many files went, and their
    bytes."""

    originals: OriginalStore
    rules: CleanupRuleStore
    media: Media
    kept: Callable[[datetime], set[int]]
    record: Callable[[int], bool]
    removed: Callable[[int, int], None]
    demo: bool
    _work: Work | None = field(default=None, init=False)
    _stuck: dict[str, datetime] = field(default_factory=dict, init=False)
    """Files that could not be deleted, each with when that is tried again."""

    def plan(self, rules: Iterable[Rule], now: datetime) -> Plan:
        candidates = self.originals.candidates(now, self.kept(now))
        return Planning(candidates, self.originals.held(), now, self._stands_in).of(rules)

    def step(self, now: datetime) -> None:
        """Remove the next slice of a run that is due. No run begins while files of the last one are
        still to be deleted."""
        self.finish(now)
        if self._work is None:
            if not self._stuck:
                self._begin(now)
        elif self._work.left:
            self._remove(self._work, self._work.left.popleft(), now)
        else:
            run = Run(now, self._work.originals, self._work.bytes)
            self.rules.add_run(run, demo=self.demo)
            log.info("the rules removed %d originals", run.originals)
            self._work = None

    def finish(self, now: datetime) -> None:
        """Delete what is marked, once its manifest says so. What the disk does not let go is tried
        again later."""
        self._stuck = {file: at for file, at in self._stuck.items() if at > now}
        while found := self.originals.leaving(self._stuck):
            numbers = dict.fromkeys(one for one, _file in found if one)
            unwritten = {one for one in numbers if not self.record(one)}
            files = [file for one, file in found if one not in unwritten]
            failed = self.originals.let_go(files, now, self.media.discard_original)
            waiting = [*failed, *(file for one, file in found if one in unwritten)]
            if waiting:
                why = sorted({type(error).__name__ for error in failed.values()})
                log.warning("%d originals cannot be deleted yet %s", len(waiting), why)
            self._stuck |= dict.fromkeys(waiting, now + AGAIN_AFTER)

    def _begin(self, now: datetime) -> None:
        holding = self.rules.holding(demo=self.demo)
        due = due_at(holding, self.rules.last_run(demo=self.demo))
        if due is None or due > now:
            return
        if due < now - OVERDUE:
            self.rules.delay(now, demo=self.demo)
            log.warning("the rules were due on %s: they wait for another day", due)
            return
        self._work = Work(deque(_slices(self.plan(self._in_force(now), now))))

    def _in_force(self, now: datetime) -> list[Rule]:
        return [one for one in self.rules.holding(demo=self.demo) if one.starts_at <= now]

    def _remove(self, work: Work, part: Sequence[Leaving], now: datetime) -> None:
        rule = part[0].rule
        if rule.id not in {one.id for one in self._in_force(now)}:
            return  # the rule was ended meanwhile, or a backup restored

        def told(gone: Sequence[Candidate]) -> Entry:
            return Entry(now, ITSELF, "", Act.REMOVED, _about(rule, gone))

        chosen = [one.generation_id for one in self._still_meant(part)]
        gone = self.originals.mark(chosen, rule, now, self.kept(now), told)
        self.finish(now)
        originals, size = sum(len(one.posters) for one in gone), sum(one.bytes for one in gone)
        work.originals, work.bytes = work.originals + originals, work.bytes + size
        self.removed(originals, size)

    def _still_meant(self, part: Sequence[Leaving]) -> Iterable[Leaving]:
        """For a rule of room, only as many as still exceed the limit."""
        rule = part[0].rule
        excess = rule.excess(self.originals.held()) if rule.kind is Kind.ROOM else None
        for one in part:
            if excess is not None:
                if excess <= 0:
                    return
                excess -= one.bytes
            yield one

    def _stands_in(self, candidate: Candidate) -> bool:
        return all(self.media.previews.stands_in(*one) for one in candidate.posters)


def _slices(plan: Plan) -> Iterable[Sequence[Leaving]]:
    by_rule = sorted(plan.leaving, key=lambda one: (one.rule.id, one.generation_id))
    for _rule_id, group in groupby(by_rule, key=lambda one: one.rule.id):
        same = list(group)
        for at in range(0, len(same), AT_ONCE):
            yield same[at : at + AT_ONCE]


def _about(rule: Rule, gone: Sequence[Candidate]) -> str:
    """Names all of them by number, so that each can be found in the audit list."""
    size = in_bytes(sum(one.bytes for one in gone))
    numbers = ", ".join(str(one.generation_id) for one in gone)
    by = f"the rule “{rule.words}” of {rule.made_by or 'nobody who told a name'}"
    return f"{counted(len(gone), 'generations')}, {size}, by {by}: {numbers}"
