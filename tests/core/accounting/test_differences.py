"""What a difference from Runway's books is likely to be: only as much as the figures say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.accounting.differences import Difference, InvalidReason, amounts, by_day, most_of
from core.accounting.reconciliation import Comparison, Line, compare
from core.catalog.catalog import Catalog
from core.domain.people import LOCAL
from core.generations import Request, Status
from core.settings import Settings
from core.storage.spending.known_differences import Known
from core.storage.spending.ledger import Booked
from core.studio import Studio
from tests.conftest import NOON, books_of
from tests.histories import add_to

TODAY = NOON.date()
YESTERDAY = TODAY - timedelta(days=1)
PRICES = {"plume": {24, 36}, "quill": {5}, "": set()}


def told(
    runway: Mapping[tuple[date, str], int],
    settled: Mapping[tuple[date, str], int] | None = None,
    uncharged: Mapping[int, int] | None = None,
) -> list[Difference]:
    ours = {key: Booked(1, credits, 0) for key, credits in (settled or {}).items()}
    lines: tuple[Line, ...] = compare(ours, runway, date.min)
    return by_day(lines, lambda day, model: uncharged or {}, PRICES.__getitem__)


def test_what_fits_the_prices_of_its_models_may_be_made_elsewhere() -> None:
    (day,) = told({(TODAY, "plume"): 62, (TODAY, "quill"): 10})
    assert day == Difference(TODAY, more=72, elsewhere=60 + 10)
    assert day.unexplained == 2


def test_what_was_not_charged_here_is_named_before_that() -> None:
    (day,) = told({(TODAY, "plume"): 60}, uncharged={7: 24, 8: 36, 9: 50})
    assert (day.uncharged, day.numbers, day.elsewhere) == (60, (7, 8), 0)
    (one,) = told({(TODAY, "plume"): 36}, uncharged={7: 24, 8: 36})
    assert one.numbers == (8,), "one that costs just so much comes first"
    (none,) = told({(TODAY, "quill"): 7}, uncharged={7: 24})
    assert (none.uncharged, none.elsewhere, none.unexplained) == (0, 5, 2)


def test_the_same_the_other_way_round_on_another_day_is_only_shifted() -> None:
    later, earlier = told({(TODAY, "plume"): 24}, settled={(YESTERDAY, "plume"): 24})
    assert later == Difference(TODAY, more=24, shifted=24)
    assert earlier == Difference(YESTERDAY, fewer=24, returned=24)
    other, _earlier = told({(TODAY, "plume"): 24}, settled={(YESTERDAY, "quill"): 24})
    assert other.shifted == 0, "of another model it says nothing"


def test_what_agrees_is_no_difference() -> None:
    assert told({(TODAY, "plume"): 24}, settled={(TODAY, "plume"): 24}) == []


@pytest.mark.parametrize(
    ("credits", "prices", "most"),
    [(0, {5}, 0), (4, {5}, 0), (38, {5}, 35), (23, {5, 7}, 22), (7, (), 0), (10**6, {1}, 0)],
)
def test_the_most_that_whole_generations_cost(
    credits: int, prices: Collection[int], most: int
) -> None:
    assert most_of(credits, prices) == most


def test_amounts_are_those_that_the_catalogue_quotes() -> None:
    catalog = Catalog.load(Settings().catalog_dir)
    for model in catalog:
        if (usual := model.quote(model.defaults)) is not None and not model.input:
            assert usual in amounts([model]), model.name


def test_the_history_says_what_was_not_charged(studio: Studio, text_request: Request) -> None:
    at: dict[str, Any] = {"at": NOON, "submitted_at": NOON}
    failed = add_to(studio, text_request, Status.FAILED, charged=0, **at)
    add_to(studio, text_request, Status.FAILED, charged=24, **at)
    add_to(studio, text_request, Status.FAILED, charged=0, demo=True, **at)
    add_to(studio, text_request, Status.RUNNING, **at)
    found = studio.differences._uncharged(TODAY, text_request.model)
    assert found == {failed.id: 24}
    assert studio.differences._uncharged(YESTERDAY, text_request.model) == {}
    books = books_of(studio)
    assert [day.fewer for day in studio.differences.of(books)] == [24]


def test_what_is_known_is_known_until_its_figures_change_and_is_entered_with_who_said_it(
    studio: Studio,
) -> None:
    def found(credits: int) -> Difference:
        lines = compare({}, {(TODAY, "gen4.5"): credits}, date.min)
        (one,) = studio.differences.of(Comparison(lines))
        return one

    new = found(24)
    for nothing in ("", "  ", "x" * 201):
        with pytest.raises(InvalidReason):
            studio.differences.mark(new, nothing, by="Nora")
    assert found(24) == replace(new, known=None) == new
    local = studio.asked_by(LOCAL)
    local.differences.mark(new, " made  elsewhere ", by="Nora")
    known = found(24).known
    assert known
    assert replace(known, at=NOON) == Known(TODAY, 24, 0, "made elsewhere", "Nora", NOON)
    assert studio.audit.entries(1)[0][0].about.startswith(f"{TODAY}: known,")
    assert found(48).known is None
    local.differences.unmark(TODAY)
    assert found(24) == new
