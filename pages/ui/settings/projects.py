"""Projects: who sees them, renamed, and archived when no new work belongs to them."""

from __future__ import annotations

from collections.abc import Callable, Collection

import streamlit as st

from core.domain.people import Role
from core.domain.reviews import Project
from core.errors import DailiesError
from core.studio import Studio
from core.text.names import LONGEST_NAME, key
from core.text.quantities import counted
from pages.ui import plain
from pages.ui.access import allowed, person

WRONG = "projects_wrong"
EVERYBODY = "Everybody"
NAMED = "Named people"
TOLD = "Admins and who made it always see it. Others find no trace of it."


def show(studio: Studio) -> None:
    projects = {one.id: one for one in studio.projects.all() if _is_theirs(one)}
    if not projects:
        st.caption("None yet. Work is filed under one on Create, or when it is reviewed.")
        return
    chosen = st.selectbox(
        "Project",
        list(projects),
        index=None,
        key="projects_chosen",
        format_func=lambda number: _label(projects[number]),
        placeholder="Choose one to change",
        label_visibility="collapsed",
    )
    if chosen in projects:
        if allowed.to(Role.ADMIN):
            _edit(studio, projects[chosen])
        if allowed.is_signed_in():
            _choose_people(studio, projects[chosen])
    if wrong := st.session_state.pop(WRONG, ""):
        st.caption(f":red[{plain.text(wrong)}]")


def _is_theirs(project: Project) -> bool:
    return allowed.to(Role.ADMIN) or key(project.created_by) == key(person.name())


def _label(project: Project) -> str:
    count = counted(project.generations, "generations")
    archived = " · archived" if project.archived_at else ""
    private = " · private" if project.is_private else ""
    return f"{project.name} · {count}{private}{archived}"


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


def _choose_people(studio: Studio, project: Project) -> None:
    who, box = f"projects_who_{project.id}", f"projects_people_{project.id}"
    known = studio.people.names()
    st.session_state[who] = NAMED if project.is_private else EVERYBODY
    st.session_state[box] = [one for one in project.people or () if one in known]

    def change(people: Callable[[], Collection[str] | None]) -> Callable[[], None]:
        return lambda: _do(lambda by: studio.projects.set_people(project.id, people(), by=by))

    st.segmented_control(
        "Who sees it",
        [EVERYBODY, NAMED],
        key=who,
        required=True,
        on_change=change(lambda: () if st.session_state[who] == NAMED else None),
    )
    if project.is_private:
        st.multiselect(
            "People",
            sorted(known, key=lambda one: key(known[one])),
            key=box,
            format_func=lambda one: known[one],
            placeholder="Nobody else yet",
            label_visibility="collapsed",
            on_change=change(lambda: st.session_state[box]),
        )
        st.caption(TOLD)


def _do(change: Callable[[str], object]) -> None:
    """Under somebody's name; what cannot be done is said when the page is drawn."""

    def done(by: str) -> None:
        try:
            change(by)
        except DailiesError as error:
            st.session_state[WRONG] = error.message

    person.do(done)
