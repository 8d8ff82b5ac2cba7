"""Blind pairs: every pair once, a person's own order that lasts, votes that add up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest

from core.domain.comparisons import Choice, Comparison, Standing, Vote, standings
from core.errors import InvalidReview
from core.generations import Generation, Request, Status
from core.settings import Settings
from core.studio import Studio
from tests.conftest import NOON
from tests.histories import add_to

Open = Callable[[Settings], Studio]


def of(count: int, seed: str = "s") -> Comparison:
    return Comparison(1, seed, tuple(range(10, 10 + count)), "Ada", NOON)


@pytest.mark.parametrize("count", [2, 3, 40])
def test_every_pair_meets_once(count: int) -> None:
    met = [frozenset((pair.left, pair.right)) for pair in of(count).pairs("ada")]
    assert sorted(map(sorted, met)) == [list(pair) for pair in combinations(range(count), 2)]


def test_each_person_has_an_order_of_their_own_that_lasts() -> None:
    ada, bob = of(9).pairs("ada"), of(9).pairs("bob")
    assert ada == of(9).pairs("ada")
    assert ada != bob
    assert {pair.left < pair.right for pair in ada} == {True, False}


def test_a_win_rate_counts_equals_half_and_nothing_within_a_group() -> None:
    groups, costs = {1: "Gen-4.5", 2: "Veo", 3: "Veo"}, {1: 24, 2: 100, 3: 200}
    votes = [
        Vote("a", 1, 2, 1),
        Vote("a", 1, 3, None),
        Vote("b", 1, 2, 2),
        Vote("b", 1, 3, 3),
        Vote("a", 2, 3, 2),
        Vote("a", 1, 9, 1),
    ]
    assert standings(votes, groups, costs) == [
        Standing("Veo", 0.625, 4, 150.0),
        Standing("Gen-4.5", 0.375, 4, 24.0),
    ]


@pytest.fixture
def made(studio: Studio, text_request: Request) -> list[Generation]:
    return [add_to(studio, text_request) for _ in range(4)]


def numbers(made: list[Generation]) -> list[int]:
    return [generation.id for generation in made]


def test_a_file_that_cannot_lose_its_words_meets_nobody(
    studio: Studio, made: list[Generation]
) -> None:
    told = made[0]
    assert told.main
    drawing = replace(told.main, media_type="image/svg+xml")
    studio._store.move(told, told.status, told.updated_at, outputs=(drawing,))
    assert told.id not in studio.comparisons.open(numbers(made), by="Ada").generation_ids
    with pytest.raises(InvalidReview, match="without saying how they were made"):
        studio.comparisons.open(numbers(made)[:2], by="Ada")


def test_the_same_clips_are_one_comparison_whoever_chooses_them(
    studio: Studio, made: list[Generation]
) -> None:
    first = studio.comparisons.open(numbers(made), by="Ada")
    assert studio.comparisons.open([*numbers(made)[::-1], made[0].id], by="Bob") == first
    assert studio.comparisons.open(numbers(made)[:3], by="Ada").id != first.id


def test_what_cannot_be_seen_does_not_meet(
    studio: Studio, text_request: Request, made: list[Generation]
) -> None:
    failed = add_to(studio, text_request, Status.FAILED)
    with pytest.raises(InvalidReview):
        studio.comparisons.open([made[0].id, failed.id], by="Ada")


def test_votes_of_several_people_add_up_and_go_on_after_a_restart(
    studio: Studio, made: list[Generation], open_studio: Open, settings: Settings
) -> None:
    compared = studio.comparisons.open(numbers(made), by="Ada")
    first = studio.comparisons.progress(compared, by="Ada").left[0]
    studio.comparisons.vote(compared, first.number, Choice.LEFT, by="Ada")
    studio.comparisons.vote(compared, first.number, Choice.LEFT, by=" ADA ")
    studio.comparisons.vote(compared, 0, Choice.EQUAL, by="Bob")
    studio.comparisons.vote(compared, 99, Choice.LEFT, by="Bob")
    studio.close()
    again = open_studio(settings).comparisons
    found = again.get(compared.id)
    assert found == compared
    assert found
    assert again.progress(found, by="Ada").done == again.progress(found, by="Bob").done == 1
    assert first not in again.progress(found, by="Ada").left
    winners = {vote.person.strip().casefold(): vote.winner for vote in again.votes(found)}
    assert winners == {"ada": compared.generation_ids[first.left], "bob": None}


@pytest.mark.parametrize("place", [-1, 4, 2**70])
def test_only_a_place_of_the_comparison_has_a_file(
    studio: Studio, made: list[Generation], place: int
) -> None:
    compared = studio.comparisons.open(numbers(made), by="Ada")
    assert studio.comparisons.file(compared.id, 3)
    assert studio.comparisons.file(compared.id, place) is None
    assert studio.comparisons.file(compared.id + 1, 0) is None
    assert studio.comparisons.file(2**70, 0) is None
