"""How this server is set up, whether it is well, and the copies of its history."""

import streamlit as st

from core.serving import current
from pages.ui import facts
from pages.ui.settings import backup_list, server_facts
from pages.ui.spending import balance

studio = current()
left, right = st.columns(2, gap="large")

with left:
    st.subheader("Runway", anchor=False)
    server_facts.connection(studio)
    server_facts.key_help(studio)
    st.subheader("Limits of the tier", anchor=False)
    balance.limits(studio, studio.catalog.names)
    st.subheader("Backups", anchor=False)
    backup_list.show(studio)
with right:
    st.subheader("Health", anchor=False)
    server_facts.health(studio)
    st.subheader("What can hold work up", anchor=False)
    server_facts.breakers(studio)
    st.subheader("Data", anchor=False)
    server_facts.disk(studio)
    st.subheader("Versions", anchor=False)
    level = {"Log level": studio.settings.log_level}
    facts.show(studio.server.versions() | {"Streamlit": st.__version__} | level)
balance.follow(studio)
