"""Which days are looked at, and what was spent in them, as a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from core.catalog.prices import dollars
from core.quantities import counted
from core.storage.spending.bought import Bought, together

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
        """Those of some days that are among these."""
        first, last = (self.first or date.min).isoformat(), self.last.isoformat()
        return [day for day in days if first <= str(day.value) <= last]


def named(name: str, today: date) -> Days:
    first = {"Today": today, "7 days": today - timedelta(days=6), MONTH: today.replace(day=1)}
    return Days(name, first.get(name), today)


def chosen(today: date) -> Days:
    """Draw the choice, which the address tells."""
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


def card(name: str, days: Sequence[Bought]) -> None:
    spent = together(days)
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{name}** · {counted(spent.generations, 'generations')}")
        with st.container(horizontal=True):
            figure("Spent", spent.settled)
            figure("Not final", spent.pending)


def figure(label: str, credits: int) -> None:
    st.metric(label, f"{credits:,}", dollars(credits), delta_color="off", delta_arrow="off")
