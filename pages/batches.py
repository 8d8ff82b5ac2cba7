"""Many at once, by choices in a prompt, a list or models: checked and priced before one click."""

import streamlit as st

from core.serving import current
from pages.ui import plain
from pages.ui.batch import card, ordering, sources, table
from pages.ui.compose import draft
from pages.ui.shell import lookout, page_title

TEMPLATE, LIST, GRID = "Prompt with choices", "List", "Models and ratios"
RECENT = 10

studio = current()


def recent(is_open: bool) -> None:
    with lookout.waiting(studio, "batches_lookout", waits=is_open):
        for batch in studio.batches.newest(RECENT):
            card.show(studio, batch, studio.batches.tally(batch.id))


page_title.show("Batches")
request = draft.load(studio)
model = studio.compose.model(request)
st.subheader("Batches", anchor=False)
if model is None:
    st.caption("Choose a model on Create first: each row starts from what is set there.")
else:
    base = draft.fitted(request, model, model.input)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = f"Each row starts from what is set on Create: {model.name}, its settings and files."
        st.caption(plain.text(said), width="content")
        st.page_link("create.py", label="Change", icon=":material/edit:")
    source = st.segmented_control(
        "From",
        [TEMPLATE, LIST, GRID],
        key="batches_source",
        default=TEMPLATE,
        required=True,
        label_visibility="collapsed",
    )
    if source == LIST:
        brought = sources.table(studio)
    elif source == GRID:
        brought = sources.grid(studio, base, model.kind)
    else:
        brought = sources.template(studio, base)
    if checked := table.show(studio, brought, base):
        ordering.button(studio, checked)
if studio.batches.newest(1):
    st.markdown("**Recent batches**")
    st.fragment(recent)(bool(studio.batches.open()))
