"""Blind pairs: the data of our own component, and what it sends back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain.comparisons import Choice, Comparison, Pair
from core.studio import Studio
from pages.ui import components, media_urls

KEY = "blind_pairs"
AHEAD = 4
"""Pairs that the browser knows: one is judged, one loads, others are for quick hands."""
MOST = 100
"""Of the votes that one message may carry."""


def show(studio: Studio, comparison: Comparison, by: str) -> bool:
    """The next pairs of this person. Returns False when none are left."""
    progress = studio.comparisons.progress(comparison, by=by)
    if not progress.left:
        return False
    components.component("compare/blind")(
        key=KEY,
        data={
            "of": f"{comparison.id} {comparison.created_at.isoformat()} {by}",
            "pairs": [_pair(studio, comparison, pair) for pair in progress.left[:AHEAD]],
            "done": progress.done,
            "total": progress.total,
        },
        on_votes_change=lambda: _vote(studio, comparison, by),
    )
    return True


def _pair(studio: Studio, comparison: Comparison, pair: Pair) -> dict[str, Any]:
    """What pages/frontend/compare/blind.js calls a Pair: nothing in it tells what a clip is."""
    sides = {"left": pair.left, "right": pair.right}
    return {"number": pair.number} | {
        side: {"src": media_urls.blind(comparison, place), "kind": _kind(studio, comparison, place)}
        for side, place in sides.items()
    }


def _kind(studio: Studio, comparison: Comparison, place: int) -> str:
    output = studio.comparisons.file(comparison.id, place)
    return output.medium if output else "image"


def _vote(studio: Studio, comparison: Comparison, by: str) -> None:
    """Read with care: a browser may send anything."""
    sent = components.message(KEY, "votes")
    if not isinstance(sent, Mapping):
        return
    for number, choice in list(sent.items())[:MOST]:
        if choice in list(Choice) and str(number).isdecimal() and len(str(number)) < 4:
            studio.comparisons.vote(comparison, int(number), Choice(choice), by=by)
