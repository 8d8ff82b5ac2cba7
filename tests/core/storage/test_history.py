"""Lists and sums of the history, beside the same counted by hand over random rows."""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from core.generations import Generation, Request, Status
from core.storage.database import HistoryFile
from core.storage.history import Filter, History, Order
from core.storage.spending.totals import Spent, Totals, daily
from core.storage.store import Store
from tests.conftest import NOON

# fmt: off
WORDS = [
    "a", "quiet", "sea", "🎬", "Ünïcode", "O'Neil", '"quoted"', "NEAR(", "AND", "NOT", "*", "100%",
    "under_score", "x", "é", "-minus", "col:on", "^caret", "(paren)", "{brace}", "café", "CAFÉ",
    "ab", "日本語", "\\back", "don't",
]
# fmt: on
MODELS, KINDS = ("plume_2", "quill", "gen4.5x"), ("text", "image")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HistoryFile]:
    """A history of 260 random generations, some moved many times, some deleted."""
    opened = HistoryFile(tmp_path_factory.mktemp("history") / "history.db")
    fill(opened, 260)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def history(file: HistoryFile) -> History:
    """Its reading side."""
    return History(file)


@pytest.fixture(scope="module")
def everything(history: History) -> list[Generation]:
    """Every generation, for counting by hand."""
    return history.page(Filter(), Order.NEWEST, 1, 10_000)


def fill(file: HistoryFile, count: int) -> None:
    """Random generations; the same ones every time."""
    dice = random.Random(7)
    store = Store(file)
    for number in range(count):
        at = NOON - timedelta(minutes=dice.randrange(60 * 24 * 12))
        params = {"duration": dice.choice([2, 5, 10])}
        prompt = " ".join(dice.choices(WORDS, k=dice.randrange(6)))
        kind = dice.choice(KINDS)
        made, _ = store.add(
            Request(f"{kind}_to_video", dice.choice(MODELS), prompt, params),
            idempotency_key=str(number),
            kind=kind,
            quoted=dice.choice([None, 10, 25, 60]),
            demo=dice.random() < 0.3,
            now=at,
        )
        for status in dice.choices(list(Status), k=dice.randrange(4)):
            seen = store.get(made.id)
            charged = dice.choice([None, 0, 24]) if status.is_final else None
            store.move(
                seen, status, at, task_id=f"t{number}", credits_charged=charged,
                credits_estimated=dice.choice([None, 30]),
            )  # fmt: skip
        if dice.random() < 0.2:
            store.note(made.id, favourite=True)
    with file.tx() as db:
        db.execute("delete from events where generation_id % 13 = 0")
        db.execute("delete from generations where id % 13 = 0")


# -- by hand --------------------------------------------------------------------------------------


def meets(prompt: str, search: str) -> bool:
    """The promise of a search: words, "exact phrases", and -words that must not be there."""
    left = search.lower()
    while left := left.strip():
        no = len(left) > 1 and left[0] == "-" and not left[1].isspace()
        rest = left[1:] if no else left
        parts = rest.split('"', 2)
        quoted = len(parts) == 3 and not parts[0] and parts[2][:1] in ("", " ")
        term = parts[1] if quoted else rest.split()[0]
        if (term in prompt.lower()) == no and term.strip():
            return False
        left = parts[2] if quoted else rest[len(term) :]
    return True


def matches(one: Generation, chosen: Filter) -> bool:
    """The promise of a filter."""
    day = one.created_at.date()
    return (
        (not chosen.status or one.status in chosen.status)
        and (not chosen.model or one.request.model in chosen.model)
        and (not chosen.kind or one.request.endpoint.split("_")[0] in chosen.kind)
        and (chosen.since is None or day >= chosen.since)
        and (chosen.until is None or day <= chosen.until)
        and (not chosen.favourite or one.favourite)
        and meets(one.request.prompt, chosen.search)
    )


def charged(one: Generation) -> int:
    return one.credits_charged or 0


def expected(one: Generation) -> int:
    if one.credits_charged is not None:
        return 0
    return one.credits_quoted or 0 if one.credits_estimated is None else one.credits_estimated


