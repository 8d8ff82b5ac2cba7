"""Which model to choose for what, out of the catalogue; what is not allowed; why clips fail."""

from dataclasses import replace

import streamlit as st

from core.failures import FAILURES
from core.models import Model
from core.serving import current
from pages.ui import draft, guide, prompt

studio = current()
offered = [model for model in studio.catalog if model.status == "current"]
retired = [model for model in studio.catalog if model.status == "retired"]


def choose(model: Model) -> None:
    """Open the form with this model, and with everything else as it is."""
    wanted = replace(draft.load(studio), endpoint=model.endpoint, model=model.id)
    draft.replace_with(studio, wanted)
    st.switch_page("create.py")


st.subheader("Compare", anchor=False)
guide.comparison(offered)

st.subheader("One by one", anchor=False)
grid = st.grid(columns=3, min_column_width=320, border=True)
for model in offered:
    with grid.cell():
        guide.card(model)
        key = f"use_{model.endpoint}_{model.id}"
        if st.button("Use this model", key=key, icon=":material/movie:"):
            choose(model)

for model in retired:
    successor = studio.catalog.names.get(model.successor, "another model")
    when = f" since {model.retired_on}" if model.retired_on else ""
    st.caption(f"{model.name} is retired{when}. Use {successor} in its place.")

allowed, failing = st.columns([2, 3], gap="large")
with allowed:
    st.subheader("What is allowed", anchor=False)
    st.markdown(prompt.RULES)
with failing:
    st.subheader("Why a clip fails", anchor=False)
    st.table(
        [{"What happened": failure.title, "What to do": failure.advice} for failure in FAILURES],
        border="horizontal",
        hide_index=True,
    )
