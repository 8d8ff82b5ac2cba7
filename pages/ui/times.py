"""Moments as the viewer's own clock shows them. Days of money are UTC, and stay so."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st


def zone(name: str | None) -> tzinfo:
    """The zone that a browser names; UTC if there is no such zone."""
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError, OSError):
        return UTC


def viewers() -> tzinfo:
    return zone(st.context.timezone)


def moment(at: datetime) -> str:
    return at.astimezone(viewers()).strftime("%Y-%m-%d %H:%M:%S %Z")


def clock(at: datetime) -> str:
    return at.astimezone(viewers()).strftime("%H:%M:%S %Z")
