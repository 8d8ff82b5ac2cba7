"""Filters as controls: each shows one clause of the search, writes it, and says how many clips each
of its values would leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.catalog.model import UNKNOWN_MODEL
from core.storage.bitmaps.dimensions import Value
from core.storage.search.query import Clause, Query, parse
from core.storage.search.query_fields import shown_stars
from core.storage.search.selection import Filter
from core.studio import Studio
from core.text.names import key
from pages.ui import formatting
from pages.ui.history.search.clauses import (
    STAR_WORDS,
    STARS,
    STATE_WORDS,
    STATUS_WORDS,
    Control,
    day_clause,
    day_of,
)


def show(studio: Studio, search: str) -> None:
    counted = _Counted(studio, parse(search), _edition(search))
    names = _models(studio, counted)
    kinds = {kind: formatting.kind(kind) for kind in studio.catalog.kinds}
    counted.pills("Status", Control("status", "status", STATUS_WORDS), formatting.STATUS)
    counted.pills("Model", Control("model", "model", names), names)
    counted.pills("Starts from", Control("kind", "kind", {k: k for k in kinds}), kinds)
    with st.container(horizontal=True):
        counted.day("From (UTC)", "since")
        counted.day("To (UTC)", "until")
    counted.toggle("Favourites only", Control("favourite", "is", {1: "favourite"}))
    counted.pills("Review", Control("review", "is", STATE_WORDS), formatting.REVIEW)
    counted.stars()
    projects = {project.id: project.name for project in studio.projects.all()}
    tags = {key(name): name for name in studio.reviews.tag_counts()}
    former = studio.projects.spellings()
    counted.names("Project", Control("project", "project", projects, former))
    counted.names("Tag", Control("tag", "tag", tags))
    counted.toggle("In the trash", Control("trash", "is", {1: "trashed"}), "trashed")


def _edition(search: str) -> str:
    """Ends the keys of the widgets: another text once the search has changed by other means than a
    control.

    Until its page is drawn, a browser still sends what the old widgets hold, and Streamlit calls
    back even for widgets that are gone: such a call is ignored.
    """
    if st.session_state.setdefault("controls_search", search) != search:
        st.session_state["controls_search"] = search
        st.session_state["controls_edition"] = str(int(_current() or 0) + 1)
    return _current()


def _current() -> str:
    edition: str = st.session_state.get("controls_edition", "")
    return edition


def _models(studio: Studio, counted: _Counted) -> dict[str, str]:
    known = studio.catalog.names | {"": UNKNOWN_MODEL}
    chosen = Control("model", "model", known).chosen(counted.query)
    wanted = studio.history.models() | set(chosen)
    return {model: name for model, name in known.items() if model in wanted}


@dataclass(frozen=True)
class _Counted:
    studio: Studio
    query: Query
    edition: str

    def pills(self, label: str, control: Control, names: Mapping[Any, str]) -> None:
        said = self._said(control, names, control.key)
        key = self._stands(control.key, control.chosen(self.query))
        st.pills(
            label,
            list(control.words),
            key=key,
            selection_mode="multi",
            format_func=said.__getitem__,
            wrap=True,
            on_change=_write,
            args=(control, self.edition),
        )

    def stars(self) -> None:
        control = Control("stars", "stars", STAR_WORDS)
        counts, more = self._counts(control, "stars")
        at_least = {
            n: sum(count for mean, count in counts.items() if shown_stars(mean) >= n) for n in STARS
        }
        chosen = control.chosen(self.query)
        key = self._stands(control.key, chosen[0] if chosen else None)
        st.pills(
            "Stars",
            list(STARS),
            key=key,
            format_func=lambda n: _beside(STARS[n], at_least[n], more),
            wrap=True,
            on_change=_write,
            args=(control, self.edition),
        )

    def names(self, label: str, control: Control) -> None:
        if not control.words:
            return
        said = self._said(control, control.words, control.key)
        key = self._stands(control.key, control.chosen(self.query))
        st.multiselect(
            label,
            list(control.words),
            key=key,
            format_func=said.__getitem__,
            on_change=_write,
            args=(control, self.edition),
        )

    def toggle(self, label: str, control: Control, dimension: str = "") -> None:
        narrowed = control.with_only(self.query, control.words)
        counts = self.studio.history.counts(dimension or control.key, Filter(search=str(narrowed)))
        key = self._stands(control.key, bool(control.chosen(self.query)))
        st.toggle(
            _beside(label, counts.get(1, 0), counts.more),
            key=key,
            on_change=_write,
            args=(control, self.edition),
        )

    def day(self, label: str, field: str) -> None:
        clause = day_clause(self.query, field)
        key = self._stands(field, day_of(clause) if clause else None)
        args = (field, self.edition)
        st.date_input(label, None, key=key, format="YYYY-MM-DD", on_change=_write_day, args=args)

    def _stands(self, name: str, value: object) -> str:
        """The key of a control's widget, set to the value."""
        key = name + self.edition
        st.session_state[key] = value
        return key

    def _said(
        self, control: Control, names: Mapping[Any, str], dimension: str
    ) -> Mapping[Any, str]:
        counts, more = self._counts(control, dimension)
        return {v: _beside(names[v], counts.get(v, 0), more) for v in control.words}

    def _counts(self, control: Control, dimension: str) -> tuple[Mapping[Value, int], bool]:
        rest = Filter(search=str(control.with_only(self.query, ())))
        counts = self.studio.history.counts(dimension, rest)
        return counts, counts.more


def _beside(name: str, count: int, more: bool) -> str:
    return f"{name} · {count:,}{'+' if more and count else ''}"


def _write_day(field: str, edition: str) -> None:
    def change(query: Query) -> Query:
        day = st.session_state[field + edition]
        new = Clause(field, (day.isoformat(),)) if day else None
        return query.replaced(day_clause(query, field), new)

    write(change, edition)


def _write(control: Control, edition: str) -> None:
    def change(query: Query) -> Query:
        held = st.session_state[control.key + edition]
        if isinstance(held, bool):
            values: Sequence[Any] = list(control.words) if held else []
        elif isinstance(held, list):
            values = held
        else:
            values = [] if held is None else [held]
        return control.with_only(query, values)

    write(change, edition)


def write(change: Callable[[Query], Query], edition: str | None = None) -> None:
    """Change the search, which then begins at its first page."""
    if edition in (None, _current()):
        search = str(change(parse(st.session_state.get("q") or "")))
        st.session_state["q"] = st.session_state["controls_search"] = search
        st.session_state["page"] = 1
