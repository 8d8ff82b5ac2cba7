"""Blind pairs: two clips of a set at a time, of which a person likes one better."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.domain.comparisons import FEWEST, MOST, Choice, Comparison, Pair, Vote
from core.errors import InvalidReview
from core.files import Output
from core.generations import Generation
from core.storage.desk.comparisons import ComparisonStore
from core.storage.store import Store
from core.text.names import key, tidy

MEDIA = ("video", "image")


@dataclass(frozen=True)
class Progress:
    """The pairs that a person has still to see, the next one first, and how many there are in
    all."""

    left: list[Pair]
    total: int

    @property
    def done(self) -> int:
        return self.total - len(self.left)


class Comparisons:
    def __init__(
        self, *, store: ComparisonStore, generations: Store, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._generations = generations
        self._clock = clock

    def open(self, numbers: Sequence[int], *, by: str) -> Comparison:
        """The comparison of these clips; the same for everybody who chooses the same ones.

        Raises InvalidReview and UnknownGeneration.
        """
        known = [self._generations.get(number) for number in dict.fromkeys(numbers)]
        seen = [one.id for one in known if (output := output_of(one)) and not output.removal]
        if not FEWEST <= len(seen) <= MOST:
            raise InvalidReview(
                f"Choose {FEWEST} to {MOST} clips or pictures whose files can be shown without"
                " saying how they were made."
            )
        random.SystemRandom().shuffle(seen)
        return self._store.open(seen, seed=secrets.token_hex(8), person=tidy(by), now=self._clock())

    def get(self, comparison_id: int) -> Comparison | None:
        return self._store.get(comparison_id)

    def progress(self, comparison: Comparison, *, by: str) -> Progress:
        voted = {
            frozenset((vote.first, vote.second))
            for vote in self._store.votes(comparison.id, key(tidy(by)))
        }
        ids = comparison.generation_ids
        pairs = comparison.pairs(key(tidy(by)))
        gone = self._store.removed(comparison.id)
        pairs = [pair for pair in pairs if not {ids[pair.left], ids[pair.right]} & gone]
        left = [pair for pair in pairs if {ids[pair.left], ids[pair.right]} not in voted]
        return Progress(left, len(pairs))

    def removed(self, comparison: Comparison) -> int:
        return len(self._store.removed(comparison.id))

    def vote(self, comparison: Comparison, number: int, choice: Choice, *, by: str) -> None:
        """This person's choice for the pair of this number in their order. Unknown numbers are
        ignored: a browser may send anything."""
        pairs = comparison.pairs(key(tidy(by)))
        if not 0 <= number < len(pairs):
            return
        ids, pair = comparison.generation_ids, pairs[number]
        left, right = ids[pair.left], ids[pair.right]
        winner = {Choice.LEFT: left, Choice.RIGHT: right}.get(choice)
        self._store.vote(
            comparison.id,
            Vote(tidy(by), left, right, winner),
            person_key=key(tidy(by)),
            now=self._clock(),
        )

    def votes(self, comparison: Comparison) -> list[Vote]:
        return self._store.votes(comparison.id)

    def file(self, comparison_id: int, place: int) -> Output | None:
        comparison = self._store.get(comparison_id)
        if comparison is None or not 0 <= place < len(comparison.generation_ids):
            return None
        return output_of(self._generations.get(comparison.generation_ids[place]))


def output_of(generation: Generation) -> Output | None:
    """The output that can be compared: a clip or picture that every browser shows, and that can be
    had without its recipe."""
    output = generation.main
    if output is None or output.medium not in MEDIA:
        return None
    return output if output.is_played and output.is_strippable else None
