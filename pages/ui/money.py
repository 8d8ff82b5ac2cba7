"""Sums on the screen: what was spent, and what a demo would have cost, never mixed."""

from __future__ import annotations

import streamlit as st

from core.catalog.prices import dollars
from core.storage.spending.totals import Totals
from pages.ui import formatting


def line(totals: Totals, *, demo: bool, more: bool = False) -> None:
    """Count, credits, dollars and success of what a filter lets through, on one line; `more` when
    not all of it is counted."""
    plus = "+" if more else ""
    figure, pending = _credits(totals, demo=demo)
    count, rate = totals.generations, totals.success_rate
    said = [
        f"**{count:,}{plus}** generation{'' if count == 1 and not more else 's'}",
        f"**{figure:,}{plus}** {'demo credits' if demo else 'credits'}",
        f"{'worth ' if demo else ''}**{dollars(figure)}{plus}**",
        "" if rate is None else f"**{rate:.0%}** succeeded",
    ]
    note = _note(totals, pending, demo=demo)
    st.markdown(escaped(" · ".join(filter(None, said))), help=note or None)


def escaped(text: str) -> str:
    """Text with sums for Markdown, where two dollar signs would make a formula."""
    return text.replace("$", "\\$")


def _credits(totals: Totals, *, demo: bool) -> tuple[int, int]:
    if demo:
        return totals.demo_charged + totals.demo_expected, totals.demo_expected
    return totals.charged + totals.expected, totals.expected


def _note(totals: Totals, pending: int, *, demo: bool) -> str:
    notes = []
    if pending:
        notes.append(
            f"Of these, {formatting.credits(pending)} are not settled yet and may come to less."
        )
    if demo and (live := totals.charged + totals.expected):
        notes.append(
            f"Generations made with a key stand in this list too: {formatting.price(live)}."
        )
    if not demo and totals.demo:
        notes.append(
            f"{totals.demo:,} of these were made in the demo; their credits are not counted."
        )
    return escaped(" ".join(notes))
