"""How the history is looked at: as pictures or a table, how large, with previews or without."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.ui.history import table, unfolding

VIEWS = ["Posters", "Table"]
SIZES = {"S": "Small", "M": "Medium", "L": "Large"}


@dataclass(frozen=True)
class View:
    """The part of a view's address besides filter and order."""

    kind: str
    size: str
    motion: bool
    columns: tuple[str, ...]

    @property
    def query(self) -> dict[str, str | list[str]]:
        """As in the address, without what is usual."""
        every = self.columns == table.COLUMNS
        return {
            "view": "" if self.kind == VIEWS[0] else self.kind,
            "size": "" if self.size == "M" else SIZES[self.size],
            "previews": "" if self.motion else "false",
            "columns": [] if every else list(self.columns),
        }


def choose() -> View:
    with unfolding.panel("View", ":material/tune:", "look") as panel:
        if not panel.open and not unfolding.stands("view", "size", "previews", "columns"):
            return View(VIEWS[0], "M", True, table.COLUMNS)
        kind = _control("Show as", "view", VIEWS, VIEWS[0])
        size = _control("Size", "size", list(SIZES), "M", SIZES)
        motion = st.toggle(
            "Play previews",
            key="previews",
            bind="query-params",
            value=True,
            help="Where the pointer or the keyboard rests, without sound.",
        )
        columns = st.pills(
            "Columns of the table",
            table.COLUMNS,
            key="columns",
            bind="query-params",
            selection_mode="multi",
            default=table.COLUMNS,
            wrap=True,
        )
    return View(kind, size, motion, tuple(c for c in table.COLUMNS if c in columns))


def _control(
    label: str, key: str, options: list[str], default: str, names: dict[str, str] | None = None
) -> str:
    chosen = st.segmented_control(
        label,
        options,
        key=key,
        bind="query-params",
        default=default,
        required=True,
        format_func=(names or {one: one for one in options}).__getitem__,
    )
    return chosen or default
