"""The rows of a batch before it is ordered: what is wrong beside each, to be mended there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.compose.listing import Row
from core.compose.sheets import COLUMNS
from core.generations import Request
from core.quantities import counted
from core.studio import Studio
from core.studio.making.lists import Checked, Known
from pages.ui.batch.sources import Brought

NOTE, PRICE = "Note", "Credits"
ORIGIN, ROWS, VERSION = "batches_origin", "batches_rows", "batches_version"
KNOWN = "batches_known"
HEIGHT, LINE = 420, 35  # pixels: of the table at most, and of each of its lines


def show(studio: Studio, brought: Brought, base: Request) -> list[Checked]:
    """Draw them, but for those that were taken out; each as it is now."""
    _begin_anew(brought)
    source: list[Row] = st.session_state[ROWS]
    rows = _edited(source)
    checked = studio.lists.check(rows, base, brought.files, _known(base, brought))
    if not checked:
        return []
    shown = [column for column in COLUMNS if column == "prompt" or any(map(_has(column), rows))]
    wrong = any(one.reasons for one in checked)
    noted = wrong or any(one.is_repeated for one in checked)
    st.data_editor(
        _frame(source, checked, shown),
        key=_key(),
        hide_index=False,
        num_rows="fixed",
        width="stretch",
        height=min(HEIGHT, LINE * (len(rows) + 1) + 3),
        column_order=[*([NOTE] if noted else []), *shown, PRICE],
        disabled=[NOTE, PRICE],
        column_config={
            NOTE: st.column_config.TextColumn(width="large" if wrong else "medium"),
            "prompt": st.column_config.TextColumn("Prompt", width="large"),
            PRICE: st.column_config.NumberColumn(format="localized", width="small"),
            **{name: name.capitalize() for name in shown if name != "prompt"},
        },
    )
    _verbs(checked)
    return checked


def _begin_anew(brought: Brought) -> None:
    """Other rows than before have all of them in, and nothing edited."""
    if st.session_state.get(ORIGIN) != brought.rows:
        st.session_state[ORIGIN] = brought.rows
        _put(list(brought.rows))


def _known(base: Request, brought: Brought) -> Known:
    """What was found of rows before, while the form and the files are the same."""
    mark = base.fingerprint, tuple(brought.files)
    if st.session_state.get(KNOWN, ("", {}))[0] != mark:
        st.session_state[KNOWN] = mark, {}
    known: Known = st.session_state[KNOWN][1]
    return known


def _put(rows: list[Row]) -> None:
    st.session_state[ROWS] = rows
    st.session_state[VERSION] = st.session_state.get(VERSION, 0) + 1


def _key() -> str:
    return f"batches_table_{st.session_state[VERSION]}"


def _edited(source: Sequence[Row]) -> list[Row]:
    """The rows with what was written over them in the table."""
    state: Any = st.session_state.get(_key(), {})
    rows = [dict(row) for row in source]
    for place, cells in state.get("edited_rows", {}).items():
        for name, value in cells.items():
            if name in COLUMNS and 0 <= int(place) < len(rows):
                rows[int(place)][name] = str(value or "").strip()
    return [{name: text for name, text in row.items() if text} for row in rows]


def _has(column: str) -> Any:
    return lambda row: column in row


def _frame(source: Sequence[Row], checked: Sequence[Checked], shown: Sequence[str]) -> pd.DataFrame:
    cells: dict[str, list[Any]] = {name: [row.get(name, "") for row in source] for name in shown}
    cells[NOTE] = [_said(one) for one in checked]
    cells[PRICE] = [one.price for one in checked]
    return pd.DataFrame(cells, index=pd.RangeIndex(1, len(source) + 1, name="Row"))


def _said(one: Checked) -> str:
    if one.reasons:
        return " ".join(one.reasons)
    if one.made:
        return f"Fine, but the same as #{one.made}, which is made."
    return f"Fine, but the same as row {one.like}." if one.like else ""


def _verbs(checked: Sequence[Checked]) -> None:
    """Ways to leave out what is not right, or there already: never by itself."""
    wrong = {place for place, one in enumerate(checked) if one.reasons}
    again = {place for place, one in enumerate(checked) if one.is_repeated}
    with st.container(horizontal=True, vertical_alignment="center"):
        said = counted(len(checked), "rows")
        st.markdown(f"**{said}, {len(wrong):,} not right**" if wrong else f"**{said}**")
        if wrong:
            _take_out(f"Take out the {len(wrong):,} not right", "wrong", wrong, len(checked))
        if again:
            _take_out(f"Take out the {len(again):,} there already", "again", again, len(checked))


def _take_out(label: str, name: str, places: set[int], count: int) -> None:
    st.button(
        label,
        key=f"batches_out_{name}",
        icon=":material/playlist_remove:",
        type="tertiary",
        on_click=_leave_out,
        args=(places,),
        disabled=len(places) == count,
    )


def _leave_out(places: set[int]) -> None:
    """What was edited in the others stays."""
    rows = _edited(st.session_state[ROWS])
    _put([row for place, row in enumerate(rows) if place not in places])
