"""The verbs that bring an earlier generation back into the form: nobody retypes a prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import streamlit as st

from core.generations import Generation, Request
from core.studio import Studio
from pages.ui.compose import draft

VERBS = {
    "Use prompt": "Only the words, into the form as it is",
    "Use seed": "Only the seed, into the form as it is",
    "Remix": "Everything but the seed",
    "Use all": "Everything, the seed too",
}


def buttons(studio: Studio, generation: Generation, key: str) -> None:
    """The verbs that this generation can offer, in one row."""
    with st.container(horizontal=True, gap="small"):
        for verb, meaning in VERBS.items():
            if _applies(verb, generation.request) and st.button(
                verb, key=f"{key}_{verb}", help=meaning, width="content"
            ):
                recall(studio, verb, generation.request)


def recall(studio: Studio, verb: str, earlier: Request) -> NoReturn:
    """Fill the form as `verb` says and go there."""
    current = draft.load(studio)
    draft.open_with(studio, recalled(verb, earlier, current))


def recalled(verb: str, earlier: Request, current: Request) -> Request:
    """The form's new content."""
    if verb == "Use prompt":
        return replace(current, prompt=earlier.words)
    if verb == "Use seed":
        return replace(current, params={**current.params, "seed": earlier.params["seed"]})
    if verb == "Remix":
        params = {name: value for name, value in earlier.params.items() if name != "seed"}
        return replace(earlier, params=params)
    return earlier


def _applies(verb: str, request: Request) -> bool:
    if verb == "Use prompt":
        return bool(request.words)
    if not request.model:  # imported: nobody has said what it was made with
        return False
    return "seed" in request.params if verb == "Use seed" else True
