"""Two to four takes beside each other, in step, with what tells them apart."""

import streamlit as st

from core.serving import current
from core.text import visible_text
from pages.ui import empty, page_address
from pages.ui.compare import differences, in_step, takes
from pages.ui.shell import page_title

studio = current()
asked = st.query_params.get("ids", st.session_state.get("compare_seen", ""))
numbers = takes.read(visible_text.bare(asked))
compared = takes.found(studio, numbers)
if len(compared) < takes.FEWEST:
    page_title.show("Compare")
    empty.show(
        "There is nothing to compare",
        "Tick two to four clips or pictures in the history, and choose Compare below them.",
    )
else:
    found = [generation.id for generation in compared]
    query = takes.address(numbers)
    st.session_state["compare_seen"] = query["ids"]
    page_title.show("Compare " + ", ".join(f"#{number}" for number in found))
    in_step.show(studio, compared)
    if missing := [number for number in numbers if number not in found]:
        named = ", ".join(f"#{number}" for number in missing)
        st.caption(f"Not among them: {named}, of which there is nothing to see.")
    if removed := [one.id for one in compared if one.main and one.main.removal]:
        named = ", ".join(f"#{number}" for number in removed)
        st.caption(f"Small previews, since their originals were removed by a rule: {named}.")
    st.subheader("What differs", anchor=False)
    differences.show(studio, compared)
    if "ids" not in st.query_params:
        page_address.correct(query)
