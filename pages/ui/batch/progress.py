"""How far a batch is, as a bar and in words: the same on its card and on its page."""

from __future__ import annotations

import streamlit as st

from core.domain.batches import Batch, Tally
from core.studio import Studio
from pages.ui import formatting


def bar(studio: Studio, batch: Batch, tally: Tally) -> None:
    st.progress(share(tally), text=said(studio, batch, tally))


def share(tally: Tally) -> float:
    """How much of it has ended, from 0 to 1."""
    ended = tally.size - tally.running - tally.waiting
    return ended / tally.size if tally.size else 0.0


def cost(tally: Tally) -> str:
    """`48 credits so far, at most 120 in all`; settled, only what it was."""
    if not tally.pending:
        return formatting.credits(tally.charged)
    most = tally.charged + tally.pending
    return f"{formatting.credits(tally.charged)} so far, at most {formatting.price(most)} in all"


def said(studio: Studio, batch: Batch, tally: Tally) -> str:
    """How many of it are done, running and waiting, and about how long that takes."""
    counts = formatting.tally(tally)
    if batch.is_paused and tally.waiting:
        return f"Paused · {counts}"
    left = studio.batches.seconds_left(batch.id, tally) if tally.is_open else None
    return counts if left is None else f"{counts} · about {formatting.seconds(left)} left"
