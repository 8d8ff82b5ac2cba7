"""The queue on a card: its place in words, and the buttons that change it."""

from __future__ import annotations

from core.generations import Request
from core.studio import Studio
from tests.conftest import Clock, step
from tests.core.worker.test_queue import order
from tests.pages.conftest import Visit, words


def test_a_card_tells_its_place_and_is_put_first_held_and_let_go(
    studio: Studio, visit: Visit, text_request: Request
) -> None:
    _first, second, third = order(studio, text_request, "Anna", 3)
    page = visit("generation", id=str(third.id))
    assert "2 go before it." in words(page)
    page.button(f"queue_arrow_upward_{third.id}").click().run()
    assert "1 goes before it." in words(page)
    page.button(f"queue_vertical_align_top_{third.id}").click().run()
    assert "Next in line." in words(page)
    page.button(f"queue_pause_{third.id}").click().run()
    assert "On hold" in words(page)
    assert studio.generations.get(third.id).held_at
    page.button(f"queue_play_arrow_{third.id}").click().run()
    assert "Next in line." in words(page)
    page = visit("generation", id=str(second.id))
    assert "2 go before it." in words(page)


def test_what_is_held_and_on_its_way_is_not_called_held(
    studio: Studio, visit: Visit, clock: Clock, text_request: Request
) -> None:
    (only,) = order(studio, text_request, "Anna", 1)
    step(studio, clock)
    studio.queue.hold(only.id)
    assert "On hold" not in words(visit("generation", id=str(only.id)))
