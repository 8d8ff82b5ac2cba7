"""Sums on the screen: what was spent, and what a demo would have cost, never mixed."""

from __future__ import annotations

import streamlit as st

from core.catalog.prices import dollars
from core.storage.totals import Totals
from pages.ui import formatting


def strip(totals: Totals, *, demo: bool, more: bool = False) -> None:
    """Count, credits, dollars and success of what a filter lets through; `more` when not all of it
    is counted."""
    plus = "+" if more else ""
    figure, pending = _credits(totals, demo=demo)
    rate = totals.success_rate
    grid = st.grid(columns=2, min_column_width=130, gap="xsmall")
    grid.metric("Generations", f"{totals.generations:,}{plus}", border=True)
    grid.metric(
        "Success rate",
        "—" if rate is None else f"{rate:.0%}",
        border=True,
        help="Of those that succeeded or failed.",
    )
    grid.metric("Demo credits" if demo else "Credits", f"{figure:,}{plus}", border=True)
    grid.metric("Would have cost" if demo else "Cost", f"{dollars(figure)}{plus}", border=True)
    if note := _note(totals, pending, demo=demo):
        st.caption(note)


def escaped(text: str) -> str:
    """Text with sums for Markdown, where two dollar signs would make a formula."""
    return text.replace("$", "\\$")


def _credits(totals: Totals, *, demo: bool) -> tuple[int, int]:
    """All credits of this mode, and how many of them are not settled."""
    if demo:
        return totals.demo_charged + totals.demo_expected, totals.demo_expected
    return totals.charged + totals.expected, totals.expected


def _note(totals: Totals, pending: int, *, demo: bool) -> str:
    """What the four figures leave out."""
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
