"""Channels: who is told by Slack, by e-mail or in other ways, a test of each, and a new one."""

from __future__ import annotations

import streamlit as st

from core.domain.people import Role
from core.domain.subscriptions import InvalidSubscription, Subscription, Topic
from core.notifications.wording import WORDS
from core.studio import Studio
from core.text.names import key
from pages.ui import formatting, plain
from pages.ui.access import allowed, person
from pages.ui.settings.webhooks import TOPICS

OFFERED = [topic for topic in TOPICS if topic in WORDS]
USUAL = (Topic.FAILED, Topic.UNCONFIRMED, Topic.BATCH_DONE)
WRONG, TESTED = "channel_wrong", "channel_tested"
ABOUT = (
    "An address as Apprise has them, such as `slack://…`, `discord://…`, `mailtos://…` or `ntfy://…`."
    " It is kept like a password and not shown again."
)


PICTURES = (
    "Where the service takes pictures: of the clip, or of the first one of a batch. Whoever reads"
    " the channel sees it; it carries no prompt."
)


def show(studio: Studio) -> None:
    channels = [one for one in studio.channels.all() if _is_own(one)]
    if not channels:
        st.caption(
            "None yet. A channel tells people what has ended: by Slack, e-mail, ntfy and others."
        )
    for one in channels:
        _channel(studio, one)
    with st.popover("Add a channel", icon=":material/notifications:"):
        _new(studio)


def _is_own(one: Subscription) -> bool:
    return allowed.to(Role.ADMIN) or key(one.made_by) == key(person.name())


def _new(studio: Studio) -> None:
    with st.form("channel_new", border=False):
        st.text_input("Name", key="channel_name", placeholder="Team on Slack")
        st.text_input("Address", key="channel_address", type="password")
        st.caption(ABOUT)
        st.multiselect(
            "Tell it of",
            OFFERED,
            default=list(USUAL),
            format_func=TOPICS.__getitem__,
            key="channel_topics",
        )
        if name := person.name():
            st.checkbox(f"Only what {plain.text(name)} orders", key="channel_own", value=True)
        st.checkbox("With a small picture of what is done", key="channel_pictures", help=PICTURES)
        st.form_submit_button("Add", type="primary", on_click=_add, args=(studio,))
    if wrong := st.session_state.pop(WRONG, None):
        st.error(plain.text(wrong.message), icon=":material/error:")
        st.caption(plain.text(wrong.hint))


def _add(studio: Studio) -> None:
    state, name = st.session_state, person.name()
    try:
        studio.channels.add(
            state["channel_name"],
            state["channel_address"],
            state["channel_topics"],
            by=name,
            person=name if state.get("channel_own") else "",
            with_pictures=state["channel_pictures"],
        )
    except InvalidSubscription as error:
        state[WRONG] = error
    else:
        state["channel_name"] = state["channel_address"] = ""


def _channel(studio: Studio, one: Subscription) -> None:
    with st.container(border=True, gap="xsmall", key=f"channel_{one.id}"):
        st.text(one.address)
        topics = ", ".join(words for topic, words in TOPICS.items() if topic in one.topics)
        whose = f" · only what {one.person} orders" if one.person else ""
        pictures = " · with pictures" if one.with_pictures else ""
        st.caption(plain.text(f"{topics}{whose}{pictures}"))
        tested, said = st.session_state.get(TESTED, ("", ""))
        if tested == one.id:
            st.caption(plain.text(f"Test: {said}"))
        elif last := studio.channels.last(one.id):
            st.caption(plain.text(f"{formatting.age(last.at)}: {last.outcome or 'on its way'}"))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Send a test",
                key=f"channel_test_{one.id}",
                icon=":material/send:",
                type="tertiary",
                on_click=_test,
                args=(studio, one),
            )
            with st.popover("Remove", icon=":material/delete:", type="tertiary"):
                st.write("Nothing more is sent there. Its address is forgotten.")
                st.button(
                    "Remove this channel",
                    key=f"channel_end_{one.id}",
                    type="primary",
                    on_click=studio.channels.end,
                    args=(one.id,),
                )


def _test(studio: Studio, one: Subscription) -> None:
    st.session_state[TESTED] = one.id, studio.channels.test(one)
