"""Finding a model: by what it is for, by a word, by its address; each is one row that opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.catalog.catalog import Catalog
from core.catalog.model import Model
from core.studio import Studio
from pages.ui import formatting

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_expander_container import ExpanderContainer


def named(catalog: Catalog) -> Model | None:
    endpoint, _, model_id = st.query_params.get("model", "").partition("/")
    return catalog.find(endpoint, model_id)


def found(models: Sequence[Model], wanted: Model | None) -> list[Model]:
    kinds = list(dict.fromkeys(model.kind for model in models))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = st.text_input(
            "Search",
            key="models_search",
            icon=":material/search:",
            placeholder="Name or purpose",
            label_visibility="collapsed",
        )
        retired = st.toggle("Show retired models", key="models_retired")
    chosen = st.pills(
        "What for",
        kinds,
        key="models_kind",
        default=wanted.kind if wanted else kinds[0],
        required=True,
        format_func=formatting.kind,
        disabled=bool(words),
        label_visibility="collapsed",
    )
    parts = (words or "").casefold().split()
    return [
        model
        for model in models
        if (retired or model.status == "current" or model is wanted)
        and (parts or model.kind == chosen)
        and all(part in _text(model) for part in parts)
    ]


def row(studio: Studio, model: Model, *, is_open: bool) -> ExpanderContainer:
    said = [
        f"**{model.name}**",
        model.pick_for or model.speed,
        formatting.rate(model, studio.catalog.suppliers[model.provider]),
    ]
    if model.status == "retired":
        said.append("retired")
    elif not studio.compose.is_reached(model):
        said.append("no key")
    key = f"model_{model.endpoint}_{model.id}"
    return st.expander(
        " · ".join(part for part in said if part),
        expanded=is_open,
        key=key,
        type="compact",
        on_change=_remember,
        args=(key, model),
    )


def _remember(key: str, model: Model) -> None:
    if st.session_state[key]:
        st.query_params["model"] = f"{model.endpoint}/{model.id}"


def _text(model: Model) -> str:
    known = (model.name, model.id, model.about, model.vendor, model.pick_for, model.does)
    return " ".join(known).casefold()
