"""How the time of a generation passed, from the states that it went through."""

from __future__ import annotations

from datetime import timedelta

from core.generations import Event, Status
from pages.ui.generation.passing import stretches
from tests.conftest import NOON


def lived(*states: tuple[Status, int]) -> list[Event]:
    """Events at these seconds after noon."""
    return [Event(NOON + timedelta(seconds=at), status, "") for status, at in states]


def test_a_clip_waited_ran_and_was_fetched() -> None:
    events = lived(
        (Status.QUEUED, 0),
        (Status.SUBMITTING, 5),
        (Status.THROTTLED, 10),
        (Status.RUNNING, 40),
        (Status.DOWNLOADING, 102),
        (Status.SUCCEEDED, 105),
    )
    found = [(one.name, one.seconds) for one in stretches(events, NOON + timedelta(hours=1))]
    assert found == [("Waited", 40), ("Rendered", 62), ("Saved", 3)]


def test_what_has_not_ended_goes_on_until_now() -> None:
    events = lived((Status.QUEUED, 0), (Status.RUNNING, 10))
    found = [(one.name, one.seconds) for one in stretches(events, NOON + timedelta(seconds=70))]
    assert found == [("Waited", 10), ("Rendering", 60)]


def test_time_after_an_end_is_nobodys_until_it_is_fetched_again() -> None:
    events = lived(
        (Status.RUNNING, 0),
        (Status.FAILED, 10),
        (Status.DOWNLOADING, 500),
        (Status.SUCCEEDED, 502),
    )
    found = [(one.name, one.seconds) for one in stretches(events, NOON)]
    assert found == [("Rendered", 10), ("Saved", 2)]
