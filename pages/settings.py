"""How this server is set up, and whether it is well. Nothing here is changed by a click."""

import streamlit as st

from core.serving import current
from pages.ui import account, facts, server

studio = current()
left, right = st.columns(2, gap="large")

with left:
    st.subheader("Runway", anchor=False)
    server.connection(studio)
    server.key_help(studio)
    st.subheader("Limits of the tier", anchor=False)
    account.limits(studio, studio.catalog.names)
with right:
    st.subheader("Health", anchor=False)
    server.health(studio)
    st.subheader("What can hold work up", anchor=False)
    server.breakers(studio)
    st.subheader("Data", anchor=False)
    server.disk(studio)
    st.subheader("Versions", anchor=False)
    facts.show(studio.versions() | {"Streamlit": st.__version__})
