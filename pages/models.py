"""Which model to choose for what, out of the catalogue; what is not allowed; why things fail."""

from dataclasses import replace

import streamlit as st

from core.catalog.model import Model
from core.providers.failures import FAILURES, NO_CODE, UNKNOWN_CODE
from core.serving import current
from pages.ui import formatting
from pages.ui.compose import draft, prompt_field
from pages.ui.compose.form_state import form_state
from pages.ui.models import comparison, differing_prices, finding, guide

studio = current()
models = [m for kind in studio.catalog.kinds for m in studio.catalog.of_kind(kind, retired=True)]
usual = studio.catalog.suppliers[studio.accounts.usual]
misquoted = studio.history.misquoted(demo=studio.settings.demo)


def use(model: Model, label: str) -> None:
    if st.button(label, key=f"use_{model.endpoint}_{model.id}", icon=":material/movie:"):
        wanted = replace(draft.load(studio), endpoint=model.endpoint, model=model.id)
        draft.open_with(studio, wanted, form_state().origin)


def look_closer(model: Model) -> None:
    if model.status == "current":
        key = (model.endpoint, model.id)
        guide.card(studio, model, misquoted.get(key), corrected=key in studio.overrides.prices)
        use(model, "Use this model")
        return
    successor = studio.catalog.successor(model)
    st.info(guide.retirement(model, successor), icon=":material/history:")
    guide.card(studio, model, None, corrected=(model.endpoint, model.id) in studio.overrides.prices)
    if successor:
        use(successor, f"Use {successor.name}")


differing_prices.faults(studio)
named = finding.named(studio.catalog)
found = finding.found(models, named)
kind = found[0].kind if found else ""
with st.container(key="models_rows", gap=None):
    for model in found:
        if model.kind != kind:
            kind = model.kind
            st.caption(formatting.kind(kind))
        row = finding.row(studio, model, is_open=model is named)
        if row.open:
            with row:
                look_closer(model)
if not found:
    st.info("No model fits these words.", icon=":material/filter_alt_off:")

with st.expander("Compare them in a table", icon=":material/table:"):
    comparison.table(found, misquoted)
with st.expander("What is allowed", icon=":material/gavel:"):
    st.markdown(prompt_field.rules(usual))
with st.expander("Why something fails, and what that costs", icon=":material/error:"):
    st.table(
        [
            {
                "What happened": failure.title,
                "What it costs": failure.usual_cost,
                "What to do": failure.advice,
                "Again?": failure.again.value,
            }
            for failure in (one.told(usual.title) for one in (*FAILURES, NO_CODE, UNKNOWN_CODE))
        ],
        border="horizontal",
        hide_index=True,
    )
