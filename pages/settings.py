"""How this server is set up, whether it is well, and the copies of its history."""

import streamlit as st

from core.domain.people import Role
from core.serving import current
from pages.ui import any_case, plain
from pages.ui.access import allowed, person
from pages.ui.models import differing_prices
from pages.ui.settings import (
    audit_list,
    backup_list,
    channels,
    cleanup,
    people,
    processes,
    projects,
    room,
    sections,
    server_facts,
    shares,
    tokens,
    trash,
    webhooks,
)
from pages.ui.shell import announcer
from pages.ui.spending import balance

WIDTH = 760  # pixels: lines stay easy to read

studio = current()
answered = studio.accounts.changes


def providers() -> None:
    server_facts.connection(studio)
    server_facts.key_help(studio)
    st.page_link(
        "models.py", label="Models: what each is for and costs", icon=":material/category:"
    )
    with st.expander("How much your plan lets you make", icon=":material/speed:"):
        for name in studio.accounts.names:
            if len(studio.accounts.names) > 1:
                st.markdown(f"**{plain.text(studio.catalog.suppliers[name].title)}**")
            balance.limits(studio, name, studio.catalog.names)
    differing_prices.faults(studio)
    with st.expander("Prices", icon=":material/price_change:"):
        differing_prices.show(studio)


def you() -> None:
    person.field("settings")
    st.subheader("When a clip is done", anchor=False)
    announcer.switches()


def team() -> None:
    if allowed.to(Role.MAKER):
        st.subheader("Projects", anchor=False)
        projects.show(studio)
    st.subheader("People", anchor=False)
    people.show(studio)
    if allowed.to(Role.ADMIN):
        st.subheader("Who did what", anchor=False)
        audit_list.show(studio)


def connections() -> None:
    if allowed.to(Role.MAKER):
        st.subheader("Shared links", anchor=False)
        shares.show(studio)
        st.subheader("Channels", anchor=False)
        channels.show(studio)
    if allowed.to(Role.ADMIN):
        st.subheader("Webhooks", anchor=False)
        webhooks.show(studio)
    if allowed.to(Role.MAKER):
        st.subheader("Other programs", anchor=False)
        tokens.show(studio)
    else:
        st.caption("Makers share clips and let other programs in.")


def server() -> None:
    server_facts.state(studio)
    if allowed.to(Role.ADMIN):
        processes.show(studio)
    st.subheader("Storage", anchor=False)
    room.show(studio)
    st.subheader("Clean-up", anchor=False)
    cleanup.show(studio)
    st.subheader("Trash", anchor=False)
    trash.show(studio)
    if allowed.to(Role.ADMIN):
        st.subheader("Backups", anchor=False)
        backup_list.show(studio)


SECTIONS = {
    "Providers": providers,
    "You": you,
    "Team": team,
    "Connections": connections,
    "Server": server,
}
FORMER = {"Runway": "Providers"}
"""The names appear in addresses: links that somebody saved say the one of then."""

any_case.take("section", SECTIONS, FORMER)
for name, tab in zip(
    SECTIONS, st.tabs(list(SECTIONS), key="section", bind="query-params"), strict=True
):
    if sections.is_drawn(name, is_open=bool(tab.open)):
        with tab, st.container(width=WIDTH):
            SECTIONS[name]()
balance.follow(studio, answered)
person.ask()
