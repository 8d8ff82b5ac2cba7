"""The frame around every page: navigation, what mode this is, what is wrong at the moment."""

import streamlit as st

from core.errors import NotAllowed
from core.serving import current, who_asks
from pages.ui import components
from pages.ui.access import allowed, gate, person
from pages.ui.generation import undecided
from pages.ui.settings import backup_list, sections
from pages.ui.shell import (
    account_alerts,
    announcer,
    cap_notice,
    chrome,
    drawing,
    leaving,
    lookout,
    navigation,
    not_found,
    page_styles,
    page_title,
    toasts,
)

st.set_page_config(page_title=page_styles.NAME, page_icon=str(page_styles.ICON), layout="wide")

create = st.Page("create.py", title="Create", icon=":material/movie:", default=True)
history = st.Page("history.py", title="History", icon=":material/history:", url_path="history")
unconfirmed = st.Page(
    "unconfirmed.py", title="Unconfirmed", icon=":material/help:", url_path="unconfirmed"
)
spending = st.Page("spending.py", title="Spending", icon=":material/payments:", url_path="spending")
models = st.Page("models.py", title="Models", icon=":material/category:", url_path="models")
settings = st.Page("settings.py", title="Settings", icon=":material/settings:", url_path="settings")
batch = st.Page("batch.py", title="Batch", url_path="batch")
batches = st.Page("batches.py", title="Batches", url_path="batches")
generation = st.Page("generation.py", title="Generation", url_path="generation")
blind = st.Page("blind.py", title="Blind pairs", url_path="blind")
compare = st.Page("compare.py", title="Compare", url_path="compare")

inbox = st.Page("inbox.py", title="Inbox", url_path="inbox")

pages = [
    create,
    history,
    unconfirmed,
    spending,
    models,
    settings,
    generation,
    batch,
    batches,
    compare,
    blind,
    inbox,
]
if lost := not_found.wanted(pages):
    pages.append(st.Page(not_found.show, title=not_found.TITLE, url_path=lost))
page = st.navigation(pages, position="hidden")
if who_asks() is None:
    gate.show()
    st.stop()
studio = current()
with drawing.in_turn(), lookout.waiting(studio, "page_lookout", waits=False):
    page_title.show(page.title)
    doubts = undecided.count(studio)
    links = [create, history, *([unconfirmed] if doubts else []), spending, settings]
    names = {unconfirmed.url_path: f"Unconfirmed · {doubts:,}"}
    navigation.bar(links, page, names, demo=studio.settings.demo)
    chrome.redraw_on_return()
    toasts.show()
    chrome.trouble(studio)
    chrome.overdue(studio)
    chrome.room(studio)
    cap_notice.show(studio)
    account_alerts.show(studio)
    backup_list.trouble(studio)
    allowed.told()
    if page is not settings:
        sections.forget()
    try:
        page.run()
    except NotAllowed as error:
        allowed.tell(error)
    with st.container(key="chrome_unseen"):
        leaving.wait_for_words()
        announcer.watch(studio)
        person.remember()
        components.component("shell/connection")(key="connection")
        gate.watch()
        chrome.fetch_ahead()
