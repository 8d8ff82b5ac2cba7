"""What failed, why, and what it cost: what moderation stopped first of all."""

from __future__ import annotations

import streamlit as st

from core.accounting.spending import Measure
from core.providers.failures import explain, is_moderation
from core.storage.spending.bought import Bought, together
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import formatting, money
from pages.ui.spending import tables
from pages.ui.spending.periods import Days


def show(studio: Studio, days: Days, measure: Measure) -> None:
    rows = studio.spending.bought("failure", days.first, days.last)
    failed = [one for one in rows if one.value]
    if not failed:
        return
    stopped = together(one for one in failed if is_moderation(str(one.value)))
    if stopped.generations:
        cost = money.escaped(measure.price(stopped.settled))
        st.markdown(
            f":material/shield: Moderation stopped {counted(stopped.generations, 'generations')}"
            f" and cost {cost}."
        )
    with st.expander("Why things failed, and what that cost", icon=":material/error:"):
        tables.show(
            [_row(one, measure) for one in failed],
            f"{measure.unit.lower()}-by-failure",
            f"{measure.unit} by reason of failure",
            in_dollars=measure.is_dollars,
        )


def _row(one: Bought, measure: Measure) -> dict[str, object]:
    code = str(one.value)
    who = "the provider" if measure.is_dollars else measure.suppliers[0].title
    return {
        "What happened": formatting.sentence(explain(code, who).title),
        "Code": code,
        "Moderation": "Yes" if is_moderation(code) else "No",
        "Generations": one.generations,
        "Spent": measure.figure(one.settled),
        "Not final": measure.figure(one.pending),
    }
