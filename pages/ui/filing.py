"""Which project new work goes to, chosen beside Generate and remembered."""

from __future__ import annotations

import streamlit as st

from core.errors import InvalidReview
from core.studio import Studio
from core.text.names import tidy
from pages.ui import plain
from pages.ui.access import person

BOX = "filing_project"


def chooser(studio: Studio) -> None:
    project = person.project()
    label = plain.text(project) if project else "No project"
    with st.popover(label, icon=":material/folder:", type="tertiary", key="filing"):
        names = [one.name for one in studio.projects.all() if not one.archived_at]
        st.session_state[BOX] = project or None
        st.selectbox(
            "Project",
            list(dict.fromkeys([*names, *([project] if project else [])])),
            index=None,
            key=BOX,
            placeholder="No project; type a name for a new one",
            accept_new_options=True,
            on_change=_choose,
        )
        person.field("filing")


def project_id(studio: Studio) -> int | None:
    if not person.project():
        return None
    return studio.projects.named(person.project(), by=person.name()).id


def known_id(studio: Studio) -> int | None:
    known = studio.projects.find(person.project()) if person.project() else None
    return known.id if known else None


def _choose() -> None:
    wanted = st.session_state[BOX]
    try:
        person.choose_project(tidy(wanted, "project") if wanted else "")
    except InvalidReview as error:
        st.toast(plain.error(error), icon=":material/error:")
