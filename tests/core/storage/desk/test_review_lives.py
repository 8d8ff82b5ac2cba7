"""Random lives of stars, tags, moves, trash and undo are what a plain model says they are."""

from __future__ import annotations

import copy
import shutil
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.reviews import IN_TRASH, YES, Outcome, What
from core.generations import Request, Review, Status
from core.storage.database import HistoryFile
from core.storage.desk.decisions import Decisions
from core.storage.desk.projects import ProjectStore
from core.storage.desk.reviews import ReviewStore
from core.storage.desk.trash import TrashStore
from core.storage.history import Filter, History, Order
from core.storage.pace import Pace
from core.storage.store import Store
from tests.conftest import NOON

COUNT = 4
PEOPLE = ("ann", "bob")
PROJECTS = ("Sea", "Whale")
TAGS = ("Hero", "wide shot", "SEA")
SLICED = Pace(at_once=2, pause_seconds=0)

IDS = st.lists(st.integers(1, COUNT + 1), min_size=1, max_size=3)
CHANGES = st.one_of(
    st.tuples(st.just(What.STARS), st.sampled_from(PEOPLE), st.sampled_from(["", "1", "3", "5"])),
    st.tuples(st.just(What.TAG), st.sampled_from(TAGS), st.sampled_from(["", YES])),
    st.tuples(st.just(What.PROJECT), st.just(""), st.sampled_from(["", "1", "2"])),
    st.tuples(st.just(What.TRASH), st.just(""), st.sampled_from(["", IN_TRASH])),
    st.tuples(st.just(What.REVIEW), st.just(""), st.sampled_from([str(one) for one in Review])),
)
STEPS = st.lists(
    st.one_of(st.tuples(IDS, CHANGES), st.tuples(st.just("undo"), st.integers(0, 9))), max_size=25
)
Cell = tuple[int, What, str]


@dataclass
class Model:
    """Every value by generation, what and subject; and every change of one, newest last."""

    values: dict[Cell, str] = field(default_factory=dict)
    writes: list[tuple[int, Cell, str]] = field(default_factory=list)
    """The action, what it changed, and what was there before."""

    def value(self, cell: Cell) -> str:
        return self.values.get(cell, "none" if cell[1] is What.REVIEW else "")

    def put(self, action: int, cell: Cell, value: str) -> bool:
        before = self.value(cell)
        if before == value:
            return False
        self.values[cell] = value
        self.writes.append((action, cell, before))
        return True

    def change(self, action: int, ids: list[int], what: What, subject: str, value: str) -> set[int]:
        return {n for n in ids if n <= COUNT and self.put(action, (n, what, subject), value)}

    def undo(self, action: int, undone: int, by: str) -> tuple[set[int], set[int]]:
        changed, refused = set(), set()
        for place, (of, cell, before) in list(enumerate(self.writes))[::-1]:
            if of != undone:
                continue
            is_newest = all(later[1] != cell for later in self.writes[place + 1 :])
            is_own = cell[1] is not What.STARS or cell[2] == by
            if is_newest and is_own:
                self.put(action, cell, before)
                changed.add(cell[0])
            else:
                refused.add(cell[0])
        return changed, refused

    def count(self, what: What, subject: str, value: str) -> int:
        """Of those outside the trash."""
        return sum(
            self.value((n, what, subject)) == value and not self.value((n, What.TRASH, ""))
            for n in range(1, COUNT + 1)
        )


def agrees(file: HistoryFile, model: Model) -> None:
    history, reviews = History(file), ReviewStore(file)
    kept = [n for n in range(1, COUNT + 1) if not model.value((n, What.TRASH, ""))]
    assert [one.id for one in history.page(Filter(), Order.OLDEST, 1, 99)] == kept
    assert TrashStore(file).count() == COUNT - len(kept)
    assert history.sums(Filter(trashed=None)).totals.live["runway"].charged == 24 * COUNT
    assert reviews.tag_counts() == {
        tag: n for tag in sorted(TAGS, key=str.casefold) if (n := model.count(What.TAG, tag, YES))
    }
    assert {one.name: one.generations for one in ProjectStore(file).all()} == {
        name: model.count(What.PROJECT, "", str(place)) for place, name in enumerate(PROJECTS, 1)
    }
    assert history.counts("review", Filter()) == Counter(
        model.value((n, What.REVIEW, "")) for n in kept
    )
    for number in range(1, COUNT + 1):
        given_stars = {p: int(model.value((number, What.STARS, p)) or 0) for p in PEOPLE}
        stars = [one for one in given_stars.values() if one]
        made = Store(file).get(number)
        assert made.raters == len(stars)
        assert made.stars == (round(100 * sum(stars) / len(stars)) if stars else None)
        assert {one.person: one.stars for one in reviews.ratings(number)} == {
            p: n for p, n in given_stars.items() if n
        }


def step(decisions: Decisions, model: Model, actions: list[int], what: Any) -> None:
    """One step of a life, in the history and in the model; and that both tell the same of it."""
    by = PEOPLE[len(model.writes) % 2]
    number = len(model.writes) + 1
    if what[0] == "undo":
        if not actions:
            return
        undone = actions[what[1] % len(actions)]
        told: Outcome = decisions.undo(undone, person=by, now=NOON)
        changed, refused = model.undo(number, undone, by)
        assert set(told.refused) == refused
    else:
        ids, (kind, subject, value) = what
        person = subject if kind is What.STARS else by
        told = decisions.change(ids, kind, subject, value, person=person, now=NOON)
        changed = model.change(number, list(dict.fromkeys(ids)), kind, subject, value)
        assert set(told.refused) == {n for n in ids if n > COUNT}
    assert set(told.changed) == changed
    assert told.action == (number if changed else None)
    if told.action:
        actions.append(told.action)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of clips and projects that nobody has decided on."""
    path = tmp_path_factory.mktemp("untouched") / "history.db"
    with closing(HistoryFile(path)) as file:
        store = Store(file)
        for number in range(COUNT):
            request = Request("text_to_video", "gen4.5", f"Take {number}", {"duration": 2})
            row, _ = store.add(
                request, idempotency_key=str(number), kind="text", quoted=24, demo=False, now=NOON
            )
            store.move(row, Status.SUCCEEDED, NOON, task_id=f"t{number}", credits_charged=24)
        for name in PROJECTS:
            ProjectStore(file).named(name, person="ann", now=NOON)
    return path


@pytest.mark.slow
@settings(max_examples=60)
@given(STEPS)
def test_a_random_life_is_what_a_plain_model_says(untouched: Path, steps: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        shutil.copy(untouched, path)
        with closing(HistoryFile(path)) as file:
            model, actions, decisions = Model(), list[int](), Decisions(file, SLICED)
            for what in copy.deepcopy(steps):
                step(decisions, model, actions, what)
            agrees(file, model)
