"""What the evidence suggests about a request that nobody answered. Figures in, sentences out.

Three figures can tell: the balance and the model's count of the day, each before and after, and
the provider's usage of that day. What our other tasks explain is subtracted from each; the rest
fits a task that was made, none, both or neither. Others may use the account too, so it stays a
suggestion.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from core.accounting.balance_changes import (
    DAY,
    NOTHING,
    ONE,
    SLACK,
    Span,
    Window,
    charged,
    counted,
    total,
)
from core.catalog.suppliers import Supplier
from core.generations import Generation, Status
from core.providers.tasks import Task
from core.storage.spending.ledger import Work

SETTLED = timedelta(minutes=10)
"""A provider's usage may lack a task for so long."""
EARLY, LATE = timedelta(minutes=2), timedelta(minutes=15)
"""How far a task's own time may lie from its request: clocks differ, requests queue."""


class Verdict(StrEnum):
    MADE = "Probably made and paid"
    NOT_MADE = "Probably not made"
    OPEN = "Cannot be told"


class Sign(StrEnum):
    MADE = "made"
    NOT_MADE = "not made"
    EITHER = "either"
    NEITHER = "neither"


@dataclass(frozen=True)
class Finding:
    """`{who}` in the sentence stands for the provider until `told` fills it in."""

    sign: Sign
    sentence: str

    def told(self, who: str) -> Finding:
        return replace(self, sentence=self.sentence.replace("{who}", who))


@dataclass(frozen=True)
class Figures:
    """The account at one moment; `today` is the model's count of the last 24 hours, None where the
    provider does not count."""

    balance: int
    today: int | None
    at: datetime

    @classmethod
    def of(cls, evidence: Any, at: datetime | None) -> Figures | None:
        """From stored evidence; None where the provider could not be asked then."""
        if at is None or not isinstance(evidence, Mapping):
            return None
        balance, today = evidence.get("balance"), evidence.get("today")
        if not isinstance(balance, int):
            return None
        return cls(balance, today if isinstance(today, int) else None, at)


@dataclass(frozen=True)
class Booking:
    """The provider's usage for the request's model on its day, as read at `seen_at`."""

    credits: int
    start: datetime
    end: datetime
    seen_at: datetime


@dataclass(frozen=True)
class Doubt:
    generation: Generation
    verdict: Verdict
    findings: tuple[Finding, ...]
    before: Figures | None
    after: Figures | None
    booking: Booking | None
    others: tuple[Work, ...]
    """Our other tasks at that time, which may explain the difference."""
    again: int | None = None
    """The generation that sent it again."""


def examine(
    generation: Generation,
    before: Figures | None,
    after: Figures | None,
    booking: Booking | None,
    works: Iterable[Work],
    who: str,
) -> Doubt:
    """Weigh everything. `works` are our own other tasks that the figures may include; `who` is what
    people call the provider."""
    others = list(works)
    window = Window(before.at, after.at) if before and after else None
    findings = []
    if before and after and window:
        balance = _balance(generation, before.balance - after.balance, window, others)
        if before.today is not None and after.today is not None:
            findings.append(_count(generation, after.today - before.today, window, others))
        elif balance.sign is Sign.NOT_MADE and after.at - before.at < SETTLED:
            # Without a count beside it: nobody knows when this provider takes its credits.
            balance = Finding(Sign.EITHER, "The balance shows nothing of it yet; it may fall late.")
        findings.append(balance)
    if booking:
        findings.append(_usage(generation, booking, others))
    return Doubt(
        generation=generation,
        verdict=verdict(findings),
        findings=tuple(finding.told(who) for finding in findings),
        before=before,
        after=after,
        booking=booking,
        others=tuple(work for work in others if window and _overlaps(work, window)),
    )


def verdict(findings: Iterable[Finding]) -> Verdict:
    """A suggestion needs a figure that speaks for it, and none that speaks against it."""
    signs = {finding.sign for finding in findings}
    if Sign.MADE in signs and Sign.NOT_MADE not in signs:
        return Verdict.MADE
    if Sign.NOT_MADE in signs and Sign.MADE not in signs:
        return Verdict.NOT_MADE
    return Verdict.OPEN


