"""The frame that a clip will fill, before there is one: its shape, over what it starts from."""

from __future__ import annotations

import streamlit as st

from core.catalog import ratios
from core.files import Upload
from core.generations import Generation
from core.studio import Studio
from pages.ui import media_urls

NARROWEST, WIDEST = 0.4, 3.6
"""Width / height of a frame. What is beyond keeps its shape within it."""
WIDE = 16 / 9
SEEN = {"video", "image"}
"""Whatever else is made gets a low box: nothing large will take its place."""


def show(studio: Studio, generation: Generation, tallest: int) -> None:
    """As large as the player will be: at most `tallest` hundredths of the window high."""
    start = start_picture(studio, generation)
    address = media_urls.linked(media_urls.picture(start)) if start else ""
    picture = f'<img src="{address}" alt="">' if start else ""
    form = f"--tallest: {tallest}dvh; --shape: {shape(studio, generation):.4f}"
    kind = "seen" if medium(studio, generation) in SEEN else "unseen"
    st.html(f'<div class="to-come {kind}" style="{form}"><div class="frame">{picture}</div></div>')


def shape(studio: Studio, generation: Generation) -> float:
    """Width / height of what will be made."""
    request = generation.request
    model = studio.catalog.find(request.endpoint, request.model)
    ratio = model.value_of("ratio", request.params) if model else ""
    start = start_picture(studio, generation)
    own = start.width / start.height if start and start.height else WIDE
    return within(ratios.shape(str(ratio or "")) or own)


def within(shape: float) -> float:
    return min(WIDEST, max(NARROWEST, shape))


def medium(studio: Studio, generation: Generation) -> str:
    request = generation.request
    model = studio.catalog.find(request.endpoint, request.model)
    return model.output(request.params).medium if model else "video"


def start_picture(studio: Studio, generation: Generation) -> Upload | None:
    kept = (studio.uploads.get(item.sha256) for item in generation.request.inputs if item.sha256)
    return next((upload for upload in kept if upload and upload.medium != "audio"), None)
