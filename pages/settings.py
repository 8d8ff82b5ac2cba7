"""How this server is set up, whether it is well, and the copies of its history."""

import streamlit as st

from core.people import Role
from core.serving import current
from pages.ui import allowed, announcer, person
from pages.ui.models import differing_prices
from pages.ui.settings import (
    audit_list,
    backup_list,
    channels,
    people,
    projects,
    server_facts,
    shares,
    tokens,
    trash,
    webhooks,
)
from pages.ui.spending import balance

studio = current()
answered = studio.account.changes
left, right = st.columns(2, gap="large")

with left:
    st.subheader("Runway", anchor=False)
    server_facts.connection(studio)
    server_facts.key_help(studio)
    st.page_link(
        "models.py", label="Models: what each is for and costs", icon=":material/category:"
    )
    with st.expander("How much your plan lets you make", icon=":material/speed:"):
        balance.limits(studio, studio.catalog.names)
    differing_prices.faults(studio)
    with st.expander("Prices", icon=":material/price_change:"):
        differing_prices.show(studio)
    st.subheader("You", anchor=False)
    person.field("settings")
    st.subheader("When a clip is done", anchor=False)
    announcer.switches()
    if allowed.to(Role.MAKER):
        st.subheader("Projects", anchor=False)
        projects.show(studio)
    if allowed.to(Role.ADMIN):
        st.subheader("Webhooks", anchor=False)
        webhooks.show(studio)
    if allowed.to(Role.MAKER):
        st.subheader("Channels", anchor=False)
        channels.show(studio)
        st.subheader("Shared links", anchor=False)
        shares.show(studio)
        st.subheader("Other programs", anchor=False)
        tokens.show(studio)
    st.subheader("People", anchor=False)
    people.show(studio)
with right:
    st.subheader("This server", anchor=False)
    server_facts.state(studio)
    st.subheader("Storage", anchor=False)
    server_facts.disk(studio)
    st.subheader("Trash", anchor=False)
    trash.show(studio)
    if allowed.to(Role.ADMIN):
        st.subheader("Backups", anchor=False)
        backup_list.show(studio)
        st.subheader("Who did what", anchor=False)
        audit_list.show(studio)
balance.follow(studio, answered)
person.ask()
