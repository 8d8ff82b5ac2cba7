"""How far a batch is, as a bar and in words: the same on its card and on its page."""

from __future__ import annotations

import streamlit as st

from core.catalog.suppliers import Suppliers
from core.domain.batches import Batch, Tally
from core.generations import FIRST_PROVIDER
from core.studio import Studio
from pages.ui import formatting


def bar(studio: Studio, batch: Batch, tally: Tally) -> None:
    words, spent = said(studio, batch, tally), cost(tally, studio.catalog.suppliers)
    if tally.is_open:
        st.progress(tally.share, text=f"{words} · {spent}")
    else:  # a bar that is full says nothing
        st.markdown(f"**{words}** · {spent}")


def cost(tally: Tally, suppliers: Suppliers) -> str:
    """`48 credits so far, at most 120 in all`; settled, only what it was."""
    names = dict.fromkeys([*tally.charged, *tally.pending, FIRST_PROVIDER])
    first = next(iter(names))
    alone = len({*tally.charged, *tally.pending}) < 2
    so_far = (
        formatting.credits(tally.charged.get(first, 0), suppliers[first])
        if alone
        else formatting.total(tally.charged, suppliers)
    )
    if not tally.pending:
        return so_far
    most = {name: tally.charged.get(name, 0) + tally.pending.get(name, 0) for name in names}
    return f"{so_far} so far, at most {formatting.total(most, suppliers)} in all"


def said(studio: Studio, batch: Batch, tally: Tally) -> str:
    """How many are done, running and waiting, and about how long that takes."""
    counts = formatting.tally(tally)
    if batch.is_paused and tally.waiting:
        return f"Paused · {counts}"
    left = studio.batches.seconds_left(batch.id, tally) if tally.is_open else None
    return counts if left is None else f"{counts} · about {formatting.seconds(left)} left"
