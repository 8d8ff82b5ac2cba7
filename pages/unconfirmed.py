"""Every request that was sent without a usable answer, to be decided on."""

import math

import streamlit as st

from core.serving import current
from core.storage.history import Order
from pages.ui import empty, formatting
from pages.ui.clips import cards
from pages.ui.generation import sent_request, undecided
from pages.ui.history import importing
from pages.ui.spending import balance

PAGE = 5

studio = current()
answered = studio.accounts.changes
count = undecided.count(studio)

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.subheader("Unconfirmed", anchor=False, width="stretch")
    importing.button(studio, "unconfirmed_import")
undecided.flash()

if not count:
    empty.show(
        "Nothing is in doubt",
        "Every request that was sent has its answer, and every credit has its clip or its reason.",
        still="confirmed",
    )
else:
    st.caption(
        "These requests were sent, but no usable answer came back. They may have been made and"
        " charged all the same. Nothing is sent again by itself: look at the evidence, and decide."
    )
    pages = math.ceil(count / PAGE)
    number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    for generation in studio.history.page(undecided.waiting(studio), Order.NEWEST, number, PAGE):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                title = (
                    f"{cards.title(studio, generation)} · {formatting.age(generation.created_at)}"
                )
                st.markdown(f"**{title}**", width="content")
                cards.link(generation)
            sent_request.prompt(generation)
            known, sent = st.columns([6, 5], gap="large")
            with known:
                undecided.resolve(studio, generation)
            with sent, st.expander("Files and settings"):
                request = generation.request
                sent_request.inputs(studio, request)
                sent_request.settings(studio.compose.model(request), request)
    balance.follow(studio, answered)
