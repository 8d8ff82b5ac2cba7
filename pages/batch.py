"""One batch: how far it is, what it costs, what can be done about the rest, and what it made."""

import math

import streamlit as st

from core.domain.batches import Batch, UnknownBatch
from core.generations import Status
from core.serving import current
from core.storage.search.selection import Filter, Order
from core.text import visible_text
from pages.ui import empty, formatting, page_address, plain, times
from pages.ui.batch import deeds, progress, promotion
from pages.ui.compare import opening, takes
from pages.ui.history import export, gallery, selection
from pages.ui.review import inbox
from pages.ui.shell import lookout, page_title

PAGE = 24

studio = current()


def named() -> Batch | None:
    text = visible_text.bare(st.query_params.get("id", st.session_state.get("batch_seen", "")))
    try:
        return studio.batches.get(text)
    except UnknownBatch:
        return None


def draw(batch: Batch, number: int, was_open: bool) -> None:
    """As it is now. When its last generation ends, the whole page is drawn once."""
    with lookout.waiting(studio, "batch_lookout", waits=was_open):
        draw_now(batch, number, was_open)


def draw_now(batch: Batch, number: int, was_open: bool) -> None:
    batch, tally = studio.batches.get(batch.id), studio.batches.tally(batch.id)
    if tally.is_open is not was_open:
        st.rerun()
    progress.bar(studio, batch, tally)
    numbers = studio.batches.numbers(batch.id)
    chosen = Filter(search=f"batch:{batch.id}")
    with st.container(key="batch_verbs", horizontal=True, vertical_alignment="center"):
        deeds.row(studio, batch, tally)
        if tally.done:
            done = Filter(search=chosen.search, status=(Status.SUCCEEDED,))
            made = studio.history.numbers(done, Order.OLDEST)
            opening.compare(made[: takes.MOST], key="batch_compare")
            inbox.button(studio, chosen, Order.OLDEST)
            promotion.offer(studio, batch)
        export.button(studio, "batch_export", lambda: numbers)
        st.page_link(
            "history.py",
            label="In the history",
            icon=":material/history:",
            query_params={"q": chosen.search},
        )
    shown = studio.history.these(numbers[PAGE * (number - 1) : PAGE * number])
    gallery.show(studio, shown, f"{batch.id} {number}", density="M", motion=True)
    selection.bar(studio, len(numbers), lambda: numbers)


batch = named()
if batch is None:
    page_title.show("No such batch")
    empty.show(
        "There is no such batch",
        "The address names one that this history does not have.",
    )
else:
    st.session_state["batch_seen"] = batch.id
    page_title.show(formatting.short(batch.name, page_title.LONGEST))
    st.subheader(plain.text(formatting.short(batch.name)), anchor=False)
    by = f" by {batch.author}" if batch.author else ""
    said = f"{batch.size:,} ordered together{by} · {formatting.age(batch.created_at)}"
    st.caption(plain.text(said), help=times.moment(batch.created_at), width="content")
    here = st.container()
    pages = math.ceil(batch.size / PAGE)
    number = st.pagination(pages, key="batch_page") if pages > 1 else 1
    is_open = studio.batches.tally(batch.id).is_open
    with here:
        st.fragment(draw)(batch, number, is_open)
    export.dialog(studio)
    if "id" not in st.query_params:
        page_address.correct({"id": batch.id})
