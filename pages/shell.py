"""The frame around every page: navigation, what mode this is, what is wrong at the moment."""

import streamlit as st

from core.serving import current
from core.settings import ROOT
from pages.ui import chrome, leaving, not_found
from pages.ui.generation import undecided
from pages.ui.settings import backup_list

ICON = ROOT / "data" / "samples" / "icon.png"

st.set_page_config(page_title="Dailies", page_icon=str(ICON), layout="wide")

doubts = undecided.count(current())
pages = [
    st.Page("create.py", title="Create", icon=":material/movie:", default=True),
    st.Page("history.py", title="History", icon=":material/history:", url_path="history"),
    st.Page(
        "unconfirmed.py",
        title=f"Unconfirmed{chrome.counted(doubts)}",
        icon=":material/help:",
        url_path="unconfirmed",
    ),
    st.Page("spending.py", title="Spending", icon=":material/payments:", url_path="spending"),
    st.Page("models.py", title="Models", icon=":material/category:", url_path="models"),
    st.Page("settings.py", title="Settings", icon=":material/settings:", url_path="settings"),
    st.Page("generation.py", title="Generation", url_path="generation", visibility="hidden"),
]
if lost := not_found.wanted(pages):
    pages.append(st.Page(not_found.show, title=not_found.TITLE, url_path=lost, visibility="hidden"))
page = st.navigation(pages, position="top")
chrome.redraw_on_return()
chrome.mode(current())
chrome.trouble(current())
chrome.overdue(current())
chrome.room(current())
if page.url_path not in ("unconfirmed", "generation"):
    chrome.doubts(doubts)
backup_list.trouble(current())
page.run()
leaving.wait_for_words()
