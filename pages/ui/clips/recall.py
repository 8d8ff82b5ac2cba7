"""The verbs that bring an earlier generation back into the form: nobody retypes a prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import streamlit as st

from core.domain.families import Origin, Way
from core.generations import Generation, Request
from core.studio import Studio
from pages.ui.compose import draft
from pages.ui.compose.form_state import form_state

VERBS = {
    "Use prompt": "Only the words, into the form as it is",
    "Use seed": "Only the seed, into the form as it is",
    "Remix": "Everything but the seed",
    "Use all": "Everything, the seed too",
}
ICONS = {"Use prompt": "notes", "Use seed": "casino", "Remix": "shuffle", "Use all": "replay"}
WHOLE = ("Remix", "Use all")
"""Those that take the place of the form as it is."""


def buttons(studio: Studio, generation: Generation, key: str, *left_out: str) -> None:
    """The verbs that this generation can offer, as lines of a menu."""
    for verb in VERBS:
        if verb not in left_out:
            button(studio, generation, verb, key)


def menu(studio: Studio, generation: Generation, key: str) -> None:
    name = f"{key}_use_again"
    with (
        st.popover("Use again", icon=":material/replay:", type="tertiary", key=name),
        st.container(gap="xxsmall"),
    ):
        buttons(studio, generation, key)


def button(
    studio: Studio, generation: Generation, verb: str, key: str, *, primary: bool = False
) -> None:
    if _applies(studio, verb, generation.request) and st.button(
        verb,
        key=f"{key}_{verb}",
        help=VERBS[verb],
        icon=None if primary else f":material/{ICONS[verb]}:",
        type="primary" if primary else "tertiary",
    ):
        recall(studio, verb, generation)


def recall(studio: Studio, verb: str, earlier: Generation) -> NoReturn:
    """Fill the form as `verb` says, and go there."""
    current = draft.load(studio)
    origin = Origin(earlier.id, Way.REMIX) if verb in WHOLE else form_state().origin
    draft.open_with(studio, recalled(studio, verb, earlier.request, current), origin)


def recalled(studio: Studio, verb: str, earlier: Request, current: Request) -> Request:
    if verb == "Use prompt":
        return replace(current, prompt=earlier.words)
    seed = studio.catalog.name_in(earlier, "seed")
    if verb == "Use seed":
        model = studio.compose.model(current)
        own = model.setting_with_role("seed") if model else None
        name = own.name if own else seed
        return replace(current, params={**current.params, name: earlier.params[seed]})
    if verb == "Remix":
        params = {name: value for name, value in earlier.params.items() if name != seed}
        return replace(earlier, params=params)
    return earlier


def _applies(studio: Studio, verb: str, request: Request) -> bool:
    if verb == "Use prompt":
        return bool(request.words)
    if not request.model:  # imported: what it was made with is unknown
        return False
    return verb != "Use seed" or studio.catalog.name_in(request, "seed") != ""
