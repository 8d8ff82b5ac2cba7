"""One decision, on a generation or on the selection: done in a name, told in a sentence, and undone
by a click."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain.reviews import Outcome
from core.errors import DailiesError
from core.storage.pace import Progress
from core.studio import Studio
from pages.ui import plain
from pages.ui.access import person
from pages.ui.review import unbroken

LAST = "review_last"
REFUSED = "review_refused"
SELECTION = -1
"""Stands for everything that is selected, where else the number of a generation stands."""
NAMED = 5
"""So many of those for which it could not be done are named."""
Change = Callable[[str], Outcome]
"""Makes a change in the name of somebody."""
ChangeOfMany = Callable[[str, Progress], Outcome]
"""The same, and tells how far it is."""


def act(generation_id: int, sentence: str, change: Change) -> None:
    """Carry it out once the name is known; `sentence` says what an undo takes back."""
    person.do(lambda by: _done(generation_id, sentence, change, by))


def act_on_selection(sentence: str, change: ChangeOfMany) -> None:
    """The same for the whole selection, with its progress drawn here."""

    def deed(by: str) -> None:
        with unbroken.shown() as progress:
            _done(SELECTION, sentence, lambda who: change(who, progress), by)

    person.do(deed)


def _done(generation_id: int, sentence: str, change: Change, by: str) -> None:
    st.session_state.pop(REFUSED, None)
    try:
        outcome = change(by)
    except DailiesError as error:
        st.session_state[REFUSED] = generation_id, f"{error.message} {error.hint}".strip()
        return
    if outcome.refused:
        st.session_state[REFUSED] = generation_id, refusals(generation_id, outcome.refused)
    if outcome.action:
        st.session_state[LAST] = generation_id, outcome.action, sentence


def refusals(generation_id: int, reasons: Mapping[int, str]) -> str:
    if generation_id != SELECTION:
        return " ".join(set(reasons.values()))
    sentences = []
    for reason in dict.fromkeys(reasons.values()):
        numbers = [number for number, why in reasons.items() if why == reason]
        more = f" and {len(numbers) - NAMED:,} more" if len(numbers) > NAMED else ""
        named = ", ".join(f"#{number}" for number in numbers[:NAMED])
        sentences.append(f"Not done for {named}{more}: {reason}")
    return " ".join(sentences)


def foot(studio: Studio, generation_id: int, where: DeltaGenerator | None = None) -> None:
    """The last action here with its undo; what could not be done, and why. The progress of an undo
    is drawn at `where`."""
    about, reason = st.session_state.get(REFUSED, (0, ""))
    if about == generation_id:
        st.caption(f":material/info: {plain.text(reason)}")
    about, action, sentence = st.session_state.get(LAST, (0, 0, ""))
    if about == generation_id and st.button(
        f"Undo: {sentence}",
        key=f"review_undo_{generation_id}",
        icon=":material/undo:",
        type="tertiary",
    ):
        del st.session_state[LAST]
        with where or nullcontext():
            _undo(studio, generation_id, action)
        st.rerun()


def _undo(studio: Studio, generation_id: int, action: int) -> None:
    if generation_id == SELECTION:
        act_on_selection(
            "the undo", lambda by, progress: studio.reviews.undo(action, by=by, progress=progress)
        )
    else:
        act(generation_id, "the undo", lambda by: studio.reviews.undo(action, by=by))
