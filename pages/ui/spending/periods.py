"""Which days are looked at, and what was spent in them, as a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from core.accounting.spending import Measure
from core.catalog.suppliers import Supplier
from core.storage.spending.bought import Bought, together
from core.text.quantities import counted
from pages.ui import plain

MONTH, OTHER = "This month", "Other days"
PERIODS = ("Today", "7 days", MONTH, "All time", OTHER)
"""They appear in addresses, so they never change."""


@dataclass(frozen=True)
class Days:
    """UTC days, both included; without a first one, from the beginning."""

    name: str
    first: date | None
    last: date

    def of(self, days: Sequence[Bought]) -> list[Bought]:
        first, last = (self.first or date.min).isoformat(), self.last.isoformat()
        return [day for day in days if first <= str(day.value) <= last]


def named(name: str, today: date) -> Days:
    first = {"Today": today, "7 days": today - timedelta(days=6), MONTH: today.replace(day=1)}
    return Days(name, first.get(name), today)


def chosen(today: date) -> Days:
    """Draw the choice, which the address holds."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            "Days",
            PERIODS,
            key="period",
            bind="query-params",
            default=MONTH,
            required=True,
            label_visibility="collapsed",
        )
        if name != OTHER:
            return named(name or MONTH, today)
        found = st.date_input(
            "From and to",
            (today - timedelta(days=29), today),
            key="days",
            bind="query-params",
            max_value=today,
            min_value=date(2020, 1, 1),
            format="YYYY-MM-DD",
            label_visibility="collapsed",
            width=240,
        )
    first, last = [*found, today][:2] if isinstance(found, tuple) and found else (today, today)
    return Days(OTHER, first, last)


def card(name: str, days: Sequence[Bought], measure: Measure, each: Mapping[str, Bought]) -> None:
    """`days` are counted in the measure, `each` in the credits of a provider."""
    spent = together(days)
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{name}** · {counted(spent.generations, 'generations')}")
        with st.container(horizontal=True):
            _figure("Spent", spent.settled, measure)
            _figure("Not final", spent.pending, measure)
        for of in measure.suppliers if measure.is_dollars else ():
            if of.id in each:
                st.caption(plain.text(_at(of, each[of.id])))


def _figure(label: str, amount: int, measure: Measure) -> None:
    worth = None if measure.is_dollars else measure.suppliers[0].dollars(amount) or None
    st.metric(label, measure.text(amount), worth, delta_color="off", delta_arrow="off")


def _at(of: Supplier, spent: Bought) -> str:
    """`Runway: 96 credits, and 24 not final`."""
    pending = f", and {spent.pending:,} not final" if spent.pending else ""
    return f"{of.title}: {counted(spent.settled, 'credits')}{pending}"
