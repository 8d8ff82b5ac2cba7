"""Families: what a generation was made from, what was made from it, and what all that cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from core.domain.families import Family, Link, Member, Way
from core.generations import Generation
from core.storage.making.families import FamilyStore

SHOWN = 200
COUNTED = 2000
RANK = (Way.EXTENDED, Way.PROMOTED, Way.MODEL, Way.REMIX, Way.AGAIN, Way.INPUT)
"""Below which of several parents a generation stands."""


class Families:
    def __init__(self, *, store: FamilyStore) -> None:
        self._store = store

    def of(self, generation_id: int) -> Family:
        kin = self._store.kin(generation_id, COUNTED)
        costs = self._store.costs(kin.ids)
        return Family(
            members=arranged(self._store.members(kin.ids[:SHOWN]), kin.links),
            size=len(kin.ids),
            is_exact=kin.is_all,
            cost=costs[False],
            demo_cost=costs[True],
        )


def arranged(generations: Sequence[Generation], links: Iterable[Link]) -> tuple[Member, ...]:
    """Each once, behind the one that it stands below. The oldest come first."""
    shown = {one.id: one for one in sorted(generations, key=lambda one: one.id)}
    above: dict[int, list[Link]] = {number: [] for number in shown}
    for link in sorted(links, key=lambda link: (RANK.index(link.way), link.parent)):
        if link.child in shown and link.parent in shown and link.child != link.parent:
            above[link.child].append(link)
    below: dict[int, list[int]] = {}
    for number, parents in above.items():
        if parents:
            below.setdefault(parents[0].parent, []).append(number)
    found: dict[int, Member] = {}
    # Those without parents come first; in a circle, which only a manual edit can make, the oldest.
    for top in (*(n for n in shown if not above[n]), *shown):
        if top not in found:
            for number in _downwards(top, below, set(found)):
                found[number] = _member(shown[number], above[number], is_top=number == top)
    return tuple(found.values())


def _downwards(top: int, below: dict[int, list[int]], met: set[int]) -> Iterator[int]:
    waiting = [top]
    while waiting:
        number = waiting.pop()
        if number not in met:
            met.add(number)
            yield number
            waiting += reversed(below.get(number, []))


def _member(generation: Generation, links: Sequence[Link], *, is_top: bool) -> Member:
    if is_top or not links:
        return Member(generation, others=tuple(link.parent for link in links))
    first, *others = links
    return Member(generation, first.parent, first.way, tuple(link.parent for link in others))
