"""Everything that is laid over the pages: colours, the mark, and a style sheet for each page."""

from __future__ import annotations

import base64
from pathlib import Path

from core.settings import ROOT
from pages.ui import components
from pages.ui.shell import palette

ICON = ROOT / "data" / "samples" / "icon.svg"
WORD = ICON.with_name("wordmark.svg")
NAME = "Dailies"
FONT = "app/static/fonts/hanken-grotesk-5.3.0-latin.woff2"
SHEETS = (
    "arrival",
    "chrome",
    "gate",
    "over_streamlit",
    "create",
    "composer",
    "flight",
    "generation",
    "history",
    "models",
    "phone",
    "review",
)


def text() -> str:
    """One style sheet for all pages: each part applies by the keys it names."""
    mark = f":root {{ --chrome-mark: url({icon()}); --chrome-word: url({_address(WORD)}) }}"
    return "\n".join([palette.rules(), mark, *map(components.sheet, SHEETS)])


def icon() -> str:
    """The mark, as a data URL."""
    return _address(ICON)


def _address(drawing: Path) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.read_bytes()).decode()}"
