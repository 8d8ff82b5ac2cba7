"""What can be done about the rest of a batch: pause, go on, withdraw, try again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.domain.batches import Batch, Tally
from core.domain.people import Role
from core.errors import InvalidRequest
from core.studio import Studio
from core.studio.making.batches import Wanted
from pages.ui import formatting, plain
from pages.ui.access import allowed, person

PAUSE = "What has been sent goes on; the rest waits, on every server, until you resume it."
WITHDRAW = "They have not been sent, so they cost nothing. What has been sent goes on."
AGAIN = "Those that cost nothing by the provider's own figure, and may pass another time."


def row(studio: Studio, batch: Batch, tally: Tally) -> None:
    if not allowed.to(Role.MAKER):
        return
    if tally.waiting:
        pause(studio, batch)
        _withdraw(studio, batch, tally)
    _retry(studio, batch)


def pause(studio: Studio, batch: Batch) -> None:
    if batch.is_paused:
        _button("Resume", ":material/play_arrow:", batch, studio.batches.resume)
    else:
        _button("Pause", ":material/pause:", batch, studio.batches.pause, PAUSE)


def _withdraw(studio: Studio, batch: Batch, tally: Tally) -> None:
    label = f"Cancel the {tally.waiting:,} waiting"
    _button(label, ":material/close:", batch, studio.batches.cancel_rest, WITHDRAW)


def _button(
    label: str, icon: str, batch: Batch, deed: Callable[[str], object], said: str | None = None
) -> None:
    def clicked() -> None:
        deed(batch.id)

    st.button(
        label,
        key=f"batch_{batch.id}_{label.split()[0].lower()}",
        icon=icon,
        type="tertiary",
        help=said,
        on_click=clicked,
    )


def _retry(studio: Studio, batch: Batch) -> None:
    failed = studio.batches.retryable(batch.id)
    if not failed:
        return
    by = person.name()
    wanted = [Wanted(one.request, one.project_id) for one in failed]
    if against := studio.batches.problems(wanted, author=by):
        st.caption(plain.text(f"The failed cannot be tried again: {against[0].message}"))
        return
    price = formatting.total(studio.batches.quote(wanted), studio.catalog.suppliers)
    if st.button(
        f"Try the {len(failed):,} failed again · {price}",
        # The numbers hold the second of two clicks to what the first has ordered.
        key=f"batch_{batch.id}_again_{failed[-1].id}",
        icon=":material/replay:",
        type="tertiary",
        help=AGAIN,
    ):
        try:
            studio.batches.retry(batch.id, failed, author=by)
        except InvalidRequest as error:
            st.toast(plain.error(error), icon=":material/error:")
        else:
            st.rerun()
