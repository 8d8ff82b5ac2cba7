"""An address below this server that has no page: said in our words, with a way on."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import streamlit as st
from streamlit.navigation.page import Page

from pages.ui import empty

TITLE = "No such page"


def wanted(pages: Iterable[Page]) -> str:
    """The last part of the browser's address, where it is none of these pages; else empty."""
    base = st.get_option("server.baseUrlPath").strip("/")
    path = unquote(urlsplit(st.context.url or "").path).strip("/")
    name = path.removeprefix(base).strip("/").rpartition("/")[2].strip()
    return "" if name in ("create", *(page.url_path for page in pages)) else name


def show() -> None:
    empty.show(
        "There is no such page",
        "The address names a page that Dailies does not have. Nothing is lost.",
        make="Go to Create",
    )
