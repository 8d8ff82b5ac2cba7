"""The rows of a batch before it is ordered: which are not right, to be mended there, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.compose.listing import Row
from core.compose.sheets import COLUMNS
from core.generations import Request
from core.studio import Studio
from core.studio.making.lists import Checked, Known
from core.text.quantities import counted
from pages.ui import plain
from pages.ui.batch.sources import Brought

MARK, NOTE, PRICE = "State", "Note", "Credits"
MEND, AGAIN = "Fix", "Repeat"
SAID = 6
"""Sentences below the table; each row has its own at the table's end."""
ORIGIN, ROWS, VERSION = "batches_origin", "batches_rows", "batches_version"
KNOWN = "batches_known"
HEIGHT, LINE = 420, 35  # pixels: of the table at most, and of each of its lines


def show(studio: Studio, brought: Brought, base: Request) -> list[Checked]:
    """Draw the rows that were not taken out. Returns each as it is now."""
    _begin_anew(brought)
    source: list[Row] = st.session_state[ROWS]
    rows = _edited(source)
    checked = studio.lists.check(rows, base, brought.files, _known(base, brought))
    if not checked:
        return []
    shown = [column for column in COLUMNS if column == "prompt" or any(map(_has(column), rows))]
    noted = any(one.reasons or one.is_repeated for one in checked)
    st.data_editor(
        _frame(source, checked, shown),
        key=_key(),
        hide_index=False,
        num_rows="fixed",
        width="stretch",
        height=min(HEIGHT, LINE * (len(rows) + 1) + 3),
        column_order=[*([MARK] if noted else []), *shown, PRICE, *([NOTE] if noted else [])],
        disabled=[MARK, NOTE, PRICE],
        column_config={
            MARK: st.column_config.TextColumn("", width="small"),
            NOTE: st.column_config.TextColumn(width="medium"),
            "prompt": st.column_config.TextColumn("Prompt", width="large"),
            PRICE: st.column_config.NumberColumn(format="localized", width="small"),
            **{name: name.capitalize() for name in shown if name != "prompt"},
        },
    )
    _tell(checked)
    _verbs(checked)
    return checked


def _begin_anew(brought: Brought) -> None:
    """For other rows than before: all of them are in, and nothing is edited."""
    if st.session_state.get(ORIGIN) != brought.rows:
        st.session_state[ORIGIN] = brought.rows
        _put(list(brought.rows))


def _known(base: Request, brought: Brought) -> Known:
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
    cells[MARK] = [MEND if one.reasons else AGAIN if one.is_repeated else "" for one in checked]
    cells[NOTE] = [_said(one) for one in checked]
    cells[PRICE] = [one.price for one in checked]
    return pd.DataFrame(cells, index=pd.RangeIndex(1, len(source) + 1, name="Row"))


def _said(one: Checked) -> str:
    if one.reasons:
        return " ".join(one.reasons)
    if one.made:
        return f"Fine, but the same as #{one.made}, which is made already."
    return f"Fine, but the same as row {one.like}." if one.like else ""


def _tell(checked: Sequence[Checked]) -> None:
    rows: dict[str, list[int]] = {}
    for place, one in enumerate(checked, 1):
        for said in one.reasons or filter(None, [_said(one)]):
            rows.setdefault(said, []).append(place)
    told = [f"{_named(places)}: {said}" for said, places in rows.items()]
    if len(told) > SAID:
        told[SAID:] = [f"And {len(told) - SAID:,} more, at the end of their rows."]
    with st.container(key="batches_told", gap="xxsmall"):
        for line in told:
            st.caption(plain.text(line))


def _named(places: Sequence[int]) -> str:
    spans: list[list[int]] = []
    for place in places:
        if spans and spans[-1][-1] == place - 1:
            spans[-1][1:] = [place]
        else:
            spans.append([place])
    told = [f"{one[0]:,} to {one[-1]:,}" if len(one) > 1 else f"{one[0]:,}" for one in spans]
    cut = [*told[:SAID], "…"] if len(told) > SAID else told
    return f"Row{'s' if len(places) > 1 else ''} {', '.join(cut)}"


def _verbs(checked: Sequence[Checked]) -> None:
    """Buttons that leave out what is not right, or exists already: never by itself."""
    wrong = {place for place, one in enumerate(checked) if one.reasons}
    again = {place for place, one in enumerate(checked) if one.is_repeated}
    with st.container(horizontal=True, vertical_alignment="center"):
        said = counted(len(checked), "rows")
        st.markdown(f"**{said}, {len(wrong):,} with errors**" if wrong else f"**{said}**")
        if wrong:
            _take_out(f"Remove the {len(wrong):,} with errors", "wrong", wrong, len(checked))
        if again:
            _take_out(f"Remove the {len(again):,} repeated", "again", again, len(checked))


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
    rows = _edited(st.session_state[ROWS])
    _put([row for place, row in enumerate(rows) if place not in places])
