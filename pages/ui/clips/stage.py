"""The stage: the one take that a person watches. What stands there stays until they choose."""

from __future__ import annotations

from dataclasses import dataclass

from core.generations import FINAL, OPEN, Generation, Status
from core.storage.history import Filter, Order
from core.studio import Studio
from pages.ui import formatting
from pages.ui.clips import cards
from pages.ui.compose.form_state import form_state

LOST = (Status.FAILED, Status.CANCELLED, Status.UNCONFIRMED)
"""What leaves the stage, unless somebody chose it."""


def on_stage(studio: Studio) -> Generation | None:
    """What was chosen or on stage before; else the newest clip, else the newest take."""
    state = form_state()
    stands = studio.generations.find(state.on_stage or 0)
    if stands and stands.id != state.chosen_for_stage and stands.status in LOST:
        stands = None
    stands = stands or _newest(studio)
    state.on_stage = stands.id if stands else None
    return stands


@dataclass(frozen=True)
class Seen:
    """What the page shows of work in progress: the single generations in flight, the open batches,
    and the generation on the stage, 0 for none."""

    flying: list[int]
    batches: list[str]
    on_stage: int
    stands_still: bool

    @property
    def is_open(self) -> bool:
        return bool(self.flying or self.batches) or not self.stands_still


def look(studio: Studio, stands: Generation | None) -> Seen:
    return Seen(
        studio.history.flying(alone=True),
        studio.batches.open(),
        stands.id if stands else 0,
        stands is None or stands.status.is_final,
    )


def _newest(studio: Studio) -> Generation | None:
    for status in ((Status.SUCCEEDED,), tuple(OPEN), tuple(FINAL)):
        if found := studio.history.page(Filter(status=status), Order.NEWEST, 1, 1):
            return found[0]
    return None


def announce(studio: Studio, before: list[int], now: list[int]) -> None:
    state = form_state()
    for number in sorted(set(before) - set(now) & set(state.ordered)):
        ended = studio.generations.get(number)
        icon = formatting.ICON.get(ended.status, ":material/movie:")
        done = formatting.STATUS[ended.status].lower()
        state.toast(f"{cards.title(studio, ended)}: {done}", icon)
