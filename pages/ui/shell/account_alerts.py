"""What is nearly used up at a provider, on every page, until somebody has seen it."""

from __future__ import annotations

import streamlit as st

from core.accounting.account_alerts import Alert, Limit
from core.catalog.suppliers import Supplier
from core.domain.people import Role
from core.studio import Studio
from pages.ui import formatting, plain
from pages.ui.access import allowed

SEEN = "account_alerts_seen"
ICONS = {
    Limit.BALANCE: ":material/account_balance_wallet:",
    Limit.DAY: ":material/today:",
    Limit.MONTH: ":material/calendar_month:",
    Limit.PLACES: ":material/stacks:",
}


def show(studio: Studio) -> None:
    """Quietly, to makers: a line each, which can be dismissed for this session."""
    if not allowed.to(Role.MAKER):
        return
    seen: set[str] = st.session_state.setdefault(SEEN, set())
    for alert in studio.account_alerts.standing():
        there = _elsewhere(studio, alert)
        key = f"{there}{alert.limit}_{alert.model}_{alert.is_reached}"
        if key in seen:
            continue
        with st.container(
            horizontal=True,
            wrap=False,
            vertical_alignment="center",
            border=True,
            key=f"account_alert_{key}",
        ):
            said = sentence(
                alert,
                formatting.model(alert.model, studio.catalog.names),
                studio.catalog.suppliers[alert.provider],
            )
            st.markdown(f"{ICONS[alert.limit]} {plain.text(said)}", width="stretch")
            st.button(
                "Dismiss",
                key=f"account_alert_seen_{key}",
                icon=":material/close:",
                type="tertiary",
                on_click=seen.add,
                args=(key,),
            )


def _elsewhere(studio: Studio, alert: Alert) -> str:
    return "" if alert.provider == studio.accounts.usual else alert.provider


def sentence(alert: Alert, model: str, of: Supplier) -> str:
    used, most = f"{alert.used:,}", f"{alert.most:,}"
    if alert.limit is Limit.BALANCE:
        left = formatting.price(alert.used, of)
        return f"{left} left on the {of.title} account. Without credits, work waits."
    if alert.limit is Limit.MONTH:
        after = f" {of.title} takes no more until the next one." if alert.is_reached else ""
        return (
            f"{used} of {most} {of.credit}s that the account may spend this month are spent.{after}"
        )
    if alert.limit is Limit.DAY:
        after = " What comes next waits until the first of them are a day old."
        said = f"{model}: {used} of {most} generations in 24 hours are used."
        return said + (after if alert.is_reached else "")
    taken = f"{used} of {most} are taken"
    return f"{model}: no place is free at {of.title} ({taken}), and {alert.waiting:,} wait here."
