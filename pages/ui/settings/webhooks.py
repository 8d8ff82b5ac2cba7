"""Webhooks: who is told, how the last messages went, and a new one with its secret."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from core.domain.subscriptions import Delivery, InvalidSubscription, Subscription, Topic
from core.studio import Studio
from pages.ui import formatting, plain, times
from pages.ui.access import person

TOPICS = {
    Topic.CREATED: "Generation created",
    Topic.STATUS: "Generation goes on",
    Topic.DONE: "Generation done",
    Topic.FAILED: "Generation failed",
    Topic.UNCONFIRMED: "Generation unconfirmed",
    Topic.BATCH_DONE: "Batch done",
    Topic.CAP_WARNED: "Cap warns",
    Topic.CAP_STOPPED: "Cap stops",
}
USUAL = (Topic.DONE, Topic.FAILED, Topic.UNCONFIRMED)
SHOWN = 10
SECRET, WRONG = "webhook_secret", "webhook_wrong"


def show(studio: Studio) -> None:
    webhooks = studio.webhooks.all()
    if not webhooks:
        st.caption(
            "None yet. A webhook tells your programs what happens here; each message is signed."
        )
    for one in webhooks:
        _webhook(studio, one)
    if secret := st.session_state.get(SECRET):
        st.success("The webhook is set. Its receiver verifies with this secret, shown only now:")
        st.code(secret, language=None, wrap_lines=True)
        st.button(
            "I have copied it", key="webhook_kept", on_click=st.session_state.pop, args=(SECRET,)
        )
    with st.popover("Add a webhook", icon=":material/webhook:"):
        _new(studio)


def _new(studio: Studio) -> None:
    with st.form("webhook_new", border=False):
        st.text_input("Address", key="webhook_address", placeholder="https://example.com/dailies")
        st.multiselect(
            "Tell it of",
            list(TOPICS),
            default=list(USUAL),
            format_func=TOPICS.__getitem__,
            key="webhook_topics",
        )
        st.form_submit_button("Add", type="primary", on_click=_add, args=(studio,))
    if wrong := st.session_state.pop(WRONG, None):
        st.error(plain.text(wrong.message), icon=":material/error:")
        st.caption(plain.text(wrong.hint))


def _add(studio: Studio) -> None:
    state = st.session_state
    try:
        _one, state[SECRET] = studio.webhooks.add(
            state["webhook_address"], state["webhook_topics"], by=person.name()
        )
    except InvalidSubscription as error:
        state[WRONG] = error
    else:
        state["webhook_address"] = ""


def _webhook(studio: Studio, one: Subscription) -> None:
    newest = studio.webhooks.newest(one.id)[:SHOWN]
    with st.container(border=True, gap="xsmall", key=f"webhook_{one.id}"):
        st.text(_shown(one.address))
        st.caption(", ".join(words for topic, words in TOPICS.items() if topic in one.topics))
        st.caption(plain.text(_state(newest)))
        if newest:
            with st.expander("Last messages"):
                for delivery in newest:
                    _delivery(studio, delivery)
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Send an example",
                key=f"webhook_example_{one.id}",
                icon=":material/send:",
                type="tertiary",
                on_click=studio.webhooks.send_example,
                args=(one,),
            )
            with st.popover("Remove", icon=":material/delete:", type="tertiary"):
                st.write("Nothing more is sent there, not even what waits.")
                st.button(
                    "Remove this webhook",
                    key=f"webhook_end_{one.id}",
                    type="primary",
                    on_click=studio.webhooks.end,
                    args=(one.id,),
                )


def _delivery(studio: Studio, delivery: Delivery) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            st.text(f"{TOPICS[delivery.topic]} · {formatting.age(delivery.at)}")
            st.caption(plain.text(_outcome(delivery)))
        st.button(
            "Send again",
            key=f"webhook_again_{delivery.id}",
            type="tertiary",
            on_click=studio.webhooks.send_again,
            args=(delivery.id,),
        )


def _outcome(delivery: Delivery) -> str:
    if delivery.ended_at:
        return delivery.outcome if delivery.is_delivered else f"Given up. {delivery.outcome}"
    if not delivery.attempts:
        return "On its way"
    return f"{delivery.outcome} Next try at {times.clock(delivery.next_at)}."


def _state(newest: list[Delivery]) -> str:
    if not newest:
        return "Nothing was sent yet"
    waiting = sum(one.ended_at is None for one in newest)
    last = next((one for one in newest if one.attempts), None)
    said = last.outcome if last else "Nothing was sent yet"
    return f"{said} {waiting} of the last {len(newest)} wait." if waiting else said


def _shown(url: str) -> str:
    """Without what may be a secret in it."""
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path}"
