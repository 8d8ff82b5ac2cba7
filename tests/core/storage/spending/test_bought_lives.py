"""Sums of what random lives bought are what a plain ledger says they are, right to the credit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.families import Parent, Way
from core.domain.reviews import EMPTIED, IN_TRASH, What
from core.generations import Request, Review, Status
from core.storage.database import HistoryFile
from core.storage.desk.decisions import Decisions
from core.storage.history import History
from core.storage.spending.bought import Bought, together
from core.storage.store import Store
from tests.conftest import NOON
from tests.core.storage.conftest import copied

PEOPLE, MODELS = ("Ann", "Bob", ""), ("gen4.5", "veo3.1", "")
CODES = ("SAFETY.INPUT.TEXT", "INTERNAL.BAD_OUTPUT")
PLACES = st.integers(0, 12)
CREDITS = st.integers(0, 60)
WHOSE = (st.sampled_from(PEOPLE), st.sampled_from(MODELS), st.sampled_from([None, 1, 2]))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), *WHOSE, st.none() | CREDITS, st.booleans()),
        st.tuples(st.just("again"), PLACES),
        st.tuples(st.just("imported"), *WHOSE, CREDITS),
        st.tuples(st.just("succeed"), PLACES, st.none() | CREDITS),
        st.tuples(st.just("fail"), PLACES, st.sampled_from(CODES), st.sampled_from([None, 0, 24])),
        st.tuples(st.just("review"), PLACES, st.sampled_from([*Review])),
        st.tuples(st.just("file_into"), PLACES, st.sampled_from([None, 1, 2])),
        st.tuples(st.just("trash"), PLACES, st.sampled_from([IN_TRASH, EMPTIED])),
        st.tuples(st.just("wait"), st.integers(1, 20)),
    ),
    max_size=25,
)


@dataclass
class Line:
    """One generation in the ledger."""

    author: str | None
    model: str
    project: int | None
    at: datetime
    most: int
    demo: bool = False
    again: bool = False
    charged: int | None = None
    status: Status = Status.QUEUED
    failure: str | None = None
    review: Review = Review.NONE

    @property
    def cost(self) -> int:
        return self.most if self.charged is None else self.charged

    @property
    def bought(self) -> Bought:
        return Bought(
            None,
            generations=1,
            settled=self.charged or 0,
            pending=self.most if self.charged is None else 0,
            made=self.status is Status.SUCCEEDED,
            approved=self.review is Review.APPROVED,
            rejected=self.cost if self.review is Review.REJECTED else 0,
            failed=self.cost if self.status is Status.FAILED else 0,
            repeated=self.cost if self.again else 0,
        )


VALUES: dict[str, Callable[[Line], Any]] = {
    "author": lambda line: line.author or None,
    "model": lambda line: line.model,
    "kind": lambda line: "text",
    "project": lambda line: line.project,
    "review": lambda line: line.review,
    "failure": lambda line: line.failure,
    "day": lambda line: line.at.date().isoformat(),
}


@dataclass
class Life:
    """The same steps in the history and in the ledger."""

    file: HistoryFile
    lines: list[Line] = field(default_factory=list)
    now: datetime = NOON

    def order(
        self, author: str, model: str, project: int | None, price: int | None, demo: bool
    ) -> None:
        self._add(Line(author, model, project, self.now, price or 0, demo), price)

    def again(self, place: int) -> None:
        if place < len(self.lines):
            line = replace(self.lines[place], at=self.now, again=True)
            fresh = replace(
                line, charged=None, status=Status.QUEUED, failure=None, review=Review.NONE
            )
            self._add(fresh, fresh.most, Parent(str(place), Way.AGAIN))

    def imported(self, author: str, model: str, project: int | None, charged: int) -> None:
        self._add(Line(author, model, project, self.now, 0), None)
        self.succeed(len(self.lines) - 1, charged)

    def succeed(self, place: int, charged: int | None) -> None:
        self._end(place, Status.SUCCEEDED, charged)

    def fail(self, place: int, code: str, charged: int | None) -> None:
        self._end(place, Status.FAILED, charged, code)

    def review(self, place: int, review: Review) -> None:
        if self._decide(place, What.REVIEW, review):
            self.lines[place].review = review

    def file_into(self, place: int, project: int | None) -> None:
        if self._decide(place, What.PROJECT, str(project or "")):
            self.lines[place].project = project

    def trash(self, place: int, value: str) -> None:
        self._decide(place, What.TRASH, value)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def told(self, by: str, **span: Any) -> dict[Any, Bought]:
        rows = History(self.file).bought(by, demo=False, **span)
        assert [row.spent for row in rows] == sorted((row.spent for row in rows), reverse=True)
        return {row.value: replace(row, value=None) for row in rows}

    def agrees(self) -> None:
        lines = [line for line in self.lines if not line.demo]
        for by, value in VALUES.items():
            assert self.told(by) == _by(lines, value)
        middle = NOON.date() + timedelta(days=12)
        early = [line for line in lines if line.at.date() < middle]
        until = middle - timedelta(days=1)
        assert self.told("model", until=until) == _by(early, VALUES["model"])
        late = [line for line in lines if line.at.date() >= middle]
        assert self.told("project", since=middle) == _by(late, VALUES["project"])

    def _add(self, line: Line, quoted: int | None, *parents: Parent) -> None:
        Store(self.file).add(
            Request("text_to_video", line.model, "A sea"),
            idempotency_key=str(len(self.lines)),
            kind="text",
            quoted=quoted,
            demo=line.demo,
            now=line.at,
            author=line.author or "",
            project_id=line.project,
            parents=parents,
        )
        self.lines.append(line)

    def _end(self, place: int, status: Status, charged: int | None, code: str = "") -> None:
        if place < len(self.lines):
            store, line = Store(self.file), self.lines[place]
            row = store.get(place + 1)
            told: dict[str, Any] = {
                "task_id": str(place),
                "credits_charged": charged,
                "failure_code": code,
            }
            store.move(row, status, self.now, **told)
            line.status, line.charged, line.failure = status, charged, code or None

    def _decide(self, place: int, what: What, value: str) -> bool:
        outcome = place < len(self.lines) and Decisions(self.file).change(
            [place + 1], what, "", value, person="Nora", now=self.now
        )
        return bool(outcome) and self._holds(place, what, value)

    def _holds(self, place: int, what: What, value: str) -> bool:
        row = Store(self.file).get(place + 1)
        return value == (row.review if what is What.REVIEW else str(row.project_id or ""))


def _by(lines: list[Line], value: Callable[[Line], Any]) -> dict[Any, Bought]:
    return {
        one: together(line.bought for line in lines if value(line) == one)
        for one in {value(line) for line in lines}
    }


@pytest.mark.slow
@settings(max_examples=40)
@given(STEPS)
def test_what_random_lives_bought_is_what_a_plain_ledger_says(
    projects_only: Path, steps: list[tuple[Any, ...]]
) -> None:
    with copied(projects_only) as file:
        life = Life(file)
        life.agrees()
        for number, (what, *of) in enumerate(steps):
            getattr(life, what)(*of)
            if number % 5 == 4:  # so that changes are followed as well as a file is read
                life.agrees()
        life.agrees()


def test_names_that_differ_in_case_alone_are_one_person(projects_only: Path) -> None:
    with copied(projects_only) as file:
        life = Life(file)
        for name in ("ann", "Ann", "Bob"):
            life.order(name, "gen4.5", None, 10, False)
        assert {one: row.pending for one, row in life.told("author").items()} == {
            "Ann": 20,
            "Bob": 10,
        }


def test_another_reason_of_a_failure_is_followed(projects_only: Path) -> None:
    with copied(projects_only) as file:
        life = Life(file)
        life.order("Ann", "gen4.5", None, 10, False)
        for code in CODES:
            life.fail(0, code, 0)
            life.agrees()
