"""The account behind the key: its balance, and what its tier allows."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.catalog.prices import dollars
from core.studio import Studio
from pages.ui import formatting, plain

ASKING = "Asking Runway …"
EVERY = 1  # seconds between two looks whether it has answered


def balance(studio: Studio) -> None:
    """What was left at Runway when it was last asked, or why that cannot be said."""
    account = studio.account.seen()
    name = "Demo account" if studio.settings.demo else "Runway account"
    with st.container(border=True, gap="xsmall"):
        st.markdown(
            f"**{name}**{f' · {formatting.age(account.seen_at)}' if account.seen_at else ''}"
        )
        if account.organization is not None:
            left = account.organization.credit_balance
            st.metric("Balance", f"{left:,}", dollars(left), delta_color="off", delta_arrow="off")
        if account.error:
            st.caption(f"The balance cannot be read. {plain.error(account.error)}")
        elif account.organization is None:
            st.caption(ASKING)


def follow(studio: Studio) -> None:
    """Draw the page once more when Runway has told what it shows. Last on the page: whether it is
    there moves nothing."""
    reader = studio.account
    if reader.is_pending:
        st.fragment(_until_told, run_every=EVERY)(studio, reader.changes)


def _until_told(studio: Studio, changes: int) -> None:
    if studio.account.changes != changes:
        st.rerun()


def limits(studio: Studio, names: Mapping[str, str]) -> None:
    """What the tier allows each model, and what is used of it."""
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


def _limit(figure: int | None) -> str:
    return "No limit" if figure is None else f"{figure:,}"
