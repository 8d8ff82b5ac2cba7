"""The inbox: what of a view one has not rated yet, one clip after the other."""

import streamlit as st

from core.serving import current
from pages.ui.access import person
from pages.ui.review import inbox, inbox_view
from pages.ui.shell import page_title

studio = current()
page_title.show("Inbox")
chosen, order = inbox_view.named()

if not person.name():
    st.subheader("Who rates?", anchor=False)
    st.caption("Your team sees your name beside your stars. This browser keeps it.")
    person.field("inbox")
else:
    st.fragment(inbox.show)(studio, chosen, order)
