"""Who did what: for admins, newest first, by person and act, and as CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.audit import Act
from core.studio import Studio
from pages.ui import plain, times

SIZE = 20
WHEN = "YYYY-MM-DD HH:mm:ss"
ORDERED = re.compile(r"^(generation \d+, )([^,]+)")
ACTS = {
    Act.SUBMITTED: "Submitted",
    Act.IMPORTED: "Imported",
    Act.DECIDED: "Decided",
    Act.CANCELLED: "Cancelled",
    Act.TRASHED: "Moved to trash",
    Act.UNTRASHED: "Restored from trash",
    Act.EMPTIED: "Deleted files",
    Act.DELETED: "Deleted at the provider",
    Act.CAP: "Changed a cap",
    Act.BOOKS: "Marked a difference",
    Act.ROLE: "Changed a role",
    Act.PROJECT: "Changed a project",
    Act.TOKEN: "Changed a token",
    Act.WEBHOOK: "Changed a webhook",
    Act.CHANNEL: "Changed a channel",
    Act.SHARED: "Shared",
    Act.REVOKED: "Turned a link off",
    Act.CLEANUP: "Changed a clean-up rule",
    Act.REMOVED: "Removed originals",
    Act.BROUGHT_BACK: "Brought an original back",
    Act.BACKED_UP: "Backed up",
    Act.RESTORED: "Restored a backup",
}


def show(studio: Studio) -> None:
    names = studio.audit.people()
    if not names:
        st.caption("Nothing yet. What costs, deletes, shares or changes a rule is listed here.")
        return
    person, act = _choose(names)
    pages = st.session_state.get("audit_pages", 1)
    entries, count = studio.audit.entries(SIZE * pages, person=person, act=act)
    st.dataframe(
        [
            {
                "When": one.at.astimezone(times.viewers()),
                "Who": one.person or "Without a name",
                "What": ACTS[one.act],
                "Item": _named(one.about, studio.catalog.names),
            }
            for one in entries
        ],
        hide_index=True,
        column_config={"When": st.column_config.DatetimeColumn(format=WHEN)},
        alt="Who did what, newest first",
    )
    _foot(studio, len(entries), count, person, act)


def _named(about: str, models: Mapping[str, str]) -> str:
    return ORDERED.sub(lambda found: found[1] + models.get(found[2], found[2]), about)


def _choose(names: Sequence[str]) -> tuple[str | None, Act | None]:
    with st.container(horizontal=True, gap="small"):
        person = st.selectbox(
            "Who",
            names,
            index=None,
            key="audit_person",
            placeholder="Everybody",
            format_func=lambda name: plain.text(name) or "Without a name",
            label_visibility="collapsed",
        )
        act = st.selectbox(
            "What",
            list(ACTS),
            index=None,
            key="audit_act",
            placeholder="Everything",
            format_func=ACTS.__getitem__,
            label_visibility="collapsed",
        )
    return person, act


def _foot(studio: Studio, shown: int, count: int, person: str | None, act: Act | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{shown:,} of {count:,}. Nobody can change or delete them.")
        if shown < count:
            st.button("Show more", key="audit_more", type="tertiary", on_click=_more)
        st.download_button(
            "CSV",
            lambda: studio.audit.csv(person=person, act=act),
            "dailies-audit.csv",
            "text/csv",
            key="audit_csv",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
        )


def _more() -> None:
    st.session_state["audit_pages"] = st.session_state.get("audit_pages", 1) + 1
