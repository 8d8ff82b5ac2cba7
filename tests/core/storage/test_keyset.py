"""Lists at any size: which way the database goes, and what is said of more than is counted."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.generations import Generation, Request, Status
from core.storage import keyset, text_search
from core.storage.database import HistoryFile, stamp
from core.storage.history import Filter, History, Order
from core.storage.keyset import Seeker
from core.storage.rows import request_cells
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


@pytest.mark.parametrize("few", [0, keyset.FEW])
@pytest.mark.parametrize("looked", [7, text_search.LOOKED])
@pytest.mark.parametrize("chosen", FILTERS.values(), ids=FILTERS)
def test_every_way_leads_to_the_same_list(
    file: HistoryFile, chosen: Filter, few: int, looked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {order: History(file).page(chosen, order, 1, COUNT) for order in Order}
    monkeypatch.setattr(keyset, "FEW", few)
    monkeypatch.setattr(text_search, "LOOKED", looked)
    monkeypatch.setattr(text_search, "READ", few)
    for order in Order:
        assert listed(file, chosen, order, 31) == whole[order]
    newest = [(one.created_at, one.id) for one in whole[Order.NEWEST]]
    assert newest == sorted(newest, reverse=True)
    assert len(newest) == History(file).totals(chosen).generations > 7


def test_a_favourite_that_is_taken_back_leaves_the_sums(tmp_path: Path) -> None:
    file = HistoryFile(tmp_path / "history.db")
    store, history = Store(file), History(file)
    request = Request("text_to_video", "quill", "A sea", {"duration": 5})
    store.add(request, idempotency_key="one", kind="text", quoted=60, demo=False, now=NOON)
    assert history.totals(Filter(favourite=True)).generations == 0
    store.note(1, favourite=True)
    assert history.totals(Filter(favourite=True)).expected == 60
    store.note(1, favourite=False)
    assert history.totals(Filter(favourite=True)).generations == 0
    assert history.totals(Filter()).generations == 1
    file.close()


@pytest.mark.parametrize("word", ["morning", "mo"])
def test_of_more_than_is_counted_the_newest_or_oldest_are_listed(
    file: HistoryFile, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Filter(search=word)
    assert not History(file).sums(chosen).more
    monkeypatch.setattr(text_search, "COUNTED", 50)
    sums = History(file).sums(chosen)
    assert sums.more
    assert 0 < sums.totals.generations <= 50
    for order in Order:
        found = listed(file, chosen, order, 31)
        assert len(found) == History(file).sums(chosen, order).totals.generations
        assert all("morning" in one.request.prompt.lower() for one in found)


def test_of_very_many_hits_so_many_are_looked_at_that_enough_meet_the_filter(
    file: HistoryFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Filter(search="morning", favourite=True)
    whole = History(file).sums(chosen).hits
    assert whole
    monkeypatch.setattr(text_search, "LOOKED", 60)
    monkeypatch.setattr(text_search, "READ", 0)
    monkeypatch.setattr(text_search, "ENOUGH", 5)
    sums = History(file).sums(chosen)
    assert sums.more
    assert sums.hits
    assert 5 <= len(sums.hits) < len(whole)
    assert sorted(sums.hits) == sorted(whole)[-len(sums.hits) :]
    monkeypatch.setattr(text_search, "ENOUGH", 61)
    every = History(file).sums(chosen)
    assert (sorted(every.hits or ()), every.more) == (sorted(whole), False)


def plans(file: HistoryFile, chosen: Filter, order: Order, offset: int) -> list[str]:
    """How the database goes about every question that a page asks of generations."""
    asked: list[str] = []
    with file.reading() as connection:
        connection.set_trace_callback(asked.append)
        Seeker(connection).page(chosen, order, offset, 7)
        connection.set_trace_callback(None)
        return [
            " / ".join(step["detail"] for step in connection.execute(f"explain query plan {each}"))
            for each in asked
            if "from generations" in each
        ]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("name", ["everything", "one of each", "favourites", "a period"])
def test_of_many_the_index_of_the_order_is_walked_and_nothing_is_sorted(
    file: HistoryFile, name: str, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset, "FEW", 0)
    for offset in (0, 20):
        (plan,) = plans(file, FILTERS[name], order, offset)
        assert re.search(rf"USING (COVERING )?INDEX {keyset.INDEX[order]}\b", plan)
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("name", ["one of each", "favourites", "all"])
def test_of_few_no_other_row_is_looked_at(file: HistoryFile, name: str, order: Order) -> None:
    (plan,) = plans(file, FILTERS[name], order, 0)
    assert "INDEX generations_groups (status=? AND" in plan
    assert "favourite=?" in plan
