"""The address of a shared link, as the browser of its sharer reaches this server."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from core.environment import LOOPBACK
from pages.ui import media_urls


def of(token: str) -> str:
    parts = urlsplit(st.context.url or "")
    before = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return f"{before}{media_urls.base()}/share/{token}"


def is_local() -> bool:
    """True if no other machine can open the address that `of` gives."""
    return urlsplit(st.context.url or "").hostname in LOOPBACK
