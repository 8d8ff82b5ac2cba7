"""The view that an inbox is of, as one word of its address.

Streamlit lets no page name what another page's widgets are bound to.
"""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlencode

import streamlit as st

from core.domain.reviews import MOST_STARS
from core.storage.search.selection import Filter, Order
from pages.ui.components import number

MOST = 100


def query(chosen: Filter, order: Order) -> dict[str, str]:
    said = {
        "q": chosen.search,
        "status": chosen.status,
        "model": chosen.model,
        "kind": chosen.kind,
        "since": chosen.since or "",
        "until": chosen.until or "",
        "favourite": "true" if chosen.favourite else "",
        "review": chosen.review,
        "stars": chosen.least_stars or "",
        "project": chosen.project,
        "tags": chosen.tag,
        "trash": "true" if chosen.trashed else "",
        "sort": order,
    }
    return {"of": urlencode({name: value for name, value in said.items() if value}, doseq=True)}


def named() -> tuple[Filter, Order]:
    """What the address names; anything in it that is no view lets everything through."""
    try:
        said = parse_qs(st.query_params.get("of", ""), max_num_fields=MOST)
    except ValueError:
        said = {}
    first = {name: values[0] for name, values in said.items()}
    sort = first.get("sort", "")
    chosen = Filter(
        search=first.get("q", ""),
        status=tuple(said.get("status", ())),
        model=tuple(said.get("model", ())),
        kind=tuple(said.get("kind", ())),
        since=_day(first.get("since", "")),
        until=_day(first.get("until", "")),
        favourite="favourite" in first,
        review=tuple(said.get("review", ())),
        least_stars=min(number(first.get("stars")), MOST_STARS),
        project=tuple(map(number, said.get("project", ()))),
        tag=tuple(said.get("tags", ())),
        trashed="trash" in first,
    )
    return chosen, Order(sort) if sort in list(Order) else Order.NEWEST


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
