"""Room on the disk: counted once, told by week, and when it is full."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

from core.domain.usage import Usage
from core.generations import Request
from core.media.folder_sizes import folder_sizes
from core.studio import Studio
from tests.conftest import NOON, Clock
from tests.histories import add_to

EMPTY = dict.fromkeys(("posters", "previews"), (0, 0))
MONDAY = date(2026, 11, 16)


def usage(**facts: Any) -> Usage:
    known: dict[str, Any] = {"folders": EMPTY, "projects": (), "people": (), "ever": 100}
    return Usage(NOON, **known | facts)


def test_the_disk_is_full_when_what_is_left_has_come_at_the_rate_of_the_last_weeks() -> None:
    two_weeks = {MONDAY - timedelta(days=7): 100, MONDAY: 91}
    found = usage(weeks=two_weeks)
    assert round(found.weekly) == 99, "since the Monday of the first one, 13.5 days ago"
    full_at = found.full_at(1000)
    assert full_at
    assert 70 <= (full_at - NOON).days <= 73
    assert found.full_at(100_000) is None
    assert found.full_at(0) == NOON
    assert usage(weeks={MONDAY: 0}).full_at(1) is None
    doubled = usage(weeks=two_weeks, folders=EMPTY | {"previews": (1, 100)})
    assert doubled.weekly == 2 * found.weekly


def test_a_file_of_two_names_counts_once(studio: Studio) -> None:
    folder = studio.media.folder
    (folder / "videos" / "one.mp4").write_bytes(b"12345")
    os.link(folder / "videos" / "one.mp4", folder / "uploads" / "two.mp4")
    (folder / "exports" / "key").mkdir()
    (folder / "exports" / "key" / "plan.json").write_bytes(b"12")
    sizes = folder_sizes(folder, ("videos", "uploads", "exports"))
    assert (sizes["videos"], sizes["uploads"], sizes["exports"]) == ((1, 5), (0, 0), (1, 2))


def test_originals_are_told_by_project_person_and_week_and_kept_for_who_asks_next(
    studio: Studio, text_request: Request, clock: Clock
) -> None:
    made = [add_to(studio, text_request, at=NOON - timedelta(days=days)) for days in (0, 7, 80)]
    seas = studio.projects.named("Seas", by="Ann")
    studio.projects.file([made[0].id], seas.id, by="Ann")
    found = studio.usage.measured()
    assert found
    size = 1_234_567
    assert {(one.name, one.originals, one.bytes) for one in found.projects} == {
        (seas.id, 1, size),
        (None, 2, 2 * size),
    }
    assert [value for value in found.weeks.values() if value] == [size, size]
    assert len(found.weeks) == 8
    assert found.ever == 3 * size
    assert studio.usage.measured() is found
    clock.advance(60)
    assert studio.usage.measured() is not found
