"""The account behind the key: its balance, and what its tier allows."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.prices import dollars
from core.studio import Studio
from pages.ui import words


def balance(studio: Studio) -> None:
    """What is left at Runway, or why that cannot be said."""
    account = studio.account()
    name = "Demo account" if studio.settings.demo else "Runway account"
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{name}** · {words.age(account.seen_at)}")
        if account.organization is None:
            st.caption(f"The balance cannot be read. {said(account.error)}")
            return
        left = account.organization.credit_balance
        st.metric("Balance", f"{left:,}", dollars(left), delta_color="off", delta_arrow="off")


def said(error: Exception | None) -> str:
    """The sentences of an expected error."""
    return f"{getattr(error, 'message', '')} {getattr(error, 'hint', '')}".strip()


def limits(studio: Studio, names: Mapping[str, str]) -> None:
    """What the tier allows each model, and what is used of it."""
    organization = studio.account().organization
    if organization is None or not organization.limits:
        st.caption("Runway does not say at the moment.")
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
