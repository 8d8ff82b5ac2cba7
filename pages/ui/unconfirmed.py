"""A request of which nobody knows whether Runway took it: the evidence, and three ways out."""

from __future__ import annotations

import streamlit as st

from core.errors import DailiesError
from core.generations import Generation
from core.studio import Studio
from pages.ui import facts, recall, words


def resolve(studio: Studio, generation: Generation) -> None:
    """Draw what is known, and let the person decide."""
    st.markdown("**What the account says**")
    st.caption(_reading(generation))
    facts.show(_evidence(generation))
    st.markdown("**What became of it?**")
    st.caption("Compare with the usage at dev.runwayml.com, or ask Runway about that time.")
    with st.container(horizontal=True, gap="small"):
        with st.popover("It was made", icon=":material/link:"):
            _attach(studio, generation)
        with st.popover("It was not charged", icon=":material/money_off:"):
            st.write("It is closed as failed, with no credits. Do this when Runway shows no task.")
            st.button(
                "Mark as not charged",
                key="generation_write_off",
                type="primary",
                on_click=studio.decisions.write_off,
                args=(generation.id,),
            )
        if st.button(
            "Submit it again",
            key="generation_again",
            icon=":material/replay:",
            help="Fills the form with everything. If the first one was made after all, "
            "both are charged.",
        ):
            recall.recall(studio, "Use all", generation.request)


def settle(studio: Studio, generation: Generation) -> None:
    """An ending without Runway's figure counts as pending until a person says what it cost."""
    st.caption(
        "Until its cost is known it counts as pending. Compare with the usage at dev.runwayml.com."
    )
    with st.container(horizontal=True, gap="small"):
        for credits in sorted({0, generation.credits or 0}):
            st.button(
                f"It cost {words.credits(credits)}" if credits else "It cost nothing",
                key=f"generation_settle_{credits}",
                on_click=studio.decisions.settle,
                args=(generation.id, credits),
            )


def _attach(studio: Studio, generation: Generation) -> None:
    st.write("With its task id it is followed to its end like every other.")
    task_id = st.text_input("Task id", key="generation_task_id", max_chars=100).strip()
    if not st.button("Follow this task", key="generation_attach", type="primary"):
        return
    try:
        studio.decisions.attach(generation.id, task_id)
    except DailiesError as error:
        st.error(f"{error.message} {error.hint}")
    else:
        st.rerun()


def _evidence(generation: Generation) -> dict[str, str]:
    """Balance and count of the day, before the request was sent and after its answer was lost."""
    before, after = generation.evidence.get("before"), generation.evidence.get("after")
    return {
        "Balance before": _credits(before),
        "Balance after": _credits(after),
        "Made that day, before": _count(before),
        "Made that day, after": _count(after),
    }


def _reading(generation: Generation) -> str:
    """What the figures suggest. It stays a suggestion: others may use the account too."""
    before, after = generation.evidence.get("before"), generation.evidence.get("after")
    if not before or not after:
        return "Runway could not be asked then, so there are no figures to compare."
    spent = before["balance"] - after["balance"]
    more = after["today"] - before["today"]
    if spent <= 0 and more <= 0:
        return "The account looked the same afterwards: probably it was not made."
    return (
        f"Afterwards the account had {words.credits(max(spent, 0))} less and {max(more, 0)} more"
        " on the day's count: probably it was made, unless somebody else used the account then."
    )


def _credits(seen: dict[str, int] | None) -> str:
    return words.credits(seen["balance"]) if seen else "not known"


def _count(seen: dict[str, int] | None) -> str:
    return f"{seen['today']:,}" if seen else "not known"
