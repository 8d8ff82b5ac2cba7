"""What a request is made from: by its files, and by what the form was filled from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.compose import descent
from core.domain.families import Origin, Parent, Way
from core.generations import Generation, Input, Request, Status
from tests.conftest import NOON

SEA = Request("text_to_video", "plume_2", "A quiet sea at dawn", {"duration": 5})
FIRST = Input("first", sha256="a" * 64)
EARLIER = Generation(7, "seven", Status.SUCCEEDED, SEA, False, NOON, NOON)
CLIPPED = replace(EARLIER, request=replace(SEA, inputs=(FIRST,)))
FRAME = {FIRST.sha256: "seven"}


@pytest.mark.parametrize(
    ("request_", "verb", "way"),
    [
        (SEA, Way.REMIX, Way.AGAIN),
        (replace(SEA, params={"duration": 6}), Way.REMIX, Way.REMIX),
        (replace(SEA, prompt="A quiet sea at night, in the rain"), Way.REMIX, Way.REMIX),
        (replace(SEA, prompt="Two foxes play chess"), Way.REMIX, None),
        (replace(SEA, prompt=""), Way.REMIX, None),
        (replace(SEA, model="plume_3"), Way.REMIX, Way.MODEL),
        (replace(SEA, model="plume_3"), Way.PROMOTED, Way.PROMOTED),
        (replace(SEA, params={}), Way.PROMOTED, Way.REMIX),
        (replace(SEA, inputs=(FIRST,)), Way.EXTENDED, Way.EXTENDED),
        (replace(SEA, prompt="Then it rains", inputs=(FIRST,)), Way.EXTENDED, Way.EXTENDED),
        (replace(SEA, params={}), Way.EXTENDED, Way.REMIX),
    ],
)
def test_the_verb_counts_for_as_long_as_something_of_it_is_left(
    request_: Request, verb: Way, way: Way | None
) -> None:
    assert descent.way_from(request_, FRAME, Origin(7, verb), EARLIER) is way


def test_a_request_without_words_is_known_by_its_files() -> None:
    before = replace(SEA, prompt="", inputs=(FIRST,))
    assert descent.is_like(replace(before, params={}), before)
    assert not descent.is_like(replace(before, inputs=(Input("first", "b" * 64),)), before)
    assert descent.is_like(Request("e", "m"), Request("e", "m"))


def test_each_generation_is_named_once_by_the_closest_way() -> None:
    wanted = replace(SEA, inputs=(FIRST, Input("last", "b" * 64), Input("more", "c" * 64)))
    sources = FRAME | {"b" * 64: "seven", "c" * 64: "eight"}
    found = descent.parents(wanted, sources, Origin(7, Way.EXTENDED), EARLIER)
    assert found == (Parent("seven", Way.EXTENDED), Parent("eight", Way.INPUT))
    assert descent.parents(wanted, {}, None, None) == ()
