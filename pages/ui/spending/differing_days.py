"""A day on which a provider's books differ from ours, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.accounting.differences import Difference
from core.catalog.suppliers import Supplier
from pages.ui import formatting

ELSEWHERE = "work made in {who}'s playground or with another key"
REFUND = "a refund, or the midnight between"


def sentence(difference: Difference, of: Supplier) -> str:
    """`Runway charged 40 credits on 12 November that Dailies does not know; 38 fit …`"""
    said = []
    day = f"{difference.day:%-d %B}"
    if difference.more:
        credits = formatting.credits(difference.more, of)
        known = "; ".join(_reasons(difference, of.title))
        said.append(f"{of.title} charged {credits} on {day} that Dailies does not know; {known}.")
    if difference.fewer:
        credits = formatting.credits(difference.fewer, of)
        back = f", and as many more on another day: {REFUND}" if difference.returned else ""
        said.append(f"{of.title} has {credits} fewer on {day} than were charged here{back}.")
    return " ".join(said)


def _reasons(difference: Difference, who: str) -> Iterator[str]:
    of = difference.more
    if difference.elsewhere:
        yield f"{_part(difference.elsewhere, of)} {ELSEWHERE.format(who=who)}"
    if difference.uncharged:
        numbers = _numbers(difference.numbers)
        yield f"{_part(difference.uncharged, of)} {numbers}, not charged here"
    if difference.shifted:
        yield f"{difference.shifted:,} are missing on another day: {REFUND}"
    if difference.unexplained == of:
        yield "no work at the prices of its models fits"
    elif difference.unexplained:
        yield f"nothing fits the other {difference.unexplained:,}"


def _part(credits: int, of: int) -> str:
    if credits == of:
        return "all fit" if of > 1 else "it fits"
    return f"{credits:,} fit" if credits > 1 else "1 fits"


def _numbers(numbers: Sequence[int]) -> str:
    named = [f"#{number}" for number in numbers]
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
