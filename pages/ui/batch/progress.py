"""How far a batch is, as a bar and in words: the same on its card and on its page."""

from __future__ import annotations

import streamlit as st

from core.catalog.suppliers import Suppliers
from core.domain.batches import Batch, Tally
from core.generations import FIRST_PROVIDER, Status
from core.storage.search.selection import Filter, Order
from core.studio import Studio
from pages.ui import formatting


def bar(studio: Studio, batch: Batch, tally: Tally) -> None:
    words, spent = said(studio, batch, tally), cost(tally, studio.catalog.suppliers)
    if tally.is_open:
        st.progress(share(studio, batch, tally), text=f"{words} · {spent}")
    else:  # a bar that is full says nothing
        st.markdown(f"**{words}** · {spent}")


def share(studio: Studio, batch: Batch, tally: Tally) -> float:
    """How much of it is made, from 0 to 1: what has ended as a whole, what renders in part."""
    if not tally.size:
        return 0.0
    ended = tally.size - tally.running - tally.waiting
    return min(1.0, (ended + _rendered(studio, batch, tally)) / tally.size)


def _rendered(studio: Studio, batch: Batch, tally: Tally) -> float:
    """What is rendering, its shares added up."""
    if not tally.running:
        return 0.0
    rendering = Filter(search=f"batch:{batch.id}", status=(Status.RUNNING,))
    numbers = studio.history.numbers(rendering, Order.OLDEST)
    return sum(one.progress or 0.0 for one in studio.history.these(numbers))


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
    """How many of it are done, running and waiting, and about how long that takes."""
    counts = formatting.tally(tally)
    if batch.is_paused and tally.waiting:
        return f"Paused · {counts}"
    whole = studio.batches.seconds_left(batch.id, tally) if tally.is_open else None
    if whole is None:
        return counts
    still = tally.running + tally.waiting
    left = whole * (1 - _rendered(studio, batch, tally) / still)
    return f"{counts} · about {formatting.seconds(left)} left"
