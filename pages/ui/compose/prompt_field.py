"""The prompt: writing it, its length in the model's own unit, earlier ones, what is not allowed."""

from __future__ import annotations

import re

import streamlit as st

from core.catalog.model import Model
from core.catalog.suppliers import Supplier
from core.generations import Request
from core.studio import Studio
from pages.ui import formatting, plain
from pages.ui.components import component, place
from pages.ui.compose import draft

EARLIER = 20
ALLOWED = "What {who} lets pass"
EXAMPLES = {"still": "What is seen", "sound": "What is heard"}
TAG = re.compile(r"(?<!\S)@\w+")
RULES = """
{who} checks every prompt, picture and finished clip.

- **Usually stopped:** sexual content, graphic violence, hate, self-harm, harm to children, and
  real people made to look as if they did or said something.
{moderation}- Describe what is seen and how it moves. Leave out names of real people and of brands.
"""


def write(studio: Studio, model: Model, request: Request) -> str:
    if not model.prompt.fits(request.params):
        return request.prompt
    needed = model.prompt.needed(request.params, {item.role for item in request.inputs})
    key = draft.widget("prompt")
    text: str = st.text_area(
        model.prompt.label if needed else f"{model.prompt.label} (optional)",
        request.prompt,  # with each drawing: one that the browser never saw takes no words along
        key=key,
        height=120,
        placeholder=EXAMPLES.get(model.kind, "What is seen, and how it moves"),
    )
    if any(slot.setting_with_role("tag") for slot in model.input):
        _tags(key, model, request, text)
    with st.container(
        key="composer_prompt_row", horizontal=True, vertical_alignment="center", gap="small"
    ):
        component("compose/counter")(
            data={"field": place(key), "known": text, "limit": model.prompt.max_units},
            key=draft.widget("prompt_counter"),
            width="content",
        )
        earlier = st.popover(
            "Earlier prompts",
            icon=":material/history:",
            type="tertiary",
            key=draft.widget("prompts"),
            on_change="rerun",
        )
        if earlier.open:  # the twenty prompts are drawn only for somebody who looks
            with earlier:
                _earlier(studio, key)
        of = studio.catalog.suppliers[model.provider]
        allowed = ALLOWED.format(who=of.title)
        with st.popover("Rules", icon=":material/gavel:", type="tertiary", help=allowed):
            st.markdown(rules(of))
    return text


def rules(of: Supplier) -> str:
    return RULES.format(who=plain.text(of.title), moderation=of.moderation)


def _tags(key: str, model: Model, request: Request, text: str) -> None:
    tags = dict.fromkeys(str(tag) for item in request.inputs if (tag := model.tag(item)))
    if tags:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.caption("Mention", width="content")
            for number, tag in enumerate(tags):
                st.button(
                    plain.text(f"@{tag}"), key=f"{key}_tag_{number}", on_click=_say, args=(key, tag)
                )
    if strange := [tag for tag in dict.fromkeys(TAG.findall(text)) if tag[1:] not in tags]:
        st.text(f"No file has the tag {', '.join(strange)}.")


def _say(key: str, tag: str) -> None:
    before = st.session_state[key]
    blank = "" if not before or before[-1].isspace() else " "
    st.session_state[key] = f"{before}{blank}@{tag} "


def _earlier(studio: Studio, key: str) -> None:
    search = st.text_input("Search", key=draft.widget("prompt_search"), icon=":material/search:")
    found = studio.history.prompts(search or "", EARLIER)
    if not found:
        st.caption("Nothing matches." if search else "Prompts that you use are kept here.")
    for number, text in enumerate(found):
        with st.container(border=True, gap="small"):
            st.text(formatting.short(text, 240))
            st.button("Use", key=f"{key}_earlier_{number}", on_click=_use, args=(key, text))


def _use(key: str, text: str) -> None:
    st.session_state[key] = text
