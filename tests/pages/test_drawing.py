"""Pages are drawn a few at a time, and none waits for long."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from pages.ui.shell import drawing

LONG = 30.0
"""Seconds after which something has gone wrong."""


def drawn(began: threading.Event) -> threading.Thread:
    def draw() -> None:
        with drawing.in_turn():
            began.set()

    thread = threading.Thread(target=draw)
    thread.start()
    return thread


def test_a_page_is_drawn_once_another_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "PATIENCE_SECONDS", LONG)
    began = threading.Event()
    with ExitStack() as others, ExitStack() as first:
        first.enter_context(drawing.in_turn())
        for _ in range(drawing.AT_ONCE - 1):
            others.enter_context(drawing.in_turn())
        thread = drawn(began)
        assert not began.wait(0.2), "it was drawn as one too many"
        first.close()
        assert began.wait(LONG / 2), "it was not drawn when its turn had come"
        thread.join()


def test_a_page_is_drawn_all_the_same_where_the_others_take_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing, "PATIENCE_SECONDS", 0.1)
    began = threading.Event()
    with ExitStack() as others:
        for _ in range(drawing.AT_ONCE):
            others.enter_context(drawing.in_turn())
        drawn(began).join()
        assert began.is_set()
    with ExitStack() as later:  # nobody's place was given back twice
        for _ in range(drawing.AT_ONCE):
            later.enter_context(drawing.in_turn())


def test_a_page_that_fails_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "PATIENCE_SECONDS", LONG)
    for _ in range(2 * drawing.AT_ONCE):
        try:
            with drawing.in_turn():
                raise ValueError
        except ValueError:
            pass
    began = threading.Event()
    drawn(began).join(LONG / 2)
    assert began.is_set()
