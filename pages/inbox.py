"""The inbox: what of a view one has not rated yet, one clip after the other."""

import streamlit as st

from core.serving import current
from pages.ui import empty
from pages.ui.access import person
from pages.ui.review import inbox, inbox_view
from pages.ui.shell import page_title

studio = current()
page_title.show("Inbox")
chosen, order = inbox_view.named()

if not (person.name() or studio.history.unrated(chosen, order, "", 0)[1]):
    empty.show(
        "There is nothing to rate",
        "The inbox shows one clip after the other, of those that you have not rated.",
        still="confirmed",
    )
elif not person.name():
    why = "Your team sees your name beside your stars. This browser keeps it."
    person.introduce("Who rates?", why, "inbox")
else:
    st.fragment(inbox.show)(studio, chosen, order)
