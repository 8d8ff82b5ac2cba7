"""Credits over time, as a line that grows and as bars by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd
import streamlit as st

from core.storage.totals import DailyCredits

HEIGHT = 220
FORTNIGHT = timedelta(days=13)
"""The least that is shown; over less the axis would count hours."""


def cumulative(days: Sequence[DailyCredits], today: date) -> None:
    """The sum of credits up to each day. It starts at nothing, so that one day is a line too."""
    sums = pd.Series({day.day: day.cumulative for day in days})
    start = min(days[0].day - timedelta(days=1), today - FORTNIGHT)
    every_day = pd.date_range(start, max(today, days[-1].day)).date
    line = sums.reindex(every_day).ffill().fillna(0)
    st.line_chart(
        line.rename_axis("Day").reset_index(name="Credits so far"),
        x="Day",
        y="Credits so far",
        x_label="",
        height=HEIGHT,
        alt="Credits so far, by day",
    )


def daily(days: Sequence[DailyCredits], since: date, until: date) -> None:
    """Credits of each day; a day without any is an empty place."""
    sums = pd.Series({day.day: day.credits for day in days})
    bars = sums.reindex(pd.date_range(since, until).date, fill_value=0)
    st.bar_chart(
        bars.rename_axis("Day").reset_index(name="Credits"),
        x="Day",
        y="Credits",
        x_label="",
        height=HEIGHT,
        alt="Credits by day",
    )
