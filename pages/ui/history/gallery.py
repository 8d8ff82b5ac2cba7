"""A page of the history as posters or as a table. Never more than one page of it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.generations import Generation, Status
from core.runway.failure_codes import explain
from core.studio import Studio
from pages.ui import formatting, times
from pages.ui.clips import cards, file_facts, outputs

STILLS = Path(__file__).resolve().parents[3] / "data" / "samples"
STILL = {
    Status.SUCCEEDED: "cancelled",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
    Status.UNCONFIRMED: "unconfirmed",
}
"""What stands where a clip would be; anything else is still waited for."""
COLUMNS = 4
NARROWEST = 160
A_NAME, FEW_WORDS = 170, 120  # pixels: `Magnific Video Upscaler`; `4 pictures`, `1,200 frames`
TALLEST = 174
"""Pixels. A picture that is taller than wide is shown at this height, in the middle."""


def posters(studio: Studio, generations: Sequence[Generation]) -> None:
    """Each generation as a still with what one wants to know of it."""
    grid = st.grid(columns=COLUMNS, min_column_width=NARROWEST, gap=("medium", "small"))
    for generation in generations:
        with grid.cell(), st.container(gap="xsmall"):
            _still(studio, generation)
            st.page_link(
                "generation.py",
                label=cards.title(studio, generation),
                help=times.moment(generation.created_at),
                query_params={"id": str(generation.id)},
            )
            st.caption(_facts(generation, demo=studio.settings.demo))


def table(studio: Studio, generations: Sequence[Generation], key: str) -> None:
    """The same as rows. Choosing one opens it."""
    rows = [_row(studio, generation) for generation in generations]
    chosen = st.dataframe(
        rows,
        key=key,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height="content",
        placeholder="",
        column_config={
            "Number": st.column_config.NumberColumn(width="small", format="%d"),
            "Model": st.column_config.TextColumn(width=A_NAME),
            "Prompt": st.column_config.TextColumn(width="large"),
            "Made": st.column_config.TextColumn(width=FEW_WORDS),
            "Seconds": st.column_config.NumberColumn(width="small", format="%.1f"),
            "Credits": st.column_config.NumberColumn(width="small"),
            "When": st.column_config.DatetimeColumn(
                format="YYYY-MM-DD HH:mm", timezone=str(times.viewers())
            ),
            "Favourite": st.column_config.CheckboxColumn(width="small"),
            "Demo": st.column_config.CheckboxColumn(width="small"),
        },
        alt="Generations, one a row",
    )
    selected = chosen["selection"]["rows"]
    if selected and selected[0] < len(generations):
        st.switch_page("generation.py", query_params={"id": str(generations[selected[0]].id)})


def badge(generation: Generation) -> str:
    """The state as a badge, for Markdown."""
    colour = formatting.COLOUR.get(generation.status, "blue")
    icon = formatting.ICON.get(generation.status, ":material/hourglass_empty:")
    return f":{colour}-badge[{icon} {formatting.STATUS[generation.status]}]"


DEMO = ":violet-badge[Demo]"
LIVE = ":blue-badge[Live]"


def why(generation: Generation) -> str:
    """In a few words of ours why there is no clip; empty where there is one or will be."""
    if generation.status is Status.FAILED:
        if generation.task_id is None:
            return "Runway did not take it."
        return explain(generation.failure_code).title
    if generation.status is Status.UNCONFIRMED:
        return "Nobody knows whether Runway took it."
    return ""


def seconds(generation: Generation) -> float | None:
    """How long the clip is, or was meant to be."""
    if generation.main:
        return generation.main.duration or None
    return generation.request.length or None


def _still(studio: Studio, generation: Generation) -> None:
    output = generation.main
    if output is None:
        still = STILLS / f"{STILL.get(generation.status, 'waiting')}.svg"
        st.image(str(still), width="stretch", alt=formatting.STATUS[generation.status])
        return
    if outputs.is_wide(output):
        outputs.still(studio, generation)
        return
    with st.container(horizontal_alignment="center"):
        outputs.still(studio, generation, round(TALLEST * output.width / output.height))


def _facts(generation: Generation, *, demo: bool) -> str:
    """State, length, cost and age, in Markdown; none of it is a person's text."""
    length = seconds(generation)
    figures = [
        f"{generation.progress:.0%}" if _is_rendering(generation) else "",
        file_facts.made(generation),
        f"{length:.3g} s" if length else "",
        formatting.cost(generation),
        formatting.age(generation.created_at),
    ]
    lines = [
        _marks(generation, demo=demo),
        why(generation),
        formatting.sentence(" · ".join(filter(None, figures))),
    ]
    return "  \n".join(filter(None, lines))


def _marks(generation: Generation, *, demo: bool) -> str:
    """The state, the star, and where it was made if that is not where everything is made now."""
    marks = [badge(generation)]
    if generation.demo is not demo:
        marks.append(DEMO if generation.demo else LIVE)
    if generation.favourite:
        marks.append(":orange[:material/star:]")
    return " ".join(marks)


def _is_rendering(generation: Generation) -> bool:
    return generation.status is Status.RUNNING and generation.progress is not None


def _row(studio: Studio, generation: Generation) -> dict[str, Any]:
    request = generation.request
    return {
        "Number": generation.id,
        "State": formatting.STATUS[generation.status],
        "Model": formatting.model(request.model, studio.catalog.names),
        "Prompt": request.words,
        "Made": file_facts.made(generation) or ("1 clip" if generation.outputs else ""),
        "Seconds": seconds(generation),
        "Credits": generation.credits,
        "When": generation.created_at,
        "Favourite": generation.favourite,
        "Demo": generation.demo,
    }
