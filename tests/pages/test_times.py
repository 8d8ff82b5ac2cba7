"""Moments in the zone that the browser names, if there is one of that name."""

from __future__ import annotations

from datetime import UTC

import pytest

from pages.ui import times
from tests.conftest import NOON


@pytest.mark.parametrize(
    "name",
    [None, "", "Nowhere/Town", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b", "x" * 999],
)
def test_a_zone_that_does_not_exist_is_utc(name: str | None) -> None:
    assert times.zone(name) is UTC


def test_a_moment_is_shown_by_the_clock_of_the_viewer() -> None:
    there = NOON.astimezone(times.zone("Asia/Kolkata"))
    assert f"{there:%H:%M %Z}" == "17:30 IST"
