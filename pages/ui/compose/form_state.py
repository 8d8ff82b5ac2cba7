"""What the form keeps in the session beside its widgets: one typed state a session."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from core.domain.families import Origin
from core.errors import Problem
from core.generations import Generation, Request, Value

KEY = "form"
ATTENTION = "create_attention"
DROPZONE = "create_dropzone"
MODELS = "create_models"
STAGE = "create_stage"
STRIP = "create_strip"
"""Keys of our own components, and of what stands on the stage."""


@dataclass(frozen=True)
class Notes:
    """Notes below an input: what was changed in a file, what was refused and why. A refusal names
    its file where several were given at once."""

    notice: str = ""
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class RatioChoice:
    """A ratio that a picture chose: in which widget, and which value stood there before."""

    widget: str
    ratio: str
    before: Value | None


@dataclass
class FormState:
    """The form of one session.

    `draft_key` is the draft's key in the history and in the address; `origin` is what filled the
    form last. `version` is part of every widget's key and counts how often the form was filled
    anew; `shown_at` is when the page was first drawn, until the browser has corrected the address.
    `order_key` is the idempotency key of the next click, `orders` how many this session has made,
    `ordered` the ids of their generations. `duplicate` is the one that the page has shown; `drawn`
    tells whether it has drawn a button at all. `problems` stood against the last of `blocked`
    clicks.
    """

    draft: Request | None = None
    origin: Origin | None = None
    draft_key: str = field(default_factory=lambda: secrets.token_hex(8))
    version: int = 0
    shown_at: float | None = None

    order_key: str = field(default_factory=lambda: secrets.token_hex(8))
    orders: int = 0
    ordered: tuple[int, ...] = ()
    drawn: bool = False
    duplicate: int | None = None
    problems: list[Problem] = field(default_factory=list)
    blocked: int = 0
    toasts: tuple[tuple[str, str], ...] = ()
    """Sentences to say once, each with its icon."""

    on_stage: int | None = None
    chosen_for_stage: int | None = None

    needs_redraw: bool = False
    """Whether a setting makes room for others, so that the page is drawn once more."""
    misfits: list[str] = field(default_factory=list)
    """What a change of model could not carry over."""
    new_file: str | None = None
    """The role that has just been given a file."""
    ratio_choice: RatioChoice | None = None
    choosing: str | None = None
    """The role whose dialog stands open."""
    recipe: Request | None = None
    """What the last file says that it was made with, until somebody has decided."""
    recipe_note: str = ""
    clip: int | None = None
    """The generation whose outputs the dialog shows."""
    file_notes: Mapping[str, Notes] = field(default_factory=dict)
    """By role."""
    judged_files: frozenset[str] = frozenset()
    """The ids of those in the box whose files came last, taken or refused."""

    def toast(self, sentence: str, icon: str) -> None:
        self.toasts = (*self.toasts, (sentence, icon))

    def remember(self, generation: Generation) -> None:
        self.ordered = (*self.ordered, generation.id)


def form_state() -> FormState:
    """Asked for hundreds of times in one drawing of the page, so a new one's parts are made
    once."""
    if KEY not in st.session_state:
        st.session_state[KEY] = FormState()
    state: FormState = st.session_state[KEY]
    return state