def totals_by_hand(found: list[Generation]) -> Totals:
    live = [one for one in found if not one.demo]
    demo = [one for one in found if one.demo]
    return Totals(
        generations=len(found),
        demo=len(demo),
        succeeded=sum(one.status is Status.SUCCEEDED for one in found),
        failed=sum(one.status is Status.FAILED for one in found),
        live=spent_by_hand(live),
        imitated=spent_by_hand(demo),
    )


def spent_by_hand(found: list[Generation]) -> dict[str, Spent]:
    spent = Spent(sum(map(charged, found)), sum(map(expected, found)))
    return {"runway": spent} if found else {}


def daily_of(history: History, chosen: Filter, *, demo: bool) -> dict[date, int]:
    numbers = history.numbers(chosen, Order.NEWEST)
    with history._file.indexed() as (_, facets):
        found = BitMap(facets.places.find(numbers).tolist())
        return daily(facets, found & facets.with_any("demo", [demo]))


def daily_by_hand(found: list[Generation]) -> dict[date, int]:
    days: dict[date, int] = defaultdict(int)
    for one in found:
        days[one.created_at.date()] += charged(one) + expected(one)
    return dict(days)


DAYS = st.none() | st.dates(NOON.date() - timedelta(days=14), NOON.date() + timedelta(days=1))
TERMS = ["e", "é", "qu", "sea", "zzz", "-sea", "-a", '"quiet sea"', '-"a quiet"', '"x a"', '-"']
FILTERS = st.builds(
    Filter,
    search=st.lists(st.sampled_from([*WORDS, *TERMS]), max_size=2).map(" ".join),
    status=st.lists(st.sampled_from([*Status, "nonsense"]), max_size=3).map(tuple),
    model=st.lists(st.sampled_from(MODELS), max_size=2).map(tuple),
    kind=st.lists(st.sampled_from(KINDS), max_size=1).map(tuple),
    since=DAYS,
    until=DAYS,
    favourite=st.booleans(),
)


@settings(max_examples=120)
@given(chosen=FILTERS)
@pytest.mark.slow
def test_lists_and_sums_of_any_filter_are_those_counted_by_hand(
    history: History, everything: list[Generation], chosen: Filter
) -> None:
    found = [one for one in everything if matches(one, chosen)]
    assert history.page(chosen, Order.NEWEST, 1, 10_000) == found
    assert history.sums(chosen).totals == totals_by_hand(found)
    for demo in (False, True):
        by_hand = daily_by_hand([one for one in found if one.demo == demo])
        assert daily_of(history, chosen, demo=demo) == by_hand


def test_each_part_of_a_filter_lets_some_through_and_not_all(
    history: History, everything: list[Generation]
) -> None:
    today = NOON.date()
    for chosen in (
        Filter(search="sea"),
        Filter(search="x"),
        Filter(status=("failed", "succeeded")),
        Filter(model=("quill",)),
        Filter(kind=("image",)),
        Filter(since=today - timedelta(days=3)),
        Filter(until=today - timedelta(days=3)),
        Filter(favourite=True),
    ):
        assert 0 < history.sums(chosen).totals.generations < len(everything)
        assert not chosen.is_empty
    assert Filter().is_empty


# -- sums -----------------------------------------------------------------------------------------


def test_a_demo_is_never_money(history: History, everything: list[Generation]) -> None:
    live = [one for one in everything if not one.demo]
    totals = history.sums(Filter()).totals
    assert totals.live["runway"].charged == sum(map(charged, live))
    assert totals.imitated["runway"].charged > 0
    spent = history.bought("model", demo=False)
    assert sum(one.settled for one in spent) == totals.live["runway"].charged
    assert sum(one.pending for one in spent) == totals.live["runway"].expected
    assert sum(one.generations for one in spent) == len(live)


def test_spending_by_model_counts_from_a_day_on(
    history: History, everything: list[Generation]
) -> None:
    since = NOON.date() - timedelta(days=4)
    by_hand = []
    for model in MODELS:
        found = [
            one
            for one in everything
            if one.request.model == model and not one.demo and one.created_at.date() >= since
        ]
        sums = (sum(map(charged, found)), sum(map(expected, found)))
        by_hand.append((model, len(found), *sums))
    by_hand.sort(key=lambda one: (-one[2] - one[3], one[0]))
    told = history.bought("model", demo=False, since=since)
    assert [(one.value, one.generations, one.settled, one.pending) for one in told] == by_hand