def weigh(seen: int, explained: Span, wanted: Span) -> Sign:
    left = explained.under(seen)
    made, nothing = left.meets(wanted), left.meets(NOTHING)
    if made and nothing:
        return Sign.EITHER
    if made:
        return Sign.MADE
    return Sign.NOT_MADE if nothing else Sign.NEITHER


def doubtful(generation: Generation, task: Task, of: Supplier) -> str:
    """Why the task is hardly the one that this request became, as a sentence; empty if it may
    be."""
    sent, made = generation.submitted_at, task.created_at
    if sent and made and not sent - EARLY <= made <= sent + LATE:
        return (
            f"That task was made at {_moment(made)}, and this request was sent at {_moment(sent)}."
        )
    cost, quoted = task.credits_estimated, generation.credits_quoted
    if cost is None and task.stage is Status.DOWNLOADING:
        cost = task.credits_charged
    if cost is not None and quoted is not None and cost != quoted:
        return f"That task costs {of.counted(cost)}, and this one was to cost {quoted:,}."
    return ""


def _count(generation: Generation, seen: int, window: Window, others: list[Work]) -> Finding:
    if window.end - window.start >= DAY - SLACK:
        return Finding(Sign.EITHER, "{who}'s count covers 24 hours; the looks lie further apart.")
    explained = total(counted(work, window) for work in _alike(generation, others))
    return _finding(weigh(seen, explained, ONE), COUNT)


def _balance(generation: Generation, seen: int, window: Window, others: list[Work]) -> Finding:
    explained = total(charged(work, window) for work in others)
    return _finding(weigh(seen, explained, _price(generation)), BALANCE)


def _usage(generation: Generation, booking: Booking, others: list[Work]) -> Finding:
    window = Window(booking.start, min(booking.end, booking.seen_at))
    explained = total(charged(work, window) for work in _alike(generation, others))
    sign = weigh(booking.credits, explained, _price(generation))
    sent = generation.submitted_at
    if sign is Sign.NOT_MADE and sent and booking.seen_at - sent < SETTLED:
        return Finding(
            Sign.EITHER, "{who}'s usage of that day shows nothing of it yet; it may come late."
        )
    return _finding(sign, USAGE)


COUNT = {
    Sign.MADE: "{who} counted one task of this model more than we know of.",
    Sign.NOT_MADE: "{who} counted no task of this model that we do not know of.",
    Sign.EITHER: "{who}'s count changed, or not, together with other work of ours at that time.",
    Sign.NEITHER: "{who}'s count changed by more than we know of: somebody else used the account.",
}
BALANCE = {
    Sign.MADE: "The balance fell by what this costs, and nothing else of ours explains it.",
    Sign.NOT_MADE: "Nothing left the balance that other work of ours does not explain.",
    Sign.EITHER: "What left the balance may be this one, or other work of ours at that time.",
    Sign.NEITHER: "The balance changed by a sum that neither this nor other work of ours explains.",
}
USAGE = {
    Sign.MADE: "{who}'s usage of that day has what this costs beyond all that we know of.",
    Sign.NOT_MADE: "{who}'s usage of that day has nothing beyond what we know of.",
    Sign.EITHER: "{who}'s usage of that day fits with and without it: other work is not settled.",
    Sign.NEITHER: "{who}'s usage of that day has a sum that our own work does not explain.",
}


def _finding(sign: Sign, sentences: Mapping[Sign, str]) -> Finding:
    return Finding(sign, sentences[sign])


def _alike(generation: Generation, others: Iterable[Work]) -> list[Work]:
    model = generation.request.model
    return [
        work if work.model else replace(work, sure=False)
        for work in others
        if work.model in (model, "")
    ]


def _price(generation: Generation) -> Span:
    quoted = generation.credits_quoted
    return Span(1, math.inf) if quoted is None else Span(quoted, quoted)


def _overlaps(work: Work, window: Window) -> bool:
    return charged(work, window) != NOTHING or counted(work, window).high > 0


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
