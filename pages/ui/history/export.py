"""Handing over: a selection or all that a filter finds, as an archive or as a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.errors import DailiesError
from core.export import file_names
from core.export.packages import LIFE, MOST_IN_ARCHIVE
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import formatting, media_urls, plain

OPEN, PROJECT, PATTERN = "export_open", "export_project", "export_pattern"
EVERY = 1
INSIDE = (
    "Clips, posters, a contact sheet, an edit list for Resolve and Premiere (OTIO and EDL), and"
    " prompts, settings and costs as CSV and JSON."
)


def button(studio: Studio, key: str, numbers: Callable[[], Sequence[int]]) -> None:
    if st.button("Export …", key=key, icon=":material/ios_share:", type="tertiary"):
        try:
            st.session_state[OPEN] = studio.exports.plan(numbers(), "Dailies")
        except (DailiesError, OSError):
            st.error("The export could not be begun. Is the disk full?")
        else:
            st.rerun()


def dialog(studio: Studio) -> None:
    if OPEN in st.session_state:
        st.dialog("Export", on_dismiss=_close)(_draw)(studio)


def _close() -> None:
    st.session_state.pop(OPEN, None)


def _draw(studio: Studio) -> None:
    key = str(st.session_state.get(OPEN, ""))
    plan = studio.exports.find(key)
    if plan is None:
        _close()
        st.rerun()
    count = len(plan.numbers)
    st.markdown(f"**{counted(count, 'generations')}**")
    _archive(studio, key, count)
    st.markdown("**Only the list**")
    with st.container(horizontal=True, gap="small"):
        for suffix in ("csv", "json"):
            address = media_urls.export(key, f"generations.{suffix}")
            st.link_button(suffix.upper(), address, icon=":material/download:", type="tertiary")


def _archive(studio: Studio, key: str, count: int) -> None:
    st.caption(INSIDE)
    project = st.text_input("Project or view", "Dailies", key=PROJECT, max_chars=100)
    pattern = st.text_input(
        "File names",
        file_names.USUAL,
        key=PATTERN,
        max_chars=file_names.LONGEST_PATTERN,
        help="\n\n".join(f"`{{{n}}}`: {said}" for n, said in file_names.PLACEHOLDERS.items()),
    )
    complaint = file_names.complaint(pattern)
    if complaint:
        st.error(plain.text(complaint))
    if count > MOST_IN_ARCHIVE:
        st.caption(f"An archive has the first {MOST_IN_ARCHIVE:,} of them.")
    st.button(
        "Make the archive",
        key="export_make",
        type="primary",
        disabled=bool(complaint),
        on_click=studio.exports.begin,
        args=(key, project, pattern),
    )
    plan = studio.exports.find(key)
    if plan and plan.pattern:
        waits = studio.exports.archive(key) is None
        st.fragment(_progress, run_every=EVERY if waits else None)(studio, key, waits)


def _progress(studio: Studio, key: str, waits: bool) -> None:
    now = studio.exports.progress(key)
    if now.trouble:
        st.error(plain.text(now.trouble))
    elif now.size is None:
        said = formatting.size(now.done) if now.total else "Getting it ready …"
        st.progress(now.done / now.total if now.total else 0.0, text=said)
    else:
        if waits:
            st.rerun(scope="app")
        st.link_button(
            f"Download ZIP · {formatting.size(now.size)}",
            media_urls.export(key, "archive.zip"),
            icon=":material/folder_zip:",
        )
        plan = studio.exports.find(key)
        if plan and (removed := studio.exports.removed(plan)):
            st.caption(
                f"Of {counted(removed, 'originals')} that a rule removed, only posters are in it."
            )
        st.caption(
            f"The link works for {LIFE.days} days, also for others who may open Dailies."
            " A download that breaks off goes on where it was."
        )
