"""What can be done with a generation as a whole, and what its files say of themselves."""

from __future__ import annotations

import streamlit as st

from core.domain.people import Role
from core.errors import DailiesError
from core.generations import Generation, Status
from core.providers.failures import TOO_LARGE, is_gone
from core.studio import Studio
from pages.ui import facts, plain
from pages.ui.access import allowed
from pages.ui.clips import file_facts
from pages.ui.compose.form_state import form_state


def recover(studio: Studio, generation: Generation, key: str) -> None:
    supplier = studio.catalog.suppliers[generation.provider]
    if not st.button(
        f"Fetch it again from {supplier.title}",
        key=key,
        icon=":material/cloud_download:",
        type="tertiary",
        help=f"Costs nothing. {supplier.title} keeps what it made for {supplier.keeps}.",
    ):
        return
    try:
        with st.spinner("Fetching it …"):
            now = studio.generations.recover(generation.id)
    except DailiesError as error:
        st.error(plain.text(error.hint) or " ", title=plain.text(error.message))
    else:
        _say(now, supplier.title)
        st.rerun()


def bring_back(studio: Studio, generation: Generation) -> None:
    """Where a bucket keeps former versions of originals that a clean-up rule has removed."""
    if not (any(output.removal for output in generation.outputs) and allowed.to(Role.MAKER)):
        return
    if not studio.cleanup.can_bring_back(generation):
        return
    if not st.button(
        "Bring the original back",
        key="generation_bring_back",
        icon=":material/settings_backup_restore:",
        type="tertiary",
        help="From the former version that the bucket keeps.",
    ):
        return
    try:
        with st.spinner("Bringing it back …"):
            studio.cleanup.bring_back(generation.id)
    except DailiesError as error:
        st.error(plain.text(error.hint) or " ", title=plain.text(error.message))
    except OSError:
        st.error("It cannot be written to the disk.")
    else:
        said = f"The original of generation {generation.id} is back."
        form_state().toast(said, ":material/settings_backup_restore:")
        st.rerun()


def _say(now: Generation, who: str) -> None:
    """Tell what came of it when the page is drawn anew: its button may be gone by then."""
    if now.status.is_final:
        said = f"Generation {now.id} was fetched again from {who}."
    else:
        said = f"{who} is still at work on generation {now.id}; it is followed again."
    form_state().toast(said, ":material/cloud_download:")


def facts_of(generation: Generation) -> None:
    outputs = generation.outputs
    if len(outputs) == 1:
        with st.expander("File"):
            facts.show(file_facts.facts(outputs[0]))
    elif outputs:
        numbered = enumerate(outputs, 1)
        with st.expander("Files"):
            facts.show({f"{n} of {len(outputs)}": file_facts.line(o) for n, o in numbered})


def favourite(studio: Studio, generation: Generation) -> None:
    marked = generation.favourite
    st.button(
        "Favourite" if marked else "Add to favourites",
        key="generation_favourite",
        icon=":material/favorite:" if marked else ":material/heart_plus:",
        type="tertiary",
        help="Click to take it out of the favourites." if marked else None,
        on_click=studio.generations.set_favourite,
        args=(generation.id, not marked),
    )


def is_recoverable(generation: Generation) -> bool:
    """Its provider has made a clip, perhaps in spite of a cancel, and may still have it. For an
    unknown task, the failure box offers to ask again."""
    if is_gone(generation) or not allowed.to(Role.MAKER):
        return False
    made = generation.status in (Status.SUCCEEDED, Status.CANCELLED) or (
        generation.status is Status.FAILED and generation.failure_code in ("", TOO_LARGE)
    )
    return made and generation.task_id is not None
