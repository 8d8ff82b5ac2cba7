"""What was made, shown as what it is: players, pictures in a grid, or a card to download."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

from core.generations import Generation, Output
from core.studio import Studio
from pages.ui import formatting, media_urls, plain
from pages.ui.clips import file_facts, reuse

Width = int | Literal["stretch"]
STILLS = Path(__file__).resolve().parents[3] / "data" / "samples"
LOWEST = 150
"""Pixels. So narrow may a picture of several be before the next one goes below it."""


def show(studio: Studio, generation: Generation, tallest: int, key: str) -> None:
    """Everything that came out of it, each with Download and Use as input.

    Of several clips one is drawn at a time: a page with many players is slow.
    """
    outputs = generation.outputs
    if len(outputs) == 1:
        _with_verbs(studio, generation, outputs[0], tallest, key)
    elif any(output.medium == "video" for output in outputs):
        _with_verbs(studio, generation, _chosen(generation, key), tallest, key)
    else:
        grid = st.grid(columns=2, min_column_width=2 * LOWEST)
        for output in outputs:
            with grid.cell():
                _with_verbs(studio, generation, output, tallest, key)


def one(studio: Studio, generation: Generation, output: Output, tallest: int) -> None:
    """One made file; what is taller than wide is `tallest` pixels high, in the middle."""
    source, alt = media_urls.video(generation, output), _alt(studio, generation)
    if output.medium == "audio":
        st.audio(source, format=output.media_type)
    elif not output.is_played:
        _card(studio, generation, output, tallest)
        return
    else:
        with st.container(horizontal_alignment="center"):
            width = _width(output, tallest)
            if output.medium == "image":
                st.image(source, width=width, alt=alt)
            else:
                st.video(source, width=width, alt=alt)
    _said(output)


def still(studio: Studio, generation: Generation, width: Width = "stretch") -> None:
    """What stands for it where there is room for a still only."""
    output = generation.main
    assert output is not None
    st.image(
        address(generation, output),
        width=width,
        alt=formatting.title(generation, studio.catalog.names),
    )


def address(generation: Generation, output: Output) -> str:
    """Of the output's still: its poster, or a sign for what has none."""
    if output.poster:
        return media_urls.poster(generation, output)
    return str(STILLS / ("sound.svg" if output.medium == "audio" else "file.svg"))


def is_wide(output: Output) -> bool:
    """True for a still that fills its place from left to right."""
    return not output.poster or output.width * 3 >= output.height * 4


def _with_verbs(
    studio: Studio, generation: Generation, output: Output, tallest: int, key: str
) -> None:
    one(studio, generation, output, tallest)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.link_button(
            "Download",
            media_urls.download(generation, output),
            icon=":material/download:",
            type="tertiary",
            help=file_facts.line(output),
        )
        reuse.verbs(studio, generation, output, f"{key}_{output.position}")


def _chosen(generation: Generation, key: str) -> Output:
    """The file that a person looks at."""
    outputs = generation.outputs
    position = st.segmented_control(
        "File",
        range(len(outputs)),
        key=f"{key}_{generation.id}_file",
        default=0,
        required=True,
        label_visibility="collapsed",
        format_func=lambda position: f"{position + 1} of {len(outputs)}",
    )
    return outputs[position or 0]


def _card(studio: Studio, generation: Generation, output: Output, tallest: int) -> None:
    """A file that no browser shows: its first frame, and what is inside."""
    with st.container(border=True, horizontal_alignment="center"):
        if output.poster:
            poster, alt = (
                media_urls.poster(generation, output),
                formatting.title(generation, studio.catalog.names),
            )
            st.image(poster, width=_width(output, tallest), alt=alt)
        st.text(file_facts.line(output))
        _said(output)


def _said(output: Output) -> None:
    if advice := file_facts.advice(output):
        st.caption(advice)
    if output.note:
        st.warning(plain.text(output.note), icon=":material/info:")


def _width(output: Output, tallest: int) -> Width:
    if not output.height or output.width > output.height:
        return "stretch"
    return round(tallest * output.width / output.height)


def _alt(studio: Studio, generation: Generation) -> str:
    return formatting.title(generation, studio.catalog.names)
