"""Which model to choose for what, out of the catalogue; what is not allowed; why things fail."""

from dataclasses import replace

import streamlit as st

from core.catalog.model import Model
from core.runway.failure_codes import FAILURES, NO_CODE, UNKNOWN_CODE
from core.serving import current
from pages.ui import formatting
from pages.ui.compose import draft, prompt_field
from pages.ui.models import comparison, guide

studio = current()
models = [m for kind in studio.catalog.kinds for m in studio.catalog.of_kind(kind, retired=True)]
misquoted = studio.history.misquoted(demo=studio.settings.demo)


def use(model: Model, label: str, place: str = "use") -> None:
    """A button that opens the form with this model, and with everything else as it is."""
    if st.button(label, key=f"{place}_{model.endpoint}_{model.id}", icon=":material/movie:"):
        wanted = replace(draft.load(studio), endpoint=model.endpoint, model=model.id)
        draft.open_with(studio, wanted)


def named() -> Model | None:
    """The model that the address names."""
    endpoint, _, model_id = st.query_params.get("model", "").partition("/")
    return studio.catalog.find(endpoint, model_id)


def look_closer(model: Model) -> None:
    """The model's card, with the way into the form or to its successor."""
    with st.container(border=True):
        if model.status == "current":
            guide.card(model, misquoted.get((model.endpoint, model.id), 0))
            use(model, "Use this model")
            return
        successor = studio.catalog.successor(model)
        st.info(guide.retirement(model, successor), icon=":material/history:")
        guide.card(model, 0)
        if successor:
            use(successor, f"Use {successor.name}")


picks = [model for model in models if model.pick_for and model.status == "current"]
if picks:
    st.subheader("Which one for what", anchor=False)
    grid = st.grid(columns=4, min_column_width=220, border=True)
    for model in picks:
        with grid.cell():
            st.caption(model.pick_for)
            st.markdown(f"**{model.name}**")
            st.caption(f"{model.does} · {formatting.rate(model)}")
            use(model, "Use", "pick")

st.subheader("All models", anchor=False)
shown = comparison.filtered(models)
st.caption(f"{len(shown)} of {len(models)}. Choose a row to look closer.")
chosen = comparison.table(shown, misquoted)
if chosen:
    st.query_params["model"] = f"{chosen.endpoint}/{chosen.id}"
if closer := chosen or named():
    look_closer(closer)

allowed, failing = st.columns([2, 3], gap="large")
with allowed:
    st.subheader("What is allowed", anchor=False)
    st.markdown(prompt_field.RULES)
with failing:
    st.subheader("Why something fails", anchor=False)
    st.table(
        [
            {
                "What happened": failure.title,
                "What it costs": failure.usual_cost,
                "What to do": failure.advice,
                "Again?": failure.again.value,
            }
            for failure in (*FAILURES, NO_CODE, UNKNOWN_CODE)
        ],
        border="horizontal",
        hide_index=True,
    )
