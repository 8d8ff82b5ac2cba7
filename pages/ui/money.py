"""Sums on the screen: what was spent, and what a demo would have cost, never mixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import streamlit as st

from core.catalog.suppliers import Suppliers, in_dollars
from core.generations import FIRST_PROVIDER
from core.storage.spending.totals import Spent, Totals
from pages.ui import formatting


def line(totals: Totals, suppliers: Suppliers, *, demo: bool, more: bool = False) -> None:
    """Count, credits, dollars and success rate of what a filter lets through, on one line; `more`
    if not everything is counted."""
    plus = "+" if more else ""
    count, rate = totals.generations, totals.success_rate
    said = [
        f"**{count:,}{plus}** generation{'' if count == 1 and not more else 's'}",
        *_sums(totals.imitated if demo else totals.live, suppliers, plus, demo=demo),
        "" if rate is None else f"**{rate:.0%}** succeeded",
    ]
    note = _note(totals, suppliers, demo=demo)
    st.markdown(escaped(" · ".join(filter(None, said))), help=note or None)


def escaped(text: str) -> str:
    """For Markdown, where two dollar signs would make a formula."""
    return text.replace("$", "\\$")


def _sums(
    spent: Mapping[str, Spent], suppliers: Suppliers, plus: str, *, demo: bool
) -> Iterator[str]:
    """The credits of each provider, and what all are worth in dollars."""
    there = {name: one.most for name, one in spent.items() if one.most}
    first = next(iter(there or spent), FIRST_PROVIDER)
    for name, figure in (there or {first: 0}).items():
        unit = (
            f"{suppliers[name].credit}s" if len(there) < 2 else f"{suppliers[name].title} credits"
        )
        yield f"**{figure:,}{plus}** {'demo ' if demo else ''}{unit}"
    yield f"{'worth ' if demo else ''}**{in_dollars(suppliers.worth(there))}{plus}**"


def _note(totals: Totals, suppliers: Suppliers, *, demo: bool) -> str:
    notes = []
    spent = totals.imitated if demo else totals.live
    if pending := {name: one.expected for name, one in spent.items() if one.expected}:
        each = " and ".join(suppliers[name].counted(some) for name, some in pending.items())
        notes.append(f"Of these, {each} are not settled yet and may come to less.")
    live = {name: one.most for name, one in totals.live.items() if one.most}
    if demo and live:
        cost = formatting.total(live, suppliers)
        notes.append(f"Generations made with a key stand in this list too: {cost}.")
    if not demo and totals.demo:
        notes.append(
            f"{totals.demo:,} of these were made in the demo; their credits are not counted."
        )
    return escaped(" ".join(notes))
