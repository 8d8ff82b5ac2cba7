"""Where a generation stands in the queue, in words, and what can be changed about that."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.domain.people import Role
from core.generations import Generation, Status
from core.studio import Studio
from core.studio.making.queue import Place
from core.text.names import key
from core.text.quantities import counted
from pages.ui import times
from pages.ui.access import allowed, person

HELD = "On hold"


def is_held(generation: Generation) -> bool:
    return generation.status is Status.QUEUED and generation.held_at is not None


def words(studio: Studio, generation: Generation) -> str:
    """Empty for what does not wait in our queue."""
    if generation.cancel_requested:
        return ""
    if is_held(generation):
        return "It is not sent until somebody releases it."
    place = studio.queue.place(generation)
    if place is None:
        return ""
    return " ".join(
        filter(
            None,
            (
                _line(place),
                _slots(place, generation.author),
                _turn(place, generation.author),
                _allowance(place),
            ),
        )
    )


def show(studio: Studio, generation: Generation) -> None:
    waits = generation.status is Status.QUEUED and not generation.cancel_requested
    if not (waits and allowed.to(Role.MAKER)):
        return
    if is_held(generation):
        _button(generation, "Release", "play_arrow", studio.queue.let_go)
        return
    place = studio.queue.place(generation)
    if place and place.own_before:
        _button(generation, "Send first", "vertical_align_top", studio.queue.put_first)
        if place.own_before > 1:
            _button(generation, "Move up", "arrow_upward", studio.queue.move_up)
    elif place and place.before and allowed.to(Role.ADMIN):
        _button(generation, "Before everyone", "vertical_align_top", studio.queue.put_before_all)
    _button(generation, "Hold", "pause", studio.queue.hold)


def _button(generation: Generation, label: str, icon: str, verb: Callable[[int], None]) -> None:
    st.button(
        label,
        key=f"queue_{icon}_{generation.id}",
        on_click=verb,
        args=(generation.id,),
        icon=f":material/{icon}:",
        type="tertiary",
    )


def _line(place: Place) -> str:
    if not place.before:
        return "Next in line."
    return f"{place.before:,} {_goes(place.before)} before it."


def _slots(place: Place, author: str) -> str:
    if not place.slots:
        return ""
    said = (
        f"{place.in_use} of {place.slots} {'slot is' if place.slots == 1 else 'slots are'} in use"
    )
    if not (place.own and author):
        return f"{said}."
    whose = "yours" if key(author) == key(person.name()) else f"{author}'s"
    return f"{said}, {place.own} of them {whose}."


def _turn(place: Place, author: str) -> str:
    if place.in_a_row is None or not author:
        return ""
    whose = "your" if key(author) == key(person.name()) else f"{author}'s"
    return f"In {whose} turn {counted(place.in_a_row, 'clips')} {_goes(place.in_a_row)}."


def _goes(count: int) -> str:
    return "goes" if count == 1 else "go"


def _allowance(place: Place) -> str:
    if place.not_before is None:
        return ""
    at = place.not_before.astimezone(times.viewers())
    return f"The daily limit has room for it on {at:%A, %-d %B, at %H:%M}; it goes on by itself."
