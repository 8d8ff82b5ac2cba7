"""What people decide on while servers are killed, and what the history must say of it.

Whoever hears nothing of what they did does it again, as a person would. So each change that was
acknowledged must be in the history exactly once, in its order.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.domain.reviews import IN_TRASH, YES, What
from core.generations import Review
from core.studio import Studio
from tests.chaos.figures import Figure, Measure

Cell = tuple[int, What, str]
"""A generation, and which of its values: whose stars, which tag, which note."""
PEOPLE = ("ann", "bob", "cleo")
TAGS = ("hero", "night", "take two")
PROJECTS = ("Sea", "Whale", "Storm")
RECENT = 40
"""How many of the newest generations are decided on, so that each is by several people."""


@dataclass(frozen=True)
class Deed:
    """What one person does to one generation. Done twice, it changes nothing more."""

    number: int
    person: str
    generation: int
    what: What
    subject: str
    value: str

    @property
    def cell(self) -> Cell:
        return self.generation, self.what, self.subject


def do(studio: Studio, deed: Deed) -> bool:
    """As the pages do it; whether it was taken."""
    ids, by, reviews = [deed.generation], deed.person, studio.reviews
    match deed.what:
        case What.STARS:
            done = reviews.rate(ids, int(deed.value), by=by)
        case What.TAG:
            done = (reviews.tag if deed.value else reviews.untag)(ids, deed.subject, by=by)
        case What.NOTE:
            done = reviews.write(deed.generation, deed.value, by=by, note_id=deed.subject)
        case What.PROJECT:
            done = studio.projects.file(ids, studio.projects.named(deed.value, by=by).id, by=by)
        case What.TRASH:
            done = (studio.trash.put if deed.value else studio.trash.restore)(ids, by=by)
        case _:
            done = reviews.set_state(ids, Review(deed.value), by=by)
    return not done.refused


@dataclass
class Desk:
    """Thinks of deeds, and keeps what became of them."""

    dice: random.Random = field(default_factory=lambda: random.Random(12))
    lives: dict[Cell, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The values that each has had, by what was acknowledged; the last is the present one."""
    open: dict[int, Deed] = field(default_factory=dict)
    """Of which nothing was heard yet; nobody else touches the same meanwhile."""
    taken: Counter[What] = field(default_factory=Counter)
    refused: int = 0
    _count: int = 0

    def next(self, generations: list[int]) -> Deed | None:
        """A change of one of these; None when all that the dice chose is being changed already."""
        if not generations:
            return None
        self._count += 1
        generation = self.dice.choice(generations[-RECENT:])
        what = self.dice.choice(list(CHOICES))
        person = self.dice.choice(PEOPLE)
        subject = {What.STARS: person, What.TAG: self.dice.choice(TAGS)}.get(what, "")
        if what is What.NOTE:
            subject = f"note-{self._count}"
        cell = generation, what, subject
        if any(deed.cell == cell for deed in self.open.values()):
            return None
        value = self.dice.choice([one for one in CHOICES[what] if one != self.value(cell)])
        if what is What.NOTE:
            value = f"Remark {self._count}"
        deed = Deed(self._count, person, *cell, value)
        self.open[deed.number] = deed
        return deed

    def value(self, cell: Cell) -> str:
        """Its present value."""
        known = self.lives.get(cell)
        return known[-1] if known else NOTHING.get(cell[1], "")

    def hear(self, number: int, *, taken: bool) -> None:
        """An answer to the deed of this number has come."""
        deed = self.open.pop(number)
        if taken:
            self.lives[deed.cell].append(deed.value)
            self.taken[deed.what] += 1
        else:
            self.refused += 1

    def figures(self) -> Iterator[Figure]:
        """How much was decided."""
        count, kinds = self.taken.total(), "; ".join(str(self.taken[what]) for what in CHOICES)
        yield Measure("decisions acknowledged; refused", count, f"; {self.refused}")
        yield Measure("by stars; tags; notes; state; project; trash", count, f"= {kinds}")


CHOICES: dict[What, tuple[str, ...]] = {
    What.STARS: ("1", "2", "3", "4", "5"),
    What.TAG: (YES, ""),
    What.NOTE: (YES,),
    What.REVIEW: tuple(str(one) for one in Review),
    What.PROJECT: PROJECTS,
    What.TRASH: (IN_TRASH, ""),
}
"""What each can be given. A note is always another one."""
NOTHING = {What.REVIEW: str(Review.NONE)}
