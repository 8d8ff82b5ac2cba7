"""What failed, why, and what it cost: what moderation stopped first of all."""

from __future__ import annotations

import streamlit as st

from core.providers.failures import explain, is_moderation
from core.quantities import counted
from core.storage.spending.bought import Bought, together
from core.studio import Studio
from pages.ui import formatting
from pages.ui.spending import tables
from pages.ui.spending.periods import Days


def show(studio: Studio, days: Days) -> None:
    demo = studio.settings.demo
    rows = studio.history.bought("failure", demo=demo, since=days.first, until=days.last)
    failed = [one for one in rows if one.value]
    if not failed:
        return
    stopped = together(one for one in failed if is_moderation(str(one.value)))
    if stopped.generations:
        cost = formatting.price(stopped.settled).replace("$", "\\$")
        st.markdown(
            f":material/shield: Moderation stopped {counted(stopped.generations, 'generations')}"
            f" and cost {cost}."
        )
    with st.expander("Why things failed, and what that cost", icon=":material/error:"):
        tables.show(
            [_row(one) for one in failed], "credits-by-failure", "Credits by reason of failure"
        )


def _row(one: Bought) -> dict[str, object]:
    code = str(one.value)
    return {
        "What happened": explain(code).title,
        "Code": code,
        "Moderation": "Yes" if is_moderation(code) else "No",
        "Generations": one.generations,
        "Spent": one.settled,
        "Not final": one.pending,
    }
