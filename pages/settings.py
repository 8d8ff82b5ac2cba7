"""How this server is set up, whether it is well, and the copies of its history."""

import streamlit as st

from core.serving import current
from pages.ui import account, backups, facts, server

studio = current()
left, right = st.columns(2, gap="large")

with left:
    st.subheader("Runway", anchor=False)
    server.connection(studio)
    server.key_help(studio)
    st.subheader("Limits of the tier", anchor=False)
    account.limits(studio, studio.catalog.names)
    st.subheader("Backups", anchor=False)
    backups.show(studio)
with right:
    st.subheader("Health", anchor=False)
    server.health(studio)
    st.subheader("What can hold work up", anchor=False)
    server.breakers(studio)
    st.subheader("Data", anchor=False)
    server.disk(studio)
    st.subheader("Versions", anchor=False)
    level = {"Log level": studio.settings.log_level}
    facts.show(studio.versions() | {"Streamlit": st.__version__} | level)
account.follow(studio)
