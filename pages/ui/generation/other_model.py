"""The same order once more: on another model, on a better one, or from where the clip ends. What
carries over, what does not, and its price then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from core.catalog.model import Model
from core.compose import extension
from core.compose.convert import carry
from core.domain.families import Origin, Way
from core.errors import DailiesError
from core.files import Output
from core.generations import Generation, Request, Review, Status
from core.studio import Studio
from pages.ui import formatting, plain
from pages.ui.compose import draft

Order = Callable[[Model], Request]
Bring = Callable[[Request], Request]


def offer(studio: Studio, generation: Generation) -> None:
    """Choose a model; the button shows the price difference, and a text above it what is lost."""
    models = [model for model in studio.compose.usable() if _can_take(model, generation.request)]
    if models:
        with st.popover("Try on another model", icon=":material/compare_arrows:", type="tertiary"):
            _choice(studio, generation, models, Way.MODEL, "another", "Open in the form")


def promote(studio: Studio, generation: Generation) -> None:
    """An approved take on models that take the same and cost more, the cheapest first."""
    if generation.review is not Review.APPROVED or generation.status is not Status.SUCCEEDED:
        return
    if models := dearer(studio, generation):
        with st.popover("Promote", icon=":material/trending_up:", type="tertiary"):
            st.caption("The same order on a better model. The form opens filled.")
            _choice(studio, generation, models, Way.PROMOTED, "promote", "Promote")


def extend(studio: Studio, generation: Generation, output: Output) -> None:
    request = generation.request
    usable = studio.compose.usable()
    models = [model for model in extension.models(request, studio.catalog) if model in usable]
    is_clip = output.medium == "video" and output.poster and not output.removal
    if not (models and request.model and is_clip):
        return
    old = studio.compose.model(request)

    def order(model: Model) -> Request:
        return extension.extended(request, model, output.sha256, old)

    def bring(wanted: Request) -> Request:
        frame = studio.uploads.add_frame(generation, "last", output.position)
        inputs = (
            replace(item, sha256=frame.sha256) if item.sha256 == output.sha256 else item
            for item in wanted.inputs
        )
        return replace(wanted, inputs=tuple(inputs))

    with st.popover("Extend", icon=":material/start:", type="tertiary"):
        st.caption("The last frame begins the next clip. The form opens filled.")
        _choice(studio, generation, models, Way.EXTENDED, "extend", "Extend", order, bring)


def _choice(
    studio: Studio,
    generation: Generation,
    models: Sequence[Model],
    way: Way,
    key: str,
    verb: str,
    order: Order | None = None,
    bring: Bring = lambda request: request,
) -> None:
    """A model, what is lost on it, and a button that opens the form with what `bring` makes of the
    request."""
    model = st.selectbox(
        "Model",
        models,
        key=f"{key}_model",
        format_func=lambda model: f"{model.name} · {model.does}",
    )
    if model is None:
        return
    request = order(model) if order else generation.request
    carried, left_behind = carry(request, model, studio.compose.model(generation.request))
    for sentence in left_behind:
        st.text(f"• {sentence}")
    if not left_behind:
        st.caption("Everything comes along.")
    quote = studio.compose.quote(carried)
    price = formatting.price(quote, studio.catalog.suppliers[model.provider])
    if model.provider == generation.provider:
        price += _difference(quote, _before(generation))
    if not st.button(f"{verb} · {price}", key=f"{key}_open", type="primary", width="stretch"):
        return
    try:
        filled = bring(carried)
    except DailiesError as error:
        st.error(plain.error(error))
    else:
        draft.open_with(studio, filled, Origin(generation.id, way))


def dearer(studio: Studio, generation: Generation) -> list[Model]:
    request, before = generation.request, _before(generation)
    endpoints = studio.catalog.endpoints
    endpoint = endpoints.get(request.endpoint)
    if before is None or endpoint is None:
        return []
    suppliers = studio.catalog.suppliers
    paid = suppliers[generation.provider].worth(before)
    quotes: list[tuple[Decimal, Model]] = []
    for model in studio.compose.usable():
        same = endpoints[model.endpoint].makes == endpoint.makes
        if same and _can_take(model, request):
            quote = studio.compose.quote(carry(request, model)[0])
            worth = None if quote is None else suppliers[model.provider].worth(quote)
            if worth is not None and worth > paid:
                quotes.append((worth, model))
    return [model for _worth, model in sorted(quotes, key=lambda pair: pair[0])]


def _can_take(model: Model, request: Request) -> bool:
    if (model.endpoint, model.id) == (request.endpoint, request.model):
        return False
    if any(param.kind == "task" and param.required for param in model.param):
        return False  # it continues a clip of its own
    carried, _said = carry(request, model)
    if request.inputs and not carried.inputs:
        return False  # it would keep none of the inputs
    filled = {item.role for item in carried.inputs}
    needed = {slot.role for slot in model.input if slot.required}
    return needed <= filled and all(filled.intersection(group) for group in model.any_of)


def _before(generation: Generation) -> int | None:
    """What the same order would cost again; not the 0 of a refunded failure."""
    figures = (generation.credits_quoted, generation.credits_estimated, generation.credits_charged)
    return next((figure for figure in figures if figure), None)


def _difference(quote: int | None, before: int | None) -> str:
    if quote is None or before is None:
        return ""
    if quote == before:
        return ", the same"
    return f", {abs(quote - before):,} {'more' if quote > before else 'less'}"
