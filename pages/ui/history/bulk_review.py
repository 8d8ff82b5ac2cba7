"""Decisions on all that is selected: stars, state, tag, project, trash; each with its undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain.people import Role
from core.domain.reviews import MOST_STARS, Outcome
from core.generations import Review
from core.storage.pace import Progress
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import formatting
from pages.ui.access import allowed
from pages.ui.review import deeds
from pages.ui.review.panel import WORDS

ROUND = "bulk_review_round"
STARS = {n: f"{n} ★" for n in range(1, MOST_STARS + 1)} | {0: "None"}
Chosen = TypeVar("Chosen", int, Review)
Act = Callable[[str, deeds.ChangeOfMany], None]


def panel(studio: Studio, numbers: Sequence[int], where: DeltaGenerator) -> None:
    """The progress of a decision is drawn at `where`."""
    act = partial(_act, where)
    with st.popover("Review", icon=":material/rate_review:", type="tertiary", key="bulk_review"):
        _choice(
            "My stars",
            STARS,
            lambda stars: act(_stars(stars), partial(_rate, studio, numbers, stars)),
        )
        if not allowed.to(Role.MAKER):
            return
        _choice(
            "State",
            formatting.REVIEW,
            lambda state: act(WORDS[state], partial(_set_state, studio, numbers, state)),
        )
        _name(
            "Add a tag",
            list(studio.reviews.tag_counts()),
            lambda name: act("the tag", partial(_tag, studio, numbers, name)),
        )
        _name(
            "Move to a project",
            [one.name for one in studio.projects.all() if not one.archived_at],
            lambda name: act("the project", partial(_file, studio, numbers, name)),
        )
        _trash(studio, numbers, act)


def _stars(stars: int) -> str:
    return counted(stars, "stars") if stars else "no stars"


def _rate(
    studio: Studio, numbers: Sequence[int], stars: int, by: str, progress: Progress
) -> Outcome:
    return studio.reviews.rate(numbers, stars, by=by, progress=progress)


def _set_state(
    studio: Studio, numbers: Sequence[int], state: Review, by: str, progress: Progress
) -> Outcome:
    return studio.reviews.set_state(numbers, state, by=by, progress=progress)


def _tag(studio: Studio, numbers: Sequence[int], name: str, by: str, progress: Progress) -> Outcome:
    return studio.reviews.tag(numbers, name, by=by, progress=progress)


def _file(
    studio: Studio, numbers: Sequence[int], name: str, by: str, progress: Progress
) -> Outcome:
    project = studio.projects.named(name, by=by)
    return studio.projects.file(numbers, project.id, by=by, progress=progress)


def _trash(studio: Studio, numbers: Sequence[int], act: Act) -> None:
    if studio.trash.holds_all(numbers):
        if st.button("Restore from the trash", icon=":material/restore_from_trash:"):
            act(
                "the restore",
                lambda by, progress: studio.trash.restore(numbers, by=by, progress=progress),
            )
    elif st.button("Move to trash", icon=":material/delete:", key="bulk_review_trash"):
        act("the trash", lambda by, progress: studio.trash.put(numbers, by=by, progress=progress))


def _choice(label: str, names: Mapping[Chosen, str], deed: Callable[[Chosen], None]) -> None:
    chosen = st.pills(label, list(names), key=_key(label), format_func=names.__getitem__, wrap=True)
    if chosen is not None:
        deed(chosen)


def _name(label: str, known: Sequence[str], deed: Callable[[str], None]) -> None:
    chosen = st.selectbox(
        label,
        known,
        index=None,
        key=_key(label),
        placeholder="Choose, or type a new one",
        accept_new_options=True,
    )
    if chosen:
        deed(chosen)


def _key(label: str) -> str:
    """A new one each time, so that the field is empty again after a choice."""
    return f"bulk_review_{label}_{st.session_state.get(ROUND, 0)}"


def _act(where: DeltaGenerator, sentence: str, change: deeds.ChangeOfMany) -> None:
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    with where:
        deeds.act_on_selection(sentence, change)
    st.rerun()
