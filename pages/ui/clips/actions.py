"""What can be done with a generation as a whole, and what its files say of themselves."""

from __future__ import annotations

import streamlit as st

from core.errors import DailiesError
from core.generations import Generation, Status
from core.runway.failure_codes import TOO_LARGE, is_gone
from core.studio import Studio
from pages.ui import facts, plain
from pages.ui.clips import file_facts


def verbs(studio: Studio, generation: Generation) -> None:
    """What can be done with it, in one row."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        _favourite(studio, generation)
        if _is_recoverable(generation):
            recover(studio, generation, "generation_recover")


def recover(studio: Studio, generation: Generation, key: str) -> None:
    """Ask Runway for what it made once more."""
    if not st.button(
        "Fetch it again from Runway",
        key=key,
        icon=":material/cloud_download:",
        type="tertiary",
        help="Costs nothing. Runway keeps what it made for a day or two.",
    ):
        return
    try:
        with st.spinner("Fetching it …"):
            studio.generations.recover(generation.id)
    except DailiesError as error:
        st.error(plain.text(error.hint) or " ", title=plain.text(error.message))
    else:
        st.rerun()


def facts_of(generation: Generation) -> None:
    """What each file itself says."""
    outputs = generation.outputs
    if len(outputs) == 1:
        st.markdown("**File**")
        facts.show(file_facts.facts(outputs[0]))
    elif outputs:
        st.markdown("**Files**")
        numbered = enumerate(outputs, 1)
        facts.show({f"{n} of {len(outputs)}": file_facts.line(o) for n, o in numbered})


def _favourite(studio: Studio, generation: Generation) -> None:
    marked = generation.favourite
    st.button(
        ":orange[:material/star:] Favourite" if marked else ":material/star: Add to favourites",
        key="generation_favourite",
        help="Click to take it out of the favourites." if marked else None,
        on_click=studio.generations.set_favourite,
        args=(generation.id, not marked),
    )


def _is_recoverable(generation: Generation) -> bool:
    """Runway has made a clip, perhaps in spite of a cancel, and may still have it. A task that it
    did not know is asked for where the failure is told."""
    if is_gone(generation):
        return False
    made = generation.status in (Status.SUCCEEDED, Status.CANCELLED) or (
        generation.status is Status.FAILED and generation.failure_code in ("", TOO_LARGE)
    )
    return made and generation.task_id is not None
