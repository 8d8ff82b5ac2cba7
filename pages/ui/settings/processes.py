"""The servers on this data folder, what waits in the queue, and the errors of the last day: for
admins."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core.studio import Studio
from pages.ui import facts, media_urls, times

MOST = 50
WHEN = "YYYY-MM-DD HH:mm:ss"


def show(studio: Studio) -> None:
    running, faults = studio.server.processes(), studio.server.faults(MOST)
    waiting, held = studio.server.queued()
    with st.expander("Servers and errors", expanded=bool(faults)):
        known = {
            f"Process {one.pid}": _said(one.host, one.started_at, leads=leads)
            for one, leads in running
        }
        facts.show(known | {"Queue": f"{waiting:,} waiting, {held:,} held"})
        if not faults:
            st.caption("No errors in the last 24 hours.")
            return
        address = f"{media_urls.base()}/generation?id={{}}"
        st.dataframe(
            [
                {
                    "When": one.at.astimezone(times.viewers()),
                    "Generation": one.generation and address.format(one.generation),
                    "Error": one.event,
                }
                for one in faults
            ],
            hide_index=True,
            column_config={
                "When": st.column_config.DatetimeColumn(format=WHEN, width=150),
                "Generation": st.column_config.LinkColumn(display_text=r"id=(\d+)", width=90),
            },
            alt="Errors of the last 24 hours, newest first",
        )


def _said(host: str, since: datetime, *, leads: bool) -> str:
    work = "sends and fetches" if leads else "ready to take over"
    return f"{host}, since {times.moment(since)}: {work}"
