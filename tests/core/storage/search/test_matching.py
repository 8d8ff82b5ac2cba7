"""Lists at any size: each order and page, and what is said of more than is counted."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.generations import Generation, Request, Status
from core.storage.bitmaps.dimensions import Value
from core.storage.database import HistoryFile, stamp
from core.storage.history import Filter, History, Order
from core.storage.rows import request_cells
from core.storage.search import text_search
from core.storage.store import Store
from tests.conftest import NOON

COUNT = 200
FILTERS = {
    "everything": Filter(),
    "one of each": Filter(status=("failed",), model=("quill",), kind=("text",)),
    "favourites": Filter(favourite=True),
    "a period": Filter(since=NOON.date() - timedelta(days=6), until=NOON.date()),
    "all": Filter(
        status=("failed", "succeeded"), model=("quill",), favourite=True, since=date(2020, 1, 1)
    ),
    "a word": Filter(search="morning"),
    "a word and a favourite": Filter(search="morning", favourite=True),
    "a word and a period": Filter(search="morning", since=NOON.date() - timedelta(days=3)),
    "letters": Filter(search="mo"),
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HistoryFile]:
    """A history whose generations are in no order of their ids."""
    opened = HistoryFile(tmp_path_factory.mktemp("seeking") / "history.db")
    dice = random.Random(3)
    with opened.tx() as db:
        db.table("generations").insert_all(row(number, dice) for number in range(1, COUNT + 1))
    yield opened
    opened.close()


def row(number: int, dice: random.Random) -> dict[str, object]:
    """A generation that has ended, as its table holds it."""
    at = NOON - timedelta(minutes=dice.randrange(60 * 24 * 9))
    words = dice.choice(["quiet morning", "sea", "Morning at sea"])
    request = Request(
        "text_to_video", dice.choice(["quill", "plume"]), words, {"duration": dice.choice([2, 5])}
    )
    return request_cells(request) | {
        "id": number,
        "idempotency_key": str(number),
        "status": dice.choice([Status.FAILED, Status.SUCCEEDED]),
        "kind": dice.choice(["text", "image"]),
        "demo": False,
        "created_at": stamp(at),
        "updated_at": stamp(at),
        "task_id": f"t{number}",
        "credits_quoted": dice.choice([10, 25, 60]),
        "favourite": dice.random() < 0.3,
    }


def listed(file: HistoryFile, chosen: Filter, order: Order, size: int) -> list[Generation]:
    """Every page, one after the other."""
    history, found, number = History(file), [], 1
    while page := history.page(chosen, order, number, size):
        found += page
        number += 1
    return found


@pytest.mark.slow
@pytest.mark.parametrize("counted", [7, text_search.COUNTED])
@pytest.mark.parametrize("chosen", FILTERS.values(), ids=FILTERS)
def test_every_way_leads_to_the_same_list(
    file: HistoryFile, chosen: Filter, counted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {order: History(file).page(chosen, order, 1, COUNT) for order in Order}
    monkeypatch.setattr(text_search, "COUNTED", counted)
    monkeypatch.setattr(text_search, "ENOUGH", COUNT)
    with closing(HistoryFile(file.path)) as again:
        for order in Order:
            assert listed(again, chosen, order, 31) == whole[order]
    newest = [(one.created_at, one.id) for one in whole[Order.NEWEST]]
    assert newest == sorted(newest, reverse=True)
    assert len(newest) == History(file).sums(chosen).totals.generations > 7


def test_a_favourite_that_is_taken_back_leaves_the_sums(
    empty_history: Path, tmp_path: Path
) -> None:
    file = HistoryFile(Path(shutil.copy(empty_history, tmp_path)))
    store, history = Store(file), History(file)
    request = Request("text_to_video", "quill", "A sea", {"duration": 5})
    store.add(request, idempotency_key="one", kind="text", quoted=60, demo=False, now=NOON)
    assert history.sums(Filter(favourite=True)).totals.generations == 0
    store.note(1, favourite=True)
    assert history.sums(Filter(favourite=True)).totals.live["runway"].expected == 60
    store.note(1, favourite=False)
    assert history.sums(Filter(favourite=True)).totals.generations == 0
    assert history.sums(Filter()).totals.generations == 1
    file.close()


@pytest.mark.parametrize("word", ["morning", "mo"])
def test_of_more_than_is_counted_the_newest_or_oldest_are_listed(
    file: HistoryFile, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Filter(search=word)
    assert not History(file).sums(chosen).more
    for limit in ("COUNTED", "ENOUGH", "READ"):
        monkeypatch.setattr(text_search, limit, 50)
    with closing(HistoryFile(file.path)) as again:
        history = History(again)
        assert history.sums(chosen).more
        assert 0 < history.sums(chosen).totals.generations <= 50
        for order in Order:
            found = listed(again, chosen, order, 31)
            assert len(found) == history.sums(chosen, order).totals.generations
            assert all("morning" in one.request.prompt.lower() for one in found)


def test_so_many_hits_are_looked_at_that_enough_meet_the_filter(
    file: HistoryFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Filter(search="morning", favourite=True)
    whole = numbers(file, chosen, Order.NEWEST)
    monkeypatch.setattr(text_search, "COUNTED", 10)
    monkeypatch.setattr(text_search, "ENOUGH", 9)
    for order in (Order.NEWEST, Order.OLDEST):
        with closing(HistoryFile(file.path)) as again:
            sums = History(again).sums(chosen, order)
            found = numbers(again, chosen, order)
        assert sums.more
        assert 9 <= len(found) == sums.totals.generations < len(whole)
        first = whole[: len(found)] if order is Order.OLDEST else whole[-len(found) :]
        assert found == first
    monkeypatch.setattr(text_search, "COUNTED", COUNT)
    with closing(HistoryFile(file.path)) as again:
        assert not History(again).sums(chosen).more
        assert numbers(again, chosen, Order.NEWEST) == whole


def numbers(file: HistoryFile, chosen: Filter, order: Order) -> list[int]:
    """The ids found, ascending."""
    return sorted(one.id for one in History(file).page(chosen, order, 1, COUNT))


def test_a_search_that_was_made_before_a_change_is_made_again(
    empty_history: Path, tmp_path: Path
) -> None:
    with closing(HistoryFile(Path(shutil.copy(empty_history, tmp_path)))) as file:
        store, history = Store(file), History(file)
        for number in range(1, 4):
            request = Request("text_to_video", "quill", "A sea", {"duration": 5})
            store.add(
                request, idempotency_key=str(number), kind="text", quoted=1, demo=False, now=NOON
            )
            for order in Order:
                assert len(history.page(Filter(search="sea"), order, 1, 9)) == number
        store.note(2, favourite=True)
        chosen = Filter(search="sea", favourite=True)
        assert [one.id for one in history.page(chosen, Order.NEWEST, 1, 9)] == [2]
        store.note(3, favourite=True)
        assert [one.id for one in history.page(chosen, Order.NEWEST, 1, 9)] == [3, 2]


NARROWED: dict[str, Callable[[Filter, Value], Filter]] = {
    "status": lambda chosen, value: replace(chosen, status=(str(value),)),
    "model": lambda chosen, value: replace(chosen, model=(str(value),)),
    "kind": lambda chosen, value: replace(chosen, kind=(str(value),)),
}


@pytest.mark.parametrize("chosen", FILTERS.values(), ids=FILTERS)
def test_the_counts_beside_a_value_are_what_it_would_let_through(
    file: HistoryFile, chosen: Filter
) -> None:
    history = History(file)
    for dimension, narrowed in NARROWED.items():
        counts = history.counts(dimension, chosen)
        assert counts
        for value, count in counts.items():
            assert history.sums(narrowed(chosen, value)).totals.generations == count


def test_a_value_that_lets_nothing_through_is_not_counted(file: HistoryFile) -> None:
    history = History(file)
    assert history.counts("model", Filter(model=("nobody",))).keys() == {"quill", "plume"}
    assert history.counts("model", Filter(status=("queued",))) == {}
