"""Rows of a list: each cell where its model has it, or a reason beside the row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from core.compose.listing import Row
from core.emulator import Emulator
from core.generations import Input, Request, Value
from core.studio import Studio
from core.studio.making.lists import Checked, Known
from tests.conftest import Settle

STOPPED = {"status": "FAILED", "failureCode": "SAFETY.INPUT.TEXT"}
FORM = Request("text_to_video", "gen4.5", "A sea", {"ratio": "1280:720", "duration": 5})


def check(studio: Studio, *rows: Row, base: Request = FORM) -> list[Checked]:
    return studio.lists.check(rows, base, {})


def reasons(studio: Studio, row: Row) -> str:
    return " ".join(check(studio, row)[0].reasons)


def test_a_row_says_what_differs_and_the_form_says_the_rest(studio: Studio) -> None:
    row = {"prompt": "A boat", "ratio": "9:16", "duration": "8 s", "seed": "7"}
    (one,) = check(studio, row)
    wanted: dict[str, Value] = {"ratio": "720:1280", "duration": 8, "seed": 7}
    assert one.listed.request == replace(FORM, prompt="A boat", params=wanted)
    assert (one.reasons, one.price) == ((), studio.compose.quote(one.listed.request))
    assert check(studio, {})[0].listed.request == FORM


def test_another_model_is_known_by_its_name_or_its_id(studio: Studio) -> None:
    by_name, by_id = check(studio, {"model": "veo 3.1", "ratio": "16x9"}, {"model": "veo3.1"})
    assert by_name.listed.request.model == by_id.listed.request.model == "veo3.1"
    assert not by_name.reasons + by_id.reasons


@pytest.mark.slow
def test_a_file_is_put_where_the_model_has_room_for_it(
    studio: Studio, picture: Callable[..., bytes]
) -> None:
    upload, _ = studio.uploads.add("Sea.PNG", picture((1280, 720)))
    (one, other) = studio.lists.check(
        [{"files": "sea.png"}, {"files": "https://example.com/sea.png"}], FORM, {"Sea.PNG": upload}
    )
    assert one.listed.request.endpoint == "image_to_video"
    assert one.listed.request.inputs == (Input("first", sha256=upload.sha256),)
    assert other.listed.request.inputs == (Input("first", url="https://example.com/sea.png"),)
    assert not one.reasons + other.reasons


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"model": "nope"}, "Model: none is called “nope”."),
        ({"ratio": "7:3"}, "Ratio is one of"),
        ({"duration": "soon"}, "Duration is"),
        ({"duration": "99"}, "Duration is from"),
        ({"seed": "-1"}, "Seed is from 0"),
        ({"files": "sea.png"}, "“sea.png” is not among the files"),
        ({"prompt": "=A1&B1"}, "this is a formula"),
        ({"prompt": "a" * 2000}, "take out 1,000"),
        ({"project": "x" * 200}, "Project: Use at most"),
        ({"tags": "fine," + "x" * 200}, "Tags: Use at most"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_beside_it(studio: Studio, row: Row, said: str) -> None:
    assert said in reasons(studio, row)


def test_only_the_row_that_moderation_stopped_before_says_so(
    studio: Studio, emulator: Emulator, settle: Settle
) -> None:
    emulator.script([{"on": "create", "do": {"outcome": STOPPED, "after": "accept"}}])
    settle(studio, studio.compose.submit(replace(FORM, prompt="B"), "before")[0])
    fine, stopped, unreadable = check(studio, {}, {"prompt": "B"}, {"prompt": "B", "seed": "-1"})
    assert not fine.reasons
    assert "Moderation stopped exactly this before (generation 1)." in stopped.reasons[0]
    assert "Seed is from 0" in unreadable.reasons[0]


def test_what_is_there_already_is_known_before_it_is_paid_again(
    studio: Studio, settle: Settle
) -> None:
    made = settle(studio, studio.compose.submit(FORM, "before")[0])
    first, second, third = check(studio, {"prompt": "A sea"}, {"prompt": "B"}, {"prompt": "B"})
    assert (first.made, first.like, first.is_repeated) == (made.id, 0, True)
    assert (second.made, second.like, second.is_repeated) == (0, 0, False)
    assert (third.made, third.like) == (0, 2)


def test_a_row_is_read_once_as_long_as_nothing_of_it_changes(studio: Studio) -> None:
    known: Known = {}
    rows = [{"prompt": f"Boat {n % 3}"} for n in range(9)]
    studio.lists.check(rows, FORM, {}, known)
    assert len(known) == 3
    again = studio.lists.check([*rows, {"prompt": "Kite"}], FORM, {}, known)
    assert len(known) == 4
    assert [one.like for one in again] == [0, 0, 0, 1, 2, 3, 1, 2, 3, 0]
