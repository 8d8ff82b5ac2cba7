"""Random lives under caps are what a plain ledger says they are, right to the credit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.suppliers import Suppliers
from core.domain.caps import EVERYONE, Order, Period, Scope, Subject
from core.domain.reviews import IN_TRASH, What
from core.errors import InvalidRequest
from core.generations import Request, Status
from core.storage.database import HistoryFile
from core.storage.desk.decisions import Decisions
from core.storage.desk.projects import ProjectStore
from core.storage.spending.cap_standings import CapStandings
from core.storage.spending.caps import CapStore
from core.storage.store import Store
from core.studio.making.caps import Caps
from tests.conftest import NOON
from tests.core.storage.conftest import PROJECTS, copied

PEOPLE = ("Ann", "Bob")
MODELS = {"gen4.5": "Gen-4.5", "veo3.1": "Veo 3.1"}
SUBJECTS = (
    EVERYONE,
    *(Subject(Scope.PERSON, "", name) for name in PEOPLE),
    *(Subject(Scope.PROJECT, "", name) for name in PROJECTS),
    *(Subject(Scope.MODEL, one) for one in MODELS),
)
ORDERS = st.tuples(
    st.just("order"),
    st.sampled_from(PEOPLE),
    st.sampled_from([*MODELS]),
    st.sampled_from([None, 1, 2]),
    st.integers(0, 60),
)
PLACES = st.integers(0, 20)
STEPS = st.lists(
    st.one_of(
        ORDERS,
        ORDERS,
        st.tuples(st.just("settle"), PLACES, st.integers(0, 60)),
        st.tuples(st.just("file"), PLACES, st.sampled_from([None, 1, 2])),
        st.tuples(st.just("trash"), PLACES),
        st.tuples(st.just("wait"), st.integers(1, 20)),
        st.tuples(
            st.just("cap"),
            st.sampled_from(SUBJECTS),
            st.sampled_from([*Period]),
            st.integers(0, 150),
        ),
        st.tuples(st.just("end"), PLACES),
    ),
    max_size=25,
)


@dataclass
class Line:
    """One generation in the ledger."""

    author: str
    model: str
    project: int | None
    at: datetime
    cost: int

    def counts_for(self, subject: Subject) -> bool:
        name = PROJECTS[self.project - 1] if self.project else None
        return {
            Scope.EVERYONE: True,
            Scope.PERSON: self.author == subject.name,
            Scope.PROJECT: name == subject.name,
            Scope.MODEL: self.model == subject.key,
        }[subject.scope]


@dataclass
class Ledger:
    lines: list[Line] = field(default_factory=list)
    caps: dict[tuple[Subject, str, Period], int] = field(default_factory=dict)
    now: datetime = NOON

    def used(self, subject: Subject, period: Period) -> int:
        start = period.start(self.now)
        return sum(
            line.cost
            for line in self.lines
            if line.counts_for(subject) and (start is None or line.at >= start)
        )

    def has_room(self, line: Line) -> bool:
        return all(
            not line.counts_for(subject) or self.used(subject, period) + line.cost <= most
            for (subject, _name, period), most in self.caps.items()
        )


class Life:
    """The same steps in the history and in the ledger."""

    def __init__(self, file: HistoryFile) -> None:
        self.ledger = Ledger()
        self._store = Store(file)
        self._decisions = Decisions(file)
        self.caps = Caps(
            store=CapStore(file),
            used=CapStandings(file, Suppliers(()), demo=False),
            projects=ProjectStore(file),
            models=MODELS,
            suppliers=Suppliers(()),
            changed=lambda: None,
            clock=lambda: self.ledger.now,
        )

    def step(self, what: str, *of: Any) -> None:
        getattr(self, what)(*of)

    def order(self, author: str, model: str, project: int | None, price: int) -> None:
        line = Line(author, model, project, self.ledger.now, price)
        order = Order(price, model, author, project)
        fits = self.ledger.has_room(line)
        assert (self.caps.problems(order) == []) == fits
        try:
            self._store.add(
                Request("text_to_video", model, "A sea"),
                idempotency_key=str(len(self.ledger.lines)),
                kind="text",
                quoted=price,
                demo=False,
                now=self.ledger.now,
                author=author,
                project_id=project,
                admit=lambda: self.caps.admit(order),
            )
        except InvalidRequest:
            assert not fits
        else:
            assert fits
            self.ledger.lines.append(line)

    def settle(self, place: int, charged: int) -> None:
        if place < len(self.ledger.lines):
            row = self._store.get(place + 1)
            status = Status.SUCCEEDED if charged else Status.FAILED
            self._store.move(
                row, status, self.ledger.now, credits_charged=charged, task_id=f"task {place}"
            )
            self.ledger.lines[place].cost = charged

    def file(self, place: int, project: int | None) -> None:
        if place < len(self.ledger.lines):
            self._decide(place, What.PROJECT, "" if project is None else str(project))
            self.ledger.lines[place].project = project

    def trash(self, place: int) -> None:
        self._decide(place, What.TRASH, IN_TRASH)

    def wait(self, days: int) -> None:
        self.ledger.now += timedelta(days=days)

    def cap(self, subject: Subject, period: Period, credits: int) -> None:
        self.caps.set(subject, period, credits, by="Nora")
        self.ledger.caps[subject, subject.name, period] = credits

    def end(self, place: int) -> None:
        holding = self.caps.standings()
        if place < len(holding):
            cap = holding[place].cap
            self.caps.end(cap.id, by="Nora")
            subject = next(one for one in SUBJECTS if _same(one, cap.subject))
            del self.ledger.caps[subject, subject.name, cap.period]

    def agrees(self) -> None:
        told = [(one.cap, one.used) for one in self.caps.standings()]
        assert len(told) == len(self.ledger.caps)
        for cap, used in told:
            subject = next(one for one in SUBJECTS if _same(one, cap.subject))
            assert used == self.ledger.used(subject, cap.period)

    def _decide(self, place: int, what: What, value: str) -> None:
        if place < len(self.ledger.lines):
            self._decisions.change([place + 1], what, "", value, person="Nora", now=self.ledger.now)


def _same(asked: Subject, set_: Subject) -> bool:
    by_key = asked.scope in (Scope.MODEL, Scope.EVERYONE)
    return asked.scope is set_.scope and (
        asked.key == set_.key if by_key else asked.name == set_.name
    )


@pytest.mark.slow
@settings(max_examples=60)
@given(STEPS)
def test_a_random_life_under_caps_is_what_a_plain_ledger_says(
    projects_only: Path, steps: list[tuple[Any, ...]]
) -> None:
    with copied(projects_only) as file:
        life = Life(file)
        for what, *of in steps:
            life.step(what, *of)
            life.agrees()
