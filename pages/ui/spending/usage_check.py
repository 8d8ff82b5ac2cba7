"""Our ledger beside the provider's usage, day by day: a difference is shown, never hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from core.accounting.differences import Difference
from core.accounting.reconciliation import Comparison, Line
from core.catalog.suppliers import Supplier
from core.studio import Studio
from core.text.quantities import counted
from pages.ui import formatting, plain, times
from pages.ui.spending import balance, differing_days, known_differences

EXPLANATION = (
    "Days are UTC, those of the sending. A refund stands on the day of the request here and on its"
    " own day at {who}, so a difference of one day may come back as its opposite on another."
)
WHAT_TO_DO = "What was made elsewhere can be imported by its task id."
MOST_DAYS = 5
"""Those that are told in sentences."""
NEW = timedelta(days=2)
BEHIND = "What was made here since then is compared when {who} is asked again, within a minute."


def show(studio: Studio, books: Comparison) -> None:
    of = studio.catalog.suppliers[studio.accounts.usual]
    who = plain.text(of.title)
    behind = BEHIND.format(who=who)
    st.subheader(f"Does {who}'s count agree?", anchor=False)
    if books.is_silent:
        st.caption(f"{who} does not tell what it charged by day, so there is nothing to compare.")
        return
    if books.error:
        st.caption(f"{who}'s usage cannot be read. {plain.error(books.error)}")
    if books.seen_at is None:
        if not books.error:
            st.caption(balance.ASKING.format(who=who))
        return
    seen = times.clock(books.seen_at)
    if not books.lines:
        if books.is_behind:
            st.caption(f"{who} had no use of the last 30 days at {seen}. {behind}")
        else:
            st.caption(f"Nothing was used in the last 30 days, here or at {who}. Seen at {seen}.")
        return
    if books.is_behind:
        st.caption(f"This is as it was at {seen}. {behind}")
    _summary(studio, books, f"at {seen}", of)
    with st.expander("Day by day", icon=":material/table:"):
        _table(books, studio.catalog.names, of.title)


def notice(studio: Studio, books: Comparison) -> None:
    new, of = studio.today - NEW, studio.catalog.suppliers[studio.accounts.usual]
    for difference in studio.differences.of(books):
        is_new = difference.day >= new and not difference.known
        if is_new and difference.more > difference.shifted:
            st.warning(
                plain.text(differing_days.sentence(difference, of)), icon=":material/balance:"
            )


def _table(books: Comparison, names: Mapping[str, str], who: str) -> None:
    figure = st.column_config.NumberColumn(format="localized")
    st.dataframe(
        [_row(line, names, who) for line in _worst_first(books)],
        hide_index=True,
        column_config={
            "Day": st.column_config.DateColumn(format="YYYY-MM-DD"),
            "Spent here": figure,
            "Not final here": figure,
            f"At {who}": figure,
            "Difference": st.column_config.NumberColumn(format="%+d"),
        },
        alt=f"Our ledger beside {who}'s usage, by day and model",
    )
    st.caption(EXPLANATION.format(who=who))


def _summary(studio: Studio, books: Comparison, seen: str, of: Supplier) -> None:
    days = studio.differences.of(books)
    if not books.differing and any(line.is_open for line in books.lines):
        st.info(
            f"Yes, but for what is not final here and may be charged already. Seen {seen}.",
            icon=":material/balance:",
        )
        return
    if not books.differing:
        st.success(
            f"Yes, for all of the last 30 days. Seen {seen}.",
            icon=":material/balance:",
        )
        return
    new = [day for day in days if not day.known]
    if new:
        _warning(books, new, seen, of)
        known_differences.offer(studio, new[:MOST_DAYS], of)
    else:
        st.info(f"Yes, but for the days that are known. Seen {seen}.", icon=":material/balance:")
    known_differences.show(studio, [day for day in days if day.known], of)


def _warning(books: Comparison, days: Sequence[Difference], seen: str, of: Supplier) -> None:
    dates = {day.day for day in days}
    differing = [line for line in books.differing if line.day in dates]
    count = len(differing)
    lines = "One line differs" if count == 1 else f"{count:,} lines differ"
    told = [f"- {plain.text(differing_days.sentence(day, of))}" for day in days[:MOST_DAYS]]
    earlier = len(days) - MOST_DAYS
    if earlier > 0:
        told.append(f"- {counted(earlier, 'earlier days')} more, as the table says.")
    more = _more(sum(line.difference for line in differing), of)
    said = f"In all, {of.title} has {more}, seen {seen}. {WHAT_TO_DO}"
    st.warning(
        "\n".join([*told, "", said]),
        title=f"{lines} from {of.title}'s usage.",
        icon=":material/balance:",
    )


def _more(difference: int, of: Supplier) -> str:
    if not difference:
        return "the same"
    return f"{formatting.credits(abs(difference), of)} {_than(difference)}"


def _than(difference: int) -> str:
    return "more" if difference > 0 else "fewer"


def _worst_first(books: Comparison) -> list[Line]:
    return sorted(books.lines, key=lambda line: line.agrees)


def _row(line: Line, names: Mapping[str, str], who: str) -> dict[str, Any]:
    return {
        "Day": line.day,
        "Model": formatting.model(line.model, names),
        "Spent here": line.ours.settled,
        "Not final here": line.ours.pending,
        f"At {who}": line.theirs,
        "Difference": line.difference,
        "What it means": _meaning(line, who),
    }


def _meaning(line: Line, who: str) -> str:
    if line.is_open:
        return "Perhaps what is not final here"
    if line.agrees:
        return "Agrees"
    if not line.model:
        return f"Imported without its model; {who} counts it under that"
    return f"{who} has {counted(abs(line.difference), 'credits')} {_than(line.difference)}"
