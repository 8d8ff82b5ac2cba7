"""What blind pairs came to: how often each model or setting was liked better, beside its cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.comparisons import Comparison, standings
from core.generations import Generation
from core.studio import Studio
from pages.ui import formatting
from pages.ui.compare import differences, takes

CLIP = "Clip"
DOLLARS = "Dollars a clip"
COLUMNS = {
    "Win rate": st.column_config.ProgressColumn(
        format="percent", min_value=0, max_value=1, help="A pair of equals is half a win."
    ),
    "Votes": st.column_config.NumberColumn(help="Those between two of the same are not counted."),
    DOLLARS: st.column_config.NumberColumn(format="dollar"),
}


def show(studio: Studio, comparison: Comparison) -> None:
    """By model first, else by the first setting in which the clips differ."""
    generations = takes.found(studio, comparison.generation_ids)
    values = dict(differences.rows(studio, generations))
    values.pop(differences.COST, None)
    values[CLIP] = [formatting.title(one, studio.catalog.names) for one in generations]
    by = st.selectbox("By", list(values), key="blind_by", width=260)
    votes = studio.comparisons.votes(comparison)
    groups = {
        one.id: formatting.short(value, 60)
        for one, value in zip(generations, values[by or CLIP], strict=True)
    }
    unit, costs = _costs(studio, generations)
    people = len({vote.person for vote in votes})
    st.caption(f"{len(votes):,} votes of {people:,} {'person' if people == 1 else 'people'}")
    st.dataframe(
        [
            {
                by or CLIP: one.name,
                "Win rate": one.rate,
                "Votes": one.votes,
                unit: one.cost,
            }
            for one in standings(votes, groups, costs)
        ],
        hide_index=True,
        column_config={unit: st.column_config.NumberColumn(format="%.1f")} | COLUMNS,
        placeholder="—",
        alt="Win rates beside costs",
    )


def _costs(
    studio: Studio, generations: Sequence[Generation]
) -> tuple[str, Mapping[int, float | None]]:
    """What each cost by its number, and in what that is told: in credits, or where several
    providers made them, in dollars."""
    makers = {one.provider: studio.catalog.suppliers[one.provider] for one in generations}
    if len(makers) > 1:
        return DOLLARS, {
            one.id: makers[one.provider].known_worth(one.credits) for one in generations
        }
    unit = next((f"{of.credit}s a clip" for of in makers.values()), "credits a clip")
    return formatting.sentence(unit), {one.id: one.credits for one in generations}
