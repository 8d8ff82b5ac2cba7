"""Addresses of the History in which each filter was a parameter of its own, as a search."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from core.storage.search.query import Clause, Query, parse
from pages.ui import formatting
from pages.ui.history.search import clauses


def follow() -> None:
    """Go on under the address that is used today."""
    asked = {name: st.query_params.get_all(name) for name in st.query_params}
    if asked.keys() & FIELDS.keys():
        kept = {name: said for name, said in asked.items() if name not in FIELDS}
        st.switch_page("history.py", query_params=kept | {"q": search(asked)})


def search(asked: Mapping[str, list[str]]) -> str:
    """Leaves out what has no word: it was ignored in those days too."""
    query = parse(" ".join(asked.get("q", [])))
    said = [
        Clause(field, values)
        for name, (field, words) in FIELDS.items()
        if (values := tuple(filter(None, (_word(each, words) for each in asked.get(name, [])))))
    ]
    return str(Query((*query.items, *said)))


def _word(label: str, words: Mapping[str, str] | None) -> str:
    if words is None:
        return label.strip()
    if words is DAYS:
        return label if _is_day(label) else ""
    return words.get(label, "")


def _is_day(label: str) -> bool:
    try:
        return bool(date.fromisoformat(label))
    except ValueError:
        return False


DAYS: Mapping[str, str] = {}
"""Stands for those that are written as they were."""
STARS = {**{f"{n} and more": f">={n}" for n in range(1, 5)}, "5": "5"}
FIELDS: Mapping[str, tuple[str, Mapping[str, str] | None]] = {
    "status": ("status", {formatting.STATUS[s]: word for s, word in clauses.STATUS_WORDS.items()}),
    "model": ("model", None),
    "kind": ("kind", {formatting.kind(kind): kind for kind in formatting.KIND}),
    "since": ("since", DAYS),
    "until": ("until", DAYS),
    "favourite": ("is", {"true": "favourite"}),
    "review": ("is", {formatting.REVIEW[s]: word for s, word in clauses.STATE_WORDS.items()}),
    "stars": ("stars", STARS),
    "project": ("project", None),
    "tag": ("tag", None),
    "trash": ("is", {"true": "trashed"}),
}
"""The field of each parameter, and its words by the labels that stood in the address; None where
these were names."""
