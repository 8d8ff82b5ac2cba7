"""Projects: renamed, and archived when no new work belongs to them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import DailiesError
from core.reviews import LONGEST_NAME, Project
from core.studio import Studio
from pages.ui import person, plain

WRONG = "projects_wrong"


def show(studio: Studio) -> None:
    projects = {project.id: project for project in studio.projects.all()}
    if not projects:
        st.caption("None yet. Work is filed under one on Create, or when it is reviewed.")
        return
    chosen = st.selectbox(
        "Project",
        list(projects),
        index=None,
        key="projects_chosen",
        format_func=lambda number: _label(projects[number]),
        placeholder="Choose one to rename or archive",
        label_visibility="collapsed",
    )
    if chosen in projects:
        _edit(studio, projects[chosen])
    if wrong := st.session_state.pop(WRONG, ""):
        st.caption(f":red[{plain.text(wrong)}]")


def _label(project: Project) -> str:
    count = f"{project.generations:,} generation{'' if project.generations == 1 else 's'}"
    archived = " · archived" if project.archived_at else ""
    return f"{project.name} · {count}{archived}"


def _edit(studio: Studio, project: Project) -> None:
    box = f"projects_name_{project.id}"
    st.session_state[box] = project.name
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Name",
            key=box,
            max_chars=LONGEST_NAME,
            on_change=lambda: _do(
                lambda by: studio.projects.set_name(project.id, st.session_state[box], by=by)
            ),
        )
        archived = bool(project.archived_at)
        st.button(
            "Bring back" if archived else "Archive",
            key="projects_archive",
            icon=":material/unarchive:" if archived else ":material/archive:",
            help=None if archived else "It is not offered for new work; what is in it stays.",
            on_click=lambda: _do(
                lambda by: studio.projects.archive(project.id, by=by, archived=not archived)
            ),
        )


def _do(change: Callable[[str], object]) -> None:
    """In somebody's name; what cannot be done is said when the page is drawn."""

    def done(by: str) -> None:
        try:
            change(by)
        except DailiesError as error:
            st.session_state[WRONG] = error.message

    person.do(done)
