"""Taking in a task that was made elsewhere with the same account, by its task id."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.catalog.model import Model
from core.errors import DailiesError, TaskExpected, TaskTaken
from core.studio import Studio
from core.text import visible_text
from pages.ui import formatting, plain
from pages.ui.history import unfolding

PASTE = "The id itself, or a link that holds it."
LINK = 500
"""Characters of a link at most."""


def button(studio: Studio, key: str) -> None:
    with unfolding.panel("Import by task id", ":material/download:", key) as panel:
        if panel.open:
            _form(studio, key)


def link() -> None:
    with st.container(horizontal_alignment="center"):
        st.page_link(
            "unconfirmed.py",
            label="Import by task id",
            icon=":material/download:",
            width="content",
        )


def _form(studio: Studio, key: str) -> None:
    st.markdown("**Made elsewhere?**")
    st.caption(
        "A clip of this account that was made by another program is fetched, kept and counted here"
        " like every other. Its cost is the provider's own figure, or yours where it tells none."
    )
    with st.form(f"{key}_form", border=False):
        task_id = visible_text.task_id(
            st.text_input("Task id", key=f"{key}_task", help=PASTE, max_chars=LINK)
        )
        beside = st.container()
        model = st.selectbox(
            "Model, if you know it",
            list(studio.catalog),
            index=None,
            key=f"{key}_model",
            format_func=_label,
            placeholder="I do not know",
        )
        prompt = st.text_area("Prompt, if you know it", key=f"{key}_prompt", height=80)
        anyway = bool(task_id) and st.session_state.get(f"{key}_expected") == task_id
        label = "Import it all the same" if anyway else "Import"
        if not st.form_submit_button(label, type="primary", icon=":material/download:"):
            return
    try:
        asked = studio.catalog.suppliers[model.provider if model else studio.accounts.usual]
        with st.spinner(f"Asking {asked.title} …"):
            generation, _new = studio.decisions.import_task(task_id, model, prompt, anyway=anyway)
    except TaskExpected as error:
        st.session_state[f"{key}_expected"] = task_id
        beside.warning(f"{plain.error(error)} Or click once more to import it.")
        _link(beside, error.owner)
    except DailiesError as error:
        beside.error(plain.error(error))
        if isinstance(error, TaskTaken) and error.owner is not None:
            _link(beside, error.owner)
    else:
        st.switch_page("generation.py", query_params={"id": str(generation.id)})


def _link(beside: DeltaGenerator, owner: int) -> None:
    beside.page_link(
        "generation.py",
        label=f"Open generation {owner}",
        icon=":material/open_in_full:",
        query_params={"id": str(owner)},
    )


def _label(model: Model) -> str:
    return f"{model.name} · {formatting.KIND.get(model.kind, model.kind)}"
