"""A change of many, drawn while it goes on, that no click in between leaves half done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import RerunException, StopException

from core.storage.pace import Progress


@contextmanager
def shown() -> Iterator[Progress]:
    """A progress bar, as soon as there is more than a moment's work. Streamlit ends a script at the
    next thing it draws once its page is clicked or closed: here it does so when all is done."""
    bars: list[DeltaGenerator] = []
    ends: list[RerunException | StopException] = []

    def progress(done: int, total: int) -> None:
        if done == total or ends:
            return
        try:
            bar = bars[0] if bars else st.empty()
            bars[:] = [bar]
            bar.progress(done / total, text=f"{done:,} of {total:,}")
        except (RerunException, StopException) as end:
            ends.append(end)

    yield progress
    if ends:
        raise ends[0]
    for bar in bars:
        bar.empty()
