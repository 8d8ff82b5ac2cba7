"""Our own elements for the browser: each is a script and a style sheet in `pages/frontend`.

Streamlit takes a text of one line for a path, where it holds such signs as `/` or `*`: these have
many lines. They are read once, so a change of theirs needs a new start of the server.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

IMPORT = re.compile(r'^(?:import \{[^}]*\} from|@import) "(?P<file>[\w./]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
COMMENT = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/[ \t]*$|//[^\n]*$)", re.MULTILINE | re.DOTALL)
INDENT = re.compile(r"^[ \t\n]+", re.MULTILINE)
NOT_IN_CLASSES = re.compile(r"[^a-zA-Z0-9_-]")
LARGEST = 2**53
"""Numbers above are not exact in a browser."""
LONGEST = len(str(LARGEST))
FRONTEND = Path(__file__).resolve().parents[1] / "frontend"
STYLES = FRONTEND / "styles"


@cache
def component(name: str) -> ComponentRenderer:
    """Mounts the component of `NAME.js` and `NAME.css`, such as `player/player`."""
    css, js = whole(f"{name}.css"), whole(f"{name}.js")
    return st.components.v2.component(Path(name).name, css=css, js=js)


def sheet(name: str) -> str:
    return _read(STYLES / f"{name}.css")


def whole(file: str) -> str:
    """A script or style sheet after the files of ours that it imports, as one text: a component has
    no address to import from.

    Comments and indentation are left out, as Streamlit sends it with each drawing.
    """
    text = "\n".join(EXPORT.sub("", IMPORT.sub("", _read(one))) for one in _needed(FRONTEND / file))
    return INDENT.sub("", COMMENT.sub("", text))


def _needed(file: Path) -> list[Path]:
    imported = ((file.parent / one["file"]).resolve() for one in IMPORT.finditer(_read(file)))
    before = [one for name in imported for one in _needed(name)]
    return list(dict.fromkeys([*before, file]))


@cache
def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def message(key: str, name: str) -> Any:
    """What a component has sent under a name, which may be anything; None for nothing, also where
    the component was removed from the page before its message came."""
    return getattr(st.session_state.get(key), name, None)


def place(key: str) -> str:
    return f"st-key-{NOT_IN_CLASSES.sub('-', key)}"


def number(sent: object) -> int:
    """A generation's number as a component sent it; 0 if it is none: a browser may send
    anything."""
    text = str(sent)
    return int(text) if text.isdecimal() and len(text) <= LONGEST and int(text) <= LARGEST else 0
