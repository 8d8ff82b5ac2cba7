"""What caps on spending say where somebody works: near their end, and reached."""

from __future__ import annotations

import streamlit as st

from core.domain.caps import Scope, Standing
from core.generations import Request
from core.studio import Studio
from core.text.names import key
from pages.ui import filing, formatting, plain
from pages.ui.access import person


def show(studio: Studio) -> None:
    for standing in studio.caps.standings():
        if not _concerns(standing):
            continue
        title = studio.caps.title(standing.cap)
        of = studio.catalog.suppliers[standing.cap.provider]
        most = formatting.credits(standing.cap.credits, of)
        used = f"{of.figure(standing.used)} of {most} are used."
        if standing.is_reached:
            st.warning(
                plain.text(f"{used} {_until(standing)}"),
                title=plain.text(f"{title} is reached"),
                icon=":material/block:",
            )
        elif standing.warns:
            left = of.figure(standing.left)
            _quietly(plain.text(f"{title} is nearly used up: {used} {left} are left."))


def _quietly(said: str) -> None:
    """One line: work goes on, and the page is for the clips."""
    st.caption(f":material/savings: {said}")


def line(studio: Studio, wanted: Request) -> None:
    """Beside Generate: the cap that has least left."""
    order = studio.compose.order(wanted, person.name(), filing.known_id(studio))
    for standing in studio.caps.standings_of(order)[:1]:
        title, of = studio.caps.title(standing.cap), studio.catalog.suppliers[standing.cap.provider]
        st.caption(plain.text(f"{title}: {of.figure(standing.left)} left"))


def _concerns(standing: Standing) -> bool:
    subject = standing.cap.subject
    if subject.scope is Scope.PERSON:
        return subject.key == key(person.name())
    if subject.scope is Scope.PROJECT:
        return key(subject.name) == key(person.project())
    return True


def _until(standing: Standing) -> str:
    if standing.turns_at is None:
        return "Nothing more that counts against it is submitted until it is changed on Spending."
    when = f"{standing.turns_at:%-d %B at %H:%M} UTC"
    return f"Nothing more that counts against it is submitted until {when}."
