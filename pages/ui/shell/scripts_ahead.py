"""Streamlit's scripts that Create is drawn with, for the browser to fetch while the server draws.

By itself it asks for the script of each kind of element when it meets the first, and then for what
that one imports: a dozen waits, one after the other, while the server is busy with the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any

FRAME = "index.html"
DRAWN = frozenset(
    {
        "BidiComponent",
        "Button",
        "ButtonGroup",
        "FileUploader",
        "Html",
        "ImageList",
        "NumberInput",
        "PageLink",
        "Progress",
        "Slider",
        "TextArea",
        "TextInput",
    }
)
"""The kinds of element on Create as it first stands, by Streamlit's names of their scripts."""


def addresses() -> list[str]:
    """Below the pages' own, without those that Streamlit's frame asks for itself."""
    manifest = json.loads((files("streamlit") / "static" / "manifest.json").read_text())
    drawn = [name for name, one in manifest.items() if _draws(one)]
    return sorted(_scripts(manifest, drawn) - _scripts(manifest, [FRAME]))


def _draws(script: Mapping[str, Any]) -> bool:
    return bool(script.get("isDynamicEntry")) and script["name"] in DRAWN


def _scripts(manifest: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """The files of these and of all that they import."""
    found: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = manifest[name]["file"]
            waiting += manifest[name].get("imports", ())
    return set(found.values())
