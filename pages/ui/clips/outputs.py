"""What was made, shown as what it is: players, pictures in a grid, or a card to download."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import streamlit as st

from core.files import Output
from core.generations import Generation
from core.studio import Studio
from pages.ui import formatting, media_urls, plain
from pages.ui.clips import file_facts, player, reuse

Width = int | Literal["stretch"]
STILLS = Path(__file__).resolve().parents[3] / "data" / "samples"
PICTURE = 520
"""Pixels that a picture taller than wide is high."""
UNUSABLE = "So it cannot be downloaded, extended or used as an input."
LOWEST = 150
"""Pixels. So narrow may a picture of several be before the next one goes below it."""


def show(studio: Studio, generation: Generation, tallest: int, key: str) -> Output | None:
    """Everything that came out of it.

    Returns the one file on screen whose verbs are still to be drawn. Of several clips one is drawn
    at a time, as many players make a page slow. Several pictures stand in a grid, each with its
    verbs.
    """
    outputs = generation.outputs
    if len(outputs) == 1 or any(output.medium == "video" for output in outputs):
        seen = outputs[0] if len(outputs) == 1 else _chosen(generation, key)
        _one(studio, generation, seen, tallest, f"{key}_{seen.position}")
        return seen
    grid = st.grid(columns=2, min_column_width=2 * LOWEST)
    for output in outputs:
        with grid.cell():
            _one(studio, generation, output, tallest, f"{key}_{output.position}")
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                verbs(studio, generation, output, key)
    return None


def verbs(studio: Studio, generation: Generation, output: Output, key: str) -> None:
    if output.removal:
        return
    st.link_button(
        "Download",
        media_urls.download(generation, output),
        icon=":material/download:",
        type="tertiary",
        help=f"{file_facts.line(output)}. The recipe is in the file: prompt, model, settings.",
    )
    reuse.verbs(studio, generation, output, f"{key}_{output.position}")


def clean(generation: Generation) -> None:
    several = len(generation.outputs) > 1
    for output in generation.outputs:
        if output.removal:
            continue
        which = f" {output.position + 1}" if several else ""
        st.link_button(
            f"Download clean{which}",
            media_urls.clean(generation, output),
            icon=":material/download:",
            type="tertiary",
            help="The file as it came, without prompt, model and settings in it",
        )


def _one(studio: Studio, generation: Generation, output: Output, tallest: int, key: str) -> None:
    alt = formatting.title(generation, studio.catalog.names)
    if output.removal:
        _stand_in(generation, output, alt, tallest, key)
        return
    if not output.is_played:
        _card(studio, generation, output)
        return
    if output.medium == "image":
        source = media_urls.video(generation, output)
        with st.container(horizontal_alignment="center"):
            st.image(source, width=_width(output, PICTURE), alt=alt)
    else:
        name = "player" if output.medium == "video" else "sound"
        player.show(generation, output, alt, tallest, f"{key}_{name}")
    _said(output)


def _stand_in(generation: Generation, output: Output, alt: str, tallest: int, key: str) -> None:
    if output.medium == "video":
        player.show(generation, output, alt, tallest, f"{key}_preview")
    elif output.poster:
        with st.container(horizontal_alignment="center"):
            poster = media_urls.poster(generation, output)
            st.image(poster, width=_width(output, PICTURE), alt=alt)
    st.caption(plain.text(f"{output.removal} {UNUSABLE}"))


def still(studio: Studio, generation: Generation, width: Width = "stretch") -> None:
    output = generation.main
    assert output is not None
    st.image(
        address(generation, output),
        width=width,
        alt=formatting.title(generation, studio.catalog.names),
    )


def address(generation: Generation, output: Output) -> str:
    """The address of the output's still: its poster, or an icon if it has none."""
    if output.poster:
        return media_urls.poster(generation, output)
    return str(STILLS / ("sound.svg" if output.medium == "audio" else "file.svg"))


def _chosen(generation: Generation, key: str) -> Output:
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


def _card(studio: Studio, generation: Generation, output: Output) -> None:
    with st.container(border=True, horizontal_alignment="center"):
        if output.poster:
            poster, alt = (
                media_urls.poster(generation, output),
                formatting.title(generation, studio.catalog.names),
            )
            st.image(poster, width=_width(output, PICTURE), alt=alt)
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