def test_the_success_rate_counts_what_has_ended() -> None:
    assert Totals().success_rate is None
    assert Totals(generations=9, failed=1, succeeded=3).success_rate == 0.75


# -- pages ----------------------------------------------------------------------------------------

KEYS: dict[Order, Callable[[Generation], tuple[object, ...]]] = {
    Order.NEWEST: lambda one: (one.created_at, one.id),
    Order.OLDEST: lambda one: (one.created_at, one.id),
    Order.COST: lambda one: (one.credits or 0, one.id),
    Order.DURATION: lambda one: (one.request.params["duration"], one.id),
}


@pytest.mark.parametrize("order", Order)
def test_pages_follow_each_other_without_a_gap_or_a_repeat(
    history: History, everything: list[Generation], order: Order
) -> None:
    by_hand = sorted(everything, key=KEYS[order], reverse=order is not Order.OLDEST)
    found = []
    for number in range(1, 100):
        page = history.page(Filter(), order, number, 24)
        found += page
        if len(page) < 24:
            break
    assert [one.id for one in found] == [one.id for one in by_hand]


@pytest.mark.parametrize("number", [0, -3, 1000, 10**18, 10**30])
def test_a_page_that_does_not_exist_is_no_accident(history: History, number: int) -> None:
    page = history.page(Filter(), Order.NEWEST, number, 24)
    assert page == (history.page(Filter(), Order.NEWEST, 1, 24) if number < 1 else [])


def test_the_first_and_the_last_day_of_the_calendar_can_be_asked_for(
    history: History, everything: list[Generation]
) -> None:
    chosen = Filter(since=date.min, until=date.max)
    assert history.sums(chosen).totals.generations == len(everything)
    assert len(history.page(replace(chosen, search="a"), Order.NEWEST, 1, 9)) == 9


# -- search ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '"', '""', '"a', "'", "NEAR(", "NEAR(a b, 3)", "*", "a*", "sea*", "AND", "OR NOT", "%",
        "prompt : sea", "^sea", "{sea}", "(", ")", "-sea", "+", "\\", "_", "%%%", "___", "🎬",
        "prompt:", "🎬🎬🎬", "é", "É", "日本", "日本語", "x" * 5000, "; drop table generations; --",
        "\x00", "sea\x00", "a\x00b\x00c", "\u200b\u200b\u200b", " \t\n ", "😀" * 40,
        " ".join(str(n) for n in range(4000)), " ".join(f"ab{n}" for n in range(4000)),
    ],
)  # fmt: skip
def test_no_search_text_is_an_accident(
    history: History, everything: list[Generation], text: str
) -> None:
    found = history.page(Filter(search=text), Order.NEWEST, 1, 10_000)
    assert history.sums(Filter(search=text)).totals.generations == len(found)
    assert history.prompts(text, 5) is not None
    if "\x00" not in text and len(text) < 9000:
        assert found == [one for one in everything if matches(one, Filter(search=text))]


@pytest.mark.slow
@settings(max_examples=150)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12))
def test_no_text_at_all_is_an_accident(history: History, text: str) -> None:
    assert history.sums(Filter(search=text)).totals.generations >= 0


@pytest.mark.parametrize(
    "text",
    ["sea -quiet", 'sea -"quiet sea"', "quiet -x", "x -sea", "a -x", "-sea", "-sea -quiet -a"],
)
def test_what_is_to_be_left_out_is_and_nothing_else(
    history: History, everything: list[Generation], text: str
) -> None:
    found = history.page(Filter(search=text), Order.NEWEST, 1, 10_000)
    assert found == [one for one in everything if matches(one, Filter(search=text))]
    assert 0 < len(found) < len(everything)


def test_prompts_used_before_come_newest_first_and_once(
    history: History, everything: list[Generation]
) -> None:
    by_id = sorted(everything, key=lambda one: one.id, reverse=True)
    used = list(dict.fromkeys(one.request.prompt for one in by_id if one.request.prompt))
    assert history.prompts("", 7) == used[:7]
    assert all("sea" in prompt for prompt in history.prompts("sea", 5))


