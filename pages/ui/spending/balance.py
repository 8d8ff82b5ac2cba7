"""The account behind the key: its balance, and what its tier allows."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.catalog.prices import dollars
from core.studio import Studio
from pages.ui import plain, times

ASKING = "Asking Runway …"
EVERY = 1  # seconds between two checks for an answer


def balance(studio: Studio) -> None:
    account = studio.account.seen()
    name = "Demo account" if studio.settings.demo else "Runway account"
    with st.container(border=True, gap="xsmall"):
        st.markdown(
            f"**{name}**{f' · at {times.clock(account.seen_at)}' if account.seen_at else ''}"
        )
        if account.organization is not None:
            left = account.organization.credit_balance
            st.metric("Balance", f"{left:,}", dollars(left), delta_color="off", delta_arrow="off")
        if account.error:
            st.caption(f"The balance cannot be read. {plain.error(account.error)}")
        elif account.organization is None:
            st.caption(ASKING)


def follow(studio: Studio, answered: int, *, is_behind: bool = False) -> None:
    """Redraw the page when Runway has answered; where what it told `is_behind` the history, ask it
    again as soon as that may be. Goes last on the page, where its coming and going moves
    nothing.

    `answered` is how often it had before the page was drawn: an answer may have come meanwhile.
    """
    reader = studio.account
    if reader.is_pending or reader.changes != answered or is_behind:
        ask = is_behind and not reader.is_pending
        st.fragment(_until_told, run_every=EVERY)(studio, answered, ask=ask)


def _until_told(studio: Studio, answered: int, *, ask: bool) -> None:
    if ask:
        studio.account.seen()
        studio.account.usage()
    if studio.account.changes != answered:
        st.rerun()


def limits(studio: Studio, names: Mapping[str, str]) -> None:
    account = studio.account.seen()
    organization = account.organization
    if organization is None or not organization.limits:
        waiting = organization is None and account.error is None
        st.caption(ASKING if waiting else "Runway does not say at the moment.")
        return
    st.dataframe(
        [
            {
                "Model": names.get(model, model),
                "At once": _limit(limit.concurrent),
                "In 24 hours": _limit(limit.daily),
                "Used of these": organization.used_today(model),
            }
            for model, limit in organization.limits.items()
        ],
        hide_index=True,
        alt="Limits by model",
    )
    if account.seen_at:
        st.caption(f"As Runway told it at {times.clock(account.seen_at)}.")


def _limit(figure: int | None) -> str:
    return "No limit" if figure is None else f"{figure:,}"
