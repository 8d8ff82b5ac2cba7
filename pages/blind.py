"""Blind pairs: which of two clips is better, without a word of what they are; and the result."""

import streamlit as st

from core.serving import current
from core.text.quantities import counted
from pages.ui import components, empty
from pages.ui.access import person
from pages.ui.compare import pairs, results
from pages.ui.shell import page_title

studio = current()
page_title.show("Blind pairs")
asked = st.query_params.get("comparison", st.session_state.get("blind_seen", ""))
comparison = studio.comparisons.get(components.number(asked))


def judge() -> None:
    assert comparison
    if not pairs.show(studio, comparison, person.name()):
        st.rerun()


if comparison is None:
    empty.show(
        "There is no such comparison",
        "Tick clips in the history and choose Blind pairs below them.",
    )
elif not person.name():
    why = "Each person sees every pair once, in an order of their own. Votes add up."
    person.introduce("Who judges?", why, "blind")
else:
    st.session_state["blind_seen"] = str(comparison.id)
    if gone := studio.comparisons.removed(comparison):
        said = counted(gone, "clips")
        st.caption(f"Without {said} of this set: the originals were removed by a rule.")
    progress = studio.comparisons.progress(comparison, by=person.name())
    if progress.left:
        st.fragment(judge)()
        opened = st.toggle("Show the result so far", key=f"blind_result_{comparison.id}")
    else:
        st.subheader("All pairs judged", anchor=False)
        opened = True
    if opened:
        results.show(studio, comparison)