# -- what moves -----------------------------------------------------------------------------------


@dataclass
class Fresh:
    """A small history of its own."""

    store: Store
    history: History

    def add(self, key: str, at: datetime = NOON, *, demo: bool = False) -> Generation:
        """One more generation of the same request."""
        request = Request("text_to_video", "quill", "A sea", {"duration": 5})
        return self.store.add(
            request, idempotency_key=key, kind="text", quoted=60, demo=demo, now=at
        )[0]


@pytest.fixture
def fresh(empty_history: Path, tmp_path: Path) -> Iterator[Fresh]:
    """An empty history."""
    file = HistoryFile(Path(shutil.copy(empty_history, tmp_path)))
    yield Fresh(Store(file), History(file))
    file.close()


def test_an_empty_history_has_empty_lists_and_no_sums(fresh: Fresh) -> None:
    assert fresh.history.page(Filter(), Order.NEWEST, 1, 24) == []
    assert fresh.history.sums(Filter()).totals == Totals()
    assert daily_of(fresh.history, Filter(), demo=False) == {}
    assert fresh.history.bought("model", demo=False) == []
    assert fresh.history.neighbours(1) == (None, None)


def test_what_is_in_flight_is_what_is_not_final(fresh: Fresh) -> None:
    first = fresh.add("one")
    second = fresh.add("two", NOON + timedelta(minutes=1))
    assert [one.id for one in fresh.history.in_flight()] == [second.id, first.id]
    assert fresh.history.flying() == [second.id, first.id]
    assert fresh.history.in_flight(1) == [second]
    fresh.store.move(first, Status.FAILED, NOON)
    assert [one.id for one in fresh.history.in_flight()] == [second.id]
    assert fresh.history.flying() == [second.id]


def test_an_expectation_becomes_a_charge_when_it_ends(fresh: Fresh) -> None:
    made = fresh.add("one")
    assert fresh.history.sums(Filter()).totals == Totals(
        generations=1, live={"runway": Spent(0, 60)}
    )
    fresh.store.move(made, Status.PENDING, NOON, task_id="t", credits_estimated=72)
    assert fresh.history.sums(Filter()).totals.live["runway"].expected == 72
    fresh.store.move(fresh.store.get(made.id), Status.SUCCEEDED, NOON, credits_charged=60)
    ended = Totals(generations=1, succeeded=1, live={"runway": Spent(60, 0)})
    assert fresh.history.sums(Filter()).totals == ended
    assert daily_of(fresh.history, Filter(), demo=False) == {NOON.date(): 60}
    assert daily_of(fresh.history, Filter(status=("queued",)), demo=False) == {}


def test_a_charge_that_is_told_later_changes_the_sums(fresh: Fresh) -> None:
    fresh.store.move(fresh.add("one"), Status.SUCCEEDED, NOON, task_id="t")
    assert fresh.history.sums(Filter()).totals.live["runway"].expected == 60
    fresh.store.move(fresh.store.get(1), Status.SUCCEEDED, NOON, credits_charged=48)
    assert fresh.history.sums(Filter()).totals.live["runway"] == Spent(48, 0)


def test_a_twin_is_the_newest_clip_of_the_same_request_and_mode(fresh: Fresh) -> None:
    made = [fresh.add(str(n), NOON + timedelta(minutes=n)) for n in range(3)]
    demo = fresh.add("demo", demo=True)
    fingerprint = made[0].request.fingerprint
    assert fresh.history.duplicate(fingerprint, demo=False) is None
    for number, one in enumerate([*made[:2], demo]):
        fresh.store.move(one, Status.SUCCEEDED, NOON, task_id=f"t{number}")
    found = fresh.history.duplicate(fingerprint, demo=False)
    assert found
    assert found.id == made[1].id
    assert fresh.history.duplicate("other", demo=False) is None


def test_neighbours_are_the_ids_beside_it(fresh: Fresh) -> None:
    ids = [fresh.add(str(n), NOON + timedelta(minutes=n)).id for n in range(3)]
    assert fresh.history.neighbours(ids[1]) == (ids[0], ids[2])
    assert fresh.history.neighbours(ids[0]) == (None, ids[1])
