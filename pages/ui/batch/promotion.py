"""Draft first: what was approved of a batch, all of it on a dearer model, by one click."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st

from core.compose.convert import carry
from core.domain.batches import Batch
from core.domain.families import Origin, Way
from core.errors import InvalidRequest
from core.generations import Generation, Review, Status
from core.storage.search.selection import Filter, Order
from core.studio import Studio
from core.studio.making.batches import Wanted
from pages.ui import clicks, formatting, plain
from pages.ui.access import person
from pages.ui.generation import other_model


def offer(studio: Studio, batch: Batch) -> None:
    """Only once something of it is approved, in the inbox or anywhere else."""
    approved = Filter(
        search=f"batch:{batch.id}",
        status=(Status.SUCCEEDED,),
        review=(Review.APPROVED,),
    )
    numbers = studio.history.numbers(approved, Order.OLDEST)
    chosen = studio.history.these(numbers)
    models = other_model.dearer(studio, chosen[0]) if chosen else []
    if not models:
        return
    label = f"Promote the {len(chosen):,} approved"
    with st.popover(label, icon=":material/trending_up:", type="tertiary", key="batch_promote"):
        model = st.selectbox(
            "Model",
            models,
            key="batch_promote_model",
            format_func=lambda model: f"{model.name} · {model.does}",
        )
        carried = [carry(one.request, model, studio.compose.model(one.request)) for one in chosen]
        for sentence in dict.fromkeys(said for _request, about in carried for said in about):
            st.text(f"• {sentence}")
        wanted = [
            Wanted(request, one.project_id, Origin(one.id, Way.PROMOTED))
            for one, (request, _about) in zip(chosen, carried, strict=True)
        ]
        _button(studio, batch, chosen, wanted, model.name)


def _button(
    studio: Studio,
    batch: Batch,
    chosen: Sequence[Generation],
    wanted: Sequence[Wanted],
    model: str,
) -> None:
    by = person.name()
    against = studio.batches.problems(wanted, author=by)
    for problem in against:
        st.caption(plain.text(problem.message))
    price = formatting.total(studio.batches.quote(wanted), studio.catalog.suppliers)
    if not st.button(
        f"Promote {len(wanted):,} · {price}",
        key="batch_promote_order",
        type="primary",
        width="stretch",
        disabled=bool(against),
    ):
        return
    # The same takes on the same model are one order, however often it is clicked.
    told = f"{batch.id} {model} {[one.id for one in chosen]}"
    key = hashlib.sha256(told.encode()).hexdigest()
    try:
        promoted, _new = studio.batches.submit(f"{batch.name} · {model}", wanted, key, author=by)
    except InvalidRequest as error:
        st.error(plain.text(error.message))
        return
    clicks.keep_batch_as_own(promoted)
    st.switch_page("batch.py", query_params={"id": promoted.id})
