"""The account behind the key: its balance, and what its tier allows."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.studio import Studio
from pages.ui import plain, times

ASKING = "Asking {who} …"
EVERY = 1  # seconds between two checks for an answer


def balance(studio: Studio, name: str) -> None:
    account, of = studio.accounts.seen(name), studio.catalog.suppliers[name]
    at = f" at {of.title}" if len(studio.accounts.names) > 1 else ""
    title = f"Demo account{at}" if studio.settings.demo else f"{of.title} account"
    seen = f" · at {times.clock(account.seen_at)}" if account.seen_at else ""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{plain.text(title)}**{seen}")
        if account.organization is not None:
            left = account.organization.credit_balance
            st.metric(
                "Balance", f"{left:,}", of.dollars(left), delta_color="off", delta_arrow="off"
            )
        if account.error:
            st.caption(f"The balance cannot be read. {plain.error(account.error)}")
        elif account.organization is None:
            st.caption(plain.text(ASKING.format(who=of.title)))


def follow(studio: Studio, answered: int, *, is_behind: bool = False) -> None:
    """Redraw the page when a provider has answered.

    Where the usual one's answer `is_behind` the history, ask it again as soon as that is allowed.
    Goes last on the page, where it moves nothing. `answered` is the count of answers before the
    page was drawn: one may have come meanwhile.
    """
    reader = studio.accounts
    if reader.is_pending or reader.changes != answered or is_behind:
        ask = is_behind and not reader.is_pending
        st.fragment(_until_told, run_every=EVERY)(studio, answered, ask=ask)


def _until_told(studio: Studio, answered: int, *, ask: bool) -> None:
    if ask:
        studio.accounts.seen(studio.accounts.usual)
        studio.accounts.usage(studio.accounts.usual)
    if studio.accounts.changes != answered:
        st.rerun()


def limits(studio: Studio, name: str, names: Mapping[str, str]) -> None:
    account, who = studio.accounts.seen(name), plain.text(studio.catalog.suppliers[name].title)
    organization = account.organization
    if organization is None or not organization.limits:
        waiting = organization is None and account.error is None
        st.caption(ASKING.format(who=who) if waiting else f"{who} does not say at the moment.")
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
        st.caption(f"As {who} told it at {times.clock(account.seen_at)}.")


def _limit(figure: int | None) -> str:
    return "No limit" if figure is None else f"{figure:,}"
