"""The batches that are on their way, and the one that ended last, a line each on Create."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core.domain.batches import Batch, Tally
from core.domain.people import Role
from core.studio import Studio
from pages.ui import formatting, plain
from pages.ui.access import allowed
from pages.ui.batch import deeds, progress

MOST = 3
LATELY = timedelta(hours=12)
LONGEST = 60


def stack(studio: Studio) -> None:
    newest = [(one, studio.batches.tally(one.id)) for one in studio.batches.newest(MOST)]
    for place, (batch, tally) in enumerate(newest):
        recent = place == 0 and studio.now - batch.created_at < LATELY
        if tally.is_open or recent:
            show(studio, batch, tally)


def show(studio: Studio, batch: Batch, tally: Tally) -> None:
    with st.container(key=f"batch_card_{batch.id}", gap="xxsmall"):
        with st.container(
            key=f"batch_line_{batch.id}",
            horizontal=True,
            vertical_alignment="center",
            gap="small",
        ):
            link(batch)
            cost = progress.cost(tally, studio.catalog.suppliers)
            told = f"{progress.said(studio, batch, tally)} · {cost}"
            st.caption(plain.text(told), width="content")
            if tally.waiting and allowed.to(Role.MAKER):
                deeds.pause(studio, batch)
        if tally.is_open:
            st.progress(tally.share)


def link(batch: Batch) -> None:
    name = formatting.short(batch.name, LONGEST)
    st.page_link(
        "batch.py",
        label=plain.text(f"{name} × {batch.size:,}"),
        icon=":material/stacks:",
        query_params={"id": batch.id},
    )
