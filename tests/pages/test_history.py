"""The History page: found, counted, paged and sent to somebody by its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.generations import Generation, Request, Status
from core.storage import text_search
from core.studio import Studio
from tests.conftest import NOON
from tests.pages.conftest import (
    HOSTILE,
    TEXT_SINKS,
    add_to,
    button,
    figures,
    markdown,
    open_page,
    opened,
    sinks,
)

Visit = Callable[..., AppTest]
Add = Callable[..., Generation]


def test_an_empty_history_says_what_to_do_next(visit: Visit) -> None:
    page = visit("history")
    assert page.subheader[0].value == "Nothing has been made yet"
    assert not page.text_input
    button(page, "Make the first one").click().run()
    assert button(page, "Generate")


def test_every_generation_has_a_poster_or_a_placeholder_and_a_link(visit: Visit, add: Add) -> None:
    done, failed = add(), add(status=Status.FAILED, failure_code="SAFETY.INPUT.TEXT", charged=24)
    waiting = add(status=Status.RUNNING, progress=0.4)
    page = visit("history")
    assert opened(page) == [waiting.id, failed.id, done.id]
    urls = [image.proto.imgs[0].url for image in page.main if image.type == "image"]
    assert len(urls) == 3
    assert urls[2].startswith(f"/app/static/posters/{done.id}/0")
    assert "The prompt was stopped by moderation." in markdown(page)
    assert "Rendering" in markdown(page)
    assert "40%" in markdown(page)
    assert not [e for e in page.main if e.type == "video"]


@pytest.mark.parametrize(
    ("params", "length"),
    [
        ({"duration": 7.5}, "7.5 s"),
        ({"duration": 5}, "5 s"),
        ({"shots": [{"prompt": "a", "duration": 3}, {"prompt": "b", "duration": 4}]}, "7 s"),
    ],
)
def test_a_card_shows_the_length_however_it_was_asked_for(
    visit: Visit, add: Add, text_request: Request, params: dict[str, object], length: str
) -> None:
    add(replace(text_request, params=params), Status.RUNNING)
    page = visit("history")
    assert f"\n{length} · at most 24 credits" in markdown(page)


def test_only_one_page_is_drawn_and_the_number_stands_in_the_address(
    visit: Visit, add: Add
) -> None:
    ids = [add(at=NOON + timedelta(minutes=n)).id for n in range(30)]
    page = visit("history")
    assert opened(page) == ids[:5:-1]
    page.pagination(key="page").select(2).run()
    assert opened(page) == ids[5::-1]
    assert opened(visit("history", page="2")) == ids[5::-1]
    assert figures(page)["Generations"] == "30"


def test_the_number_of_elements_does_not_grow_with_the_history(visit: Visit, add: Add) -> None:
    for _ in range(25):
        add()
    few = len(list(visit("history").main))
    for _ in range(60):
        add()
    assert len(list(visit("history").main)) <= few + 2


@pytest.mark.parametrize(
    "query",
    [
        {"status": "Failed"},
        {"model": "Gen-4 Turbo"},
        {"kind": "Image"},
        {"since": "2026-11-23"},
        {"q": "LIGHTHOUSE"},
        {"q": "ho"},
        {"favourite": "true"},
    ],
)
def test_each_filter_works_by_its_address(
    visit: Visit, add: Add, text_request: Request, query: dict[str, str]
) -> None:
    for _ in range(3):
        add()
    wanted = Request("image_to_video", "gen4_turbo", "A lighthouse", {"ratio": "1280:720"})
    match = add(wanted, Status.FAILED, at=NOON + timedelta(days=1), favourite=True)
    page = visit("history", **query)
    assert opened(page) == [match.id]
    assert figures(page)["Generations"] == "1"
    assert figures(page)["Success rate"] == "0%"


def test_the_models_to_filter_by_are_those_of_the_history_and_the_chosen_one(
    visit: Visit, add: Add, text_request: Request
) -> None:
    add()
    add(replace(text_request, model="[m](http://evil.test)"))
    assert models(visit("history")) == ["Gen-4.5"]
    page = visit("history", model="Veo 3.1")
    assert sorted(models(page)) == ["Gen-4.5", "Veo 3.1"]
    assert "Nothing matches" in markdown(page)


def models(page: AppTest) -> list[str]:
    """The models that the filter offers."""
    return next(list(one.options) for one in page.pills if one.key == "model")


def test_until_includes_its_day(visit: Visit, add: Add) -> None:
    before, _after = add(), add(at=NOON + timedelta(days=1))
    assert opened(visit("history", until="2026-11-22")) == [before.id]


@pytest.mark.parametrize(
    ("sort", "order"), [("Newest", "cba"), ("Oldest", "abc"), ("Cost", "bca"), ("Duration", "cab")]
)
def test_each_order_works_by_its_address(
    visit: Visit, add: Add, text_request: Request, sort: str, order: str
) -> None:
    ids = {}
    for number, (name, quoted, duration) in enumerate([("a", 10, 5), ("b", 60, 2), ("c", 30, 9)]):
        request = replace(text_request, params={"ratio": "1280:720", "duration": duration})
        ids[add(request, at=NOON + timedelta(minutes=number), quoted=quoted).id] = name
    assert "".join(ids[number] for number in opened(visit("history", sort=sort))) == order


@pytest.mark.parametrize(
    "query",
    [
        {"status": "no such state"},
        {"status": ["Failed", "x", ""]},
        {"page": "9999"},
        {"page": "-1"},
        {"page": "0"},
        {"page": "two"},
        {"since": "yesterday"},
        {"since": "9999-12-31"},
        {"until": "9999-12-31"},
        {"until": "0001-01-01"},
        {"since": ["2026-01-01", "2026-01-02", "2026-01-03"]},
        {"since": "2026-12-01", "until": "2026-01-01"},
        {"sort": "random()"},
        {"view": "<script>"},
        {"kind": "drop table"},
        {"model": "gpt"},
        {"favourite": "perhaps"},
        {"q": 'a" OR "b'},
        {"q": "a\0b\0\0ccc"},
        {"q": "* NEAR( -x AND"},
        {"q": "%"},
        {"q": "x " * 5000},
        {"unknown": "1"},
    ],
)
def test_a_hostile_or_stale_address_never_breaks_the_page(
    visit: Visit, add: Add, query: dict[str, str | list[str]]
) -> None:
    add()
    page = visit("history", **query)
    assert not page.exception
    assert opened(page) or "Nothing matches" in markdown(page)


def test_another_filter_begins_at_the_first_page(visit: Visit, add: Add) -> None:
    for number in range(60):
        add(at=NOON + timedelta(minutes=number))
    page = visit("history", page="2")
    assert page.pagination(key="page").value == 2
    page.text_input(key="q").set_value("quiet").run()
    assert page.pagination(key="page").value == 1


def test_after_a_look_at_one_generation_the_view_is_as_it_was(visit: Visit, add: Add) -> None:
    for number in range(60):
        add(at=NOON + timedelta(minutes=number))
    page = visit("history", q="quiet", sort="Oldest", page="2", status="Done")
    assert opened(page)[0] == 25
    page.query_params.clear()
    page.query_params["id"] = "25"
    page.switch_page("generation.py").run()
    page.switch_page("history.py").run()
    assert opened(page)[0] == 25
    assert page.text_input(key="q").value == "quiet"
    assert "id" not in page.query_params


def test_a_stranger_who_comes_back_sees_everything(visit: Visit, add: Add) -> None:
    made = add()
    assert opened(visit("history", id="25")) == [made.id]


def test_no_match_says_so_and_one_click_shows_everything_again(visit: Visit, add: Add) -> None:
    made = add()
    page = visit("history", q="zebra", status="Failed", since="2026-01-01")
    assert "Nothing matches" in markdown(page)
    button(page, "Clear filters").click().run()
    assert opened(page) == [made.id]
    assert page.text_input(key="q").value == ""
    assert page.date_input(key="since").value is None


def test_sums_are_of_the_filter_and_not_of_the_page(visit: Visit, add: Add) -> None:
    for _ in range(30):
        add(quoted=10)
    add(status=Status.FAILED, charged=5)
    add(status=Status.RUNNING, quoted=100)
    page = visit("history")
    assert figures(page) == {
        "Generations": "32",
        "Success rate": "97%",
        "Credits": "405",
        "Cost": "$4.05",
    }
    assert "Of these, 100 credits are not settled yet" in markdown(page)


def test_more_hits_than_are_counted_are_said_to_be_more(
    visit: Visit, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        add(quoted=10)
    monkeypatch.setattr(text_search, "COUNTED", 3)
    page = visit("history", q="sea")
    assert figures(page)["Generations"] == "3+"
    assert figures(page)["Credits"] == "30+"
    assert "these are the newest of them" in markdown(page)
    page = visit("history", q="sea", sort="Oldest")
    assert "these are the oldest of them" in markdown(page)


def test_demo_credits_are_never_counted_as_money(visit: Visit, add: Add) -> None:
    add(quoted=10)
    add(quoted=1000, demo=True)
    page = visit("history")
    assert (figures(page)["Credits"], figures(page)["Cost"]) == ("10", "$0.10")
    assert "1 of these were made in the demo" in markdown(page)
    assert ":violet-badge[Demo]" in markdown(page)


def test_in_demo_mode_the_sums_are_called_demo_credits(demo: Studio, text_request: Request) -> None:
    add_to(demo, text_request, demo=True, quoted=50)
    add_to(demo, text_request, demo=False, quoted=7)
    page = open_page("history")
    assert (figures(page)["Demo credits"], figures(page)["Would have cost"]) == ("50", "$0.50")
    assert "Credits" not in figures(page)
    assert ":blue-badge[Live]" in markdown(page)
    assert "\\$0.07" in markdown(page)


def test_the_chart_sums_the_credits_of_the_days(visit: Visit, add: Add) -> None:
    add(quoted=10)
    page = visit("history")
    assert [e.type for e in page.main].count("vega_lite_chart") == 1


def test_the_table_leaves_empty_what_nobody_knows(
    visit: Visit, add: Add, text_request: Request
) -> None:
    add(Request("text_to_image", "gen4_image", "A sea", {}), Status.FAILED, quoted=None, sent=False)
    table = visit("history", view="Table").dataframe[0]
    assert table.value[["Seconds", "Credits"]].isna().all(axis=None)
    assert (table.proto.HasField("placeholder"), table.proto.placeholder) == (True, "")


def test_the_table_shows_the_same_page_and_a_row_opens(visit: Visit, add: Add) -> None:
    first, second = add(), add(at=NOON + timedelta(minutes=1), favourite=True)
    page = visit("history", view="Table")
    rows = page.dataframe[0].value
    assert list(rows["Number"]) == [second.id, first.id]
    assert list(rows["State"]) == ["Done", "Done"]
    assert list(rows["Favourite"]) == [True, False]
    selection = {"selection": {"rows": [1], "columns": [], "cells": []}}
    page.session_state["history_table_1"] = selection
    page.run()
    assert page.subheader[0].value.startswith(f"#{first.id} ·")


@pytest.mark.parametrize("view", ["Posters", "Table"])
def test_a_hostile_prompt_is_text_and_nothing_else(
    visit: Visit, add: Add, text_request: Request, view: str
) -> None:
    add(replace(text_request, prompt=HOSTILE))
    add(replace(text_request, model="[m](http://evil.test)"), Status.FAILED, reason=HOSTILE)
    assert sinks(visit("history", view=view)) <= TEXT_SINKS


def test_what_ends_while_it_is_watched_is_drawn_anew(
    visit: Visit, add: Add, studio: Studio
) -> None:
    made = add(status=Status.RUNNING)
    page = visit("history")
    assert "Rendering" in markdown(page)
    studio._store.move(made, Status.CANCELLED, NOON)
    page.run()
    assert "Cancelled" in markdown(page)


def test_a_clip_that_was_lost_leaves_a_placeholder(visit: Visit, add: Add, studio: Studio) -> None:
    made = add()
    with studio._file.tx() as db:
        db.execute("delete from outputs")
    assert opened(visit("history")) == [made.id]
