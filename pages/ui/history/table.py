"""A page of the history as rows: sorted by a click on a column, ticked, and opened by a link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.generations import Generation
from core.studio import Studio
from pages.ui import formatting, media_urls, times
from pages.ui.clips import file_facts
from pages.ui.history import marks, selection

COLUMNS = (
    "Open",
    "Number",
    "State",
    "Model",
    "Prompt",
    "Made",
    "Seconds",
    "Credits",
    "When",
    "Favourite",
    "Demo",
)
A_NAME, FEW_WORDS = 170, 110  # pixels: `Magnific Video Upscaler`; `4 pictures`, `1,200 frames`
A_PROMPT = 370


def show(studio: Studio, generations: Sequence[Generation], columns: Sequence[str]) -> None:
    """The rows. Their key holds their numbers, as a tick belongs to a row by its place alone."""
    ids = [generation.id for generation in generations]
    ticked = set(selection.chosen())
    places = [place for place, number in enumerate(ids) if number in ticked]
    chosen = st.dataframe(
        [_row(studio, generation) for generation in generations],
        key=f"history_table_{hash(tuple(ids))}_{selection.version()}",
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": places}},
        height="content",
        placeholder="",
        column_order=[column for column in COLUMNS if column in columns] or COLUMNS,
        column_config={
            "Open": st.column_config.LinkColumn(width="small", display_text="Open"),
            "Number": st.column_config.NumberColumn(width="small", format="%d"),
            "Model": st.column_config.TextColumn(width=A_NAME),
            "Prompt": st.column_config.TextColumn(width=A_PROMPT),
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
    rows = chosen["selection"]["rows"]
    selection.replace(ids, [ids[row] for row in rows if row < len(ids)])


def _row(studio: Studio, generation: Generation) -> dict[str, Any]:
    request = generation.request
    return {
        "Open": f"{media_urls.base()}/generation?id={generation.id}",
        "Number": generation.id,
        "State": formatting.STATUS[generation.status],
        "Model": formatting.model(request.model, studio.catalog.names),
        "Prompt": request.words,
        "Made": file_facts.made(generation) or ("1 clip" if generation.outputs else ""),
        "Seconds": marks.seconds(generation),
        "Credits": generation.credits,
        "When": generation.created_at,
        "Favourite": generation.favourite,
        "Demo": generation.demo,
    }
