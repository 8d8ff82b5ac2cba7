"""A family as it is shown: each member once, below the closest of those that it was made from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.families import Cost, Link, Origin, Way
from core.generations import Generation, Request, Status
from core.studio import Studio
from core.studio.desk.families import RANK, SHOWN, arranged
from tests.conftest import NOON, Settle

SEA = Request("text_to_video", "gen4.5", "A quiet sea", {"ratio": "1280:720", "duration": 2})


def clip(number: int) -> Generation:
    return Generation(number, f"k{number}", Status.SUCCEEDED, SEA, False, NOON, NOON)


links = st.lists(
    st.builds(Link, st.integers(1, 9), st.integers(1, 9), st.sampled_from(list(Way))), max_size=20
)


@pytest.mark.slow
@given(links=links)
def test_each_member_stands_once_behind_the_one_that_it_stands_below(links: list[Link]) -> None:
    """Whatever the links are: circles too."""
    members = arranged([clip(n) for n in range(1, 9)], links)
    numbers = [member.generation.id for member in members]
    assert sorted(numbers) == list(range(1, 9))
    for place, member in enumerate(members):
        if member.parent:
            assert member.parent in numbers[:place]
            assert Link(member.generation.id, member.parent, member.way or Way.INPUT) in links


def test_of_several_parents_the_closest_one_counts_and_the_others_are_named() -> None:
    found = arranged(
        [clip(n) for n in (1, 2, 3, 4)],
        [Link(4, 1, Way.INPUT), Link(4, 3, Way.REMIX), Link(4, 2, Way.EXTENDED)],
    )
    last = next(member for member in found if member.generation.id == 4)
    assert (last.parent, last.way, last.others) == (2, Way.EXTENDED, (3, 1))
    assert RANK[0] is Way.EXTENDED


def test_a_family_counts_what_all_of_it_cost_also_in_the_trash_and_emptied(
    studio: Studio, settle: Settle
) -> None:
    first = settle(studio, studio.compose.submit(SEA, "0")[0])
    made = [
        studio.compose.submit(
            replace(SEA, params={**SEA.params, "seed": n}),
            str(n),
            origin=Origin(first.id, Way.REMIX),
        )[0]
        for n in (1, 2)
    ]
    done = [first, *(settle(studio, one) for one in made)]
    pending, _ = studio.compose.submit(SEA, "9", origin=Origin(first.id, Way.REMIX))
    studio.trash.put([done[0].id, done[1].id], by="Ann")
    studio.trash.empty(by="Ann", generation_ids=[done[0].id])
    family = studio.families.of(done[2].id)
    charged = [one.credits_charged or 0 for one in done]
    assert all(charged)
    assert family.cost == {"runway": Cost(sum(charged), pending.credits or 0)}
    ways = {member.generation.id: member.way for member in family.members}
    assert ways == {first.id: None, 2: Way.REMIX, 3: Way.REMIX, pending.id: Way.AGAIN}
    assert family.members[0].generation.emptied_at


@pytest.mark.slow
def test_of_a_large_family_the_nearest_are_shown_and_all_are_counted(studio: Studio) -> None:
    first, _ = studio.compose.submit(SEA, "0")
    for n in range(1, SHOWN + 10):
        studio.compose.submit(SEA, str(n), origin=Origin(first.id, Way.REMIX))
    family = studio.families.of(first.id)
    assert (len(family.members), family.size, family.is_exact) == (SHOWN, SHOWN + 10, True)
    assert family.cost == {"runway": Cost(0, (SHOWN + 10) * (first.credits or 0))}
