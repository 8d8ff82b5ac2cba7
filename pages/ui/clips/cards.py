"""One generation as a card: in flight with its progress, or ended with its clip or its reason."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.generations import Generation, Status, Upload
from core.studio import Studio
from pages.ui import formatting, media_urls, times
from pages.ui.clips import failure_box, outputs, recall

NOT_REFUNDED = (
    "Expect no refund: Runway usually charges a cancelled task in full, even when it has only"
    " just been sent."
)
TALLEST = 420
WAITING = (Status.QUEUED, Status.SUBMITTING, Status.PENDING, Status.THROTTLED)


def title(studio: Studio, generation: Generation) -> str:
    """The generation's number and the model's name: never the prompt, which is not for labels."""
    return formatting.title(generation, studio.catalog.names)


def in_flight(studio: Studio, generation: Generation) -> None:
    """A live card. Its label is the same all through a state, so that it does not fold or jump."""
    label = f"{formatting.STATUS[generation.status]} · {title(studio, generation)}"
    box = st.status(label, state="running", expanded=True)  # `with` would mark it as complete
    if upload := _picture(studio, generation):
        box.image(media_urls.picture(upload), width=200, alt="The picture it starts from")
    if generation.request.words:
        box.text(formatting.short(generation.request.words))
    box.progress(_progress(generation), text=_progress_text(generation))
    if generation.reason:
        box.text(f"{generation.reason}{_retry(generation)}")
    if generation.status is Status.QUEUED and generation.retry_at:
        box.button(
            "Try now",
            key=f"retry_now_{generation.id}",
            on_click=studio.generations.retry_now,
            args=(generation.id,),
            icon=":material/bolt:",
            type="tertiary",
        )
    _cancel(box, studio, generation)


def ended(studio: Studio, generation: Generation, key: str) -> None:
    """The clip with its verbs, or why there is none."""
    with st.container(border=True):
        if generation.outputs:
            outputs.show(studio, generation, TALLEST, key)
        else:
            failure_box.show(generation)
            failure_box.verbs(studio, generation, key)
        _prompt(generation)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"{title(studio, generation)} · {formatting.cost(generation)}")
            link(generation)
        recall.buttons(studio, generation, key)


def link(generation: Generation) -> None:
    """The way to the generation's own page."""
    st.page_link(
        "generation.py",
        label="Open",
        icon=":material/open_in_full:",
        help=times.moment(generation.created_at),
        query_params={"id": str(generation.id)},
    )


def _prompt(generation: Generation) -> None:
    if generation.request.words:
        st.text(formatting.short(generation.request.words))


def _picture(studio: Studio, generation: Generation) -> Upload | None:
    kept = (studio.uploads.get(item.sha256) for item in generation.request.inputs if item.sha256)
    return next((upload for upload in kept if upload and upload.medium != "audio"), None)


def _progress(generation: Generation) -> float:
    return 0.0 if generation.status in WAITING else generation.progress or 0.0


def _progress_text(generation: Generation) -> str:
    spent = formatting.elapsed(datetime.now(UTC) - generation.created_at)
    done = "" if generation.status in WAITING else f"{_progress(generation):.0%} · "
    return f"{done}{spent} · {formatting.cost(generation)}"


def _retry(generation: Generation) -> str:
    if generation.status is Status.DOWNLOADING:
        return " It is tried again by itself: Runway keeps a clip for a day or two."
    at = generation.retry_at if generation.status is Status.QUEUED else None
    if at is None or at < datetime.now(UTC):
        return ""
    return f" Next try at {times.clock(at)}."


def _cancel(box: DeltaGenerator, studio: Studio, generation: Generation) -> None:
    if generation.status is Status.DOWNLOADING:
        return
    if generation.cancel_requested:
        box.caption("Cancelling …")
        return
    free = generation.status in (Status.QUEUED, Status.SUBMITTING)
    box.button(
        "Cancel",
        key=f"cancel_{generation.id}",
        help="Nothing has been sent yet." if free else NOT_REFUNDED,
        on_click=studio.generations.cancel,
        args=(generation.id,),
        icon=":material/close:",
        type="tertiary",
    )


def duplicate(studio: Studio, generation: Generation) -> None:
    """The same request has already made something: offer that before money is spent again."""
    done = generation.status is Status.SUCCEEDED
    head = "You have this already" if done else "Runway may be making this already"
    said = (
        "The same files, words and settings made it."
        if done
        else "The same order was sent, and nobody knows yet whether Runway took it."
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if generation.outputs:
            outputs.still(studio, generation, width=96)
        with st.container(gap="xsmall"):
            st.markdown(f"**{head}**")
            st.caption(said)
        link(generation)


def poster(studio: Studio, generation: Generation) -> None:
    """A generation as a still with a link to its page."""
    if generation.outputs:
        outputs.still(studio, generation)
    st.page_link(
        "generation.py",
        label=title(studio, generation),
        icon=formatting.ICON.get(generation.status, ":material/movie:"),
        help=times.moment(generation.created_at),
        query_params={"id": str(generation.id)},
    )


def strip(studio: Studio, generations: list[Generation]) -> None:
    """Some earlier generations, small."""
    grid = st.grid(columns=4, min_column_width=130)
    for generation in generations:
        with grid.cell():
            poster(studio, generation)
