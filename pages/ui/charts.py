"""Credits over time, as a line that grows and as bars by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from core.history import DailyCredits

HEIGHT = 220
WEEK = timedelta(days=6)
"""The least that is shown; over less the axis would count hours."""


def cumulative(days: Sequence[DailyCredits], today: date) -> None:
    """The sum of credits up to each day. It starts at nothing, so that one day is a line too."""
    before = days[0].day - timedelta(days=1)
    rows = [_cumulated(min(before, today - WEEK), 0), _cumulated(before, 0)]
    rows += [_cumulated(day.day, day.cumulative) for day in days]
    if days[-1].day < today:
        rows.append(_cumulated(today, days[-1].cumulative))
    st.line_chart(
        rows,
        x="Day",
        y="Credits so far",
        x_label="",
        height=HEIGHT,
        alt="Credits so far, by day",
    )


def daily(days: Sequence[DailyCredits], since: date, until: date) -> None:
    """Credits of each day; a day without any is an empty place."""
    known = {day.day: day.credits for day in days}
    span = [since + timedelta(days=n) for n in range((until - since).days + 1)]
    st.bar_chart(
        [{"Day": day, "Credits": known.get(day, 0)} for day in span],
        x="Day",
        y="Credits",
        x_label="",
        height=HEIGHT,
        alt="Credits by day",
    )


def _cumulated(day: date, credits: int) -> dict[str, date | int]:
    return {"Day": day, "Credits so far": credits}
