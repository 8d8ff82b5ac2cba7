"""The History page: found, counted, paged and sent to somebody by its address."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.generations import Request, Status, Value
from core.storage.search import text_search
from core.studio import Studio
from tests.conftest import NOON
from tests.histories import HOSTILE, add_to
from tests.pages.conftest import (
    TEXT_SINKS,
    Add,
    Visit,
    button,
    cards,
    markdown,
    open_page,
    opened,
    sinks,
    unfold,
)

FIGURES = re.compile(r"\*\*\d")


def line(page: AppTest) -> str:
    """The figures of what is shown, as they are read."""
    assert not page.exception
    text = next(e.value for e in page.markdown if FIGURES.match(e.value))
    return text.replace("*", "").replace("\\$", "$")


def note(page: AppTest) -> str:
    """What the line of figures says when one asks."""
    return next(str(e.proto.help) for e in page.markdown if FIGURES.match(e.value))


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
    rendering, stopped, made = cards(page)
    assert [rendering["id"], stopped["id"], made["id"]] == [waiting.id, failed.id, done.id]
    assert made["href"] == f"/generation?id={done.id}"
    assert [width for _address, width in made["stills"]] == [320, 640]
    assert made["stills"][0][0].startswith(f"/app/static/stills/{done.id}/0/320")
    assert made["preview"].startswith(f"/app/static/previews/{done.id}/0")
    assert (stopped["stills"], stopped["preview"]) == ([], "")
    assert (stopped["status"], stopped["why"]) == (
        "Failed",
        "The prompt was stopped by moderation.",
    )
    assert (rendering["status"], rendering["progress"]) == ("Rendering", 0.4)
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
    visit: Visit, add: Add, text_request: Request, params: dict[str, Value], length: str
) -> None:
    add(replace(text_request, params=params), Status.RUNNING)
    page = visit("history")
    assert cards(page)[0]["length"] == length
    assert "at most 24 credits" in cards(page)[0]["facts"]


def test_only_one_page_is_drawn_and_the_number_stands_in_the_address(
    visit: Visit, add: Add
) -> None:
    ids = [add(at=NOON + timedelta(minutes=n)).id for n in range(30)]
    page = visit("history")
    assert opened(page) == ids[:5:-1]
    page.pagination(key="page").select(2).run()
    assert opened(page) == ids[5::-1]
    assert opened(visit("history", page="2")) == ids[5::-1]
    assert line(page).startswith("30 generations")


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
    assert line(page).startswith("1 generation ·")
    assert "0% succeeded" in line(page)


def test_the_models_to_filter_by_are_those_of_the_history_and_the_chosen_one(
    visit: Visit, add: Add, text_request: Request
) -> None:
    add()
    add(replace(text_request, model="[m](http://evil.test)"))
    assert models(unfold(visit("history"), "filters")) == ["Gen-4.5 · 1"]
    page = unfold(visit("history", model="Veo 3.1"), "filters")
    assert sorted(models(page)) == ["Gen-4.5 · 1", "Veo 3.1 · 0"]
    assert "Nothing matches" in markdown(page)


def test_panels_that_nobody_opens_are_drawn_when_the_address_needs_them(
    visit: Visit, add: Add
) -> None:
    add()
    page = visit("history")
    assert not page.pills
    assert unfold(page, "filters").pills(key="status").value == []
    page = visit("history", sort="Cost", size="Large")
    assert page.selectbox(key="sort").value == "cost"
    assert page.segmented_control(key="size").value == "L"


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
    assert page.text_input(key="q").value == "quiet status:done"
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


def test_sums_are_of_the_filter_and_not_of_the_page(visit: Visit, add: Add) -> None:
    for _ in range(30):
        add(quoted=10)
    add(status=Status.FAILED, charged=5)
    add(status=Status.RUNNING, quoted=100)
    page = visit("history")
    assert line(page) == "32 generations · 405 credits · $4.05 · 97% succeeded"
    assert "Of these, 100 credits are not settled yet" in note(page)


def test_more_hits_than_are_counted_are_said_to_be_more(
    visit: Visit, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        add(quoted=10)
    monkeypatch.setattr(text_search, "COUNTED", 3)
    monkeypatch.setattr(text_search, "ENOUGH", 3)
    page = visit("history", q="sea")
    assert line(page).startswith("3+ generations · 30+ credits")
    assert "these are the newest of them" in markdown(page)
    page = visit("history", q="sea", sort="Oldest")
    assert "these are the oldest of them" in markdown(page)


def test_demo_credits_are_never_counted_as_money(visit: Visit, add: Add) -> None:
    add(quoted=10)
    add(quoted=1000, demo=True)
    page = visit("history")
    assert "10 credits · $0.10" in line(page)
    assert "1 of these were made in the demo" in note(page)
    assert [card["mark"] for card in cards(page)] == ["Demo", ""]


def test_in_demo_mode_the_sums_are_called_demo_credits(demo: Studio, text_request: Request) -> None:
    add_to(demo, text_request, demo=True, quoted=50)
    add_to(demo, text_request, demo=False, quoted=7)
    page = open_page("history")
    assert "50 demo credits · worth $0.50" in line(page)
    assert [card["mark"] for card in cards(page)] == ["Live", ""]
    assert "\\$0.07" in note(page)


def test_the_table_leaves_empty_what_nobody_knows(
    visit: Visit, add: Add, text_request: Request
) -> None:
    add(Request("text_to_image", "gen4_image", "A sea", {}), Status.FAILED, quoted=None, sent=False)
    table = visit("history", view="Table").dataframe[0]
    assert table.value[["Seconds", "Credits"]].isna().all(axis=None)
    assert (table.proto.HasField("placeholder"), table.proto.placeholder) == (True, "")


def test_the_table_shows_the_same_page_and_a_link_opens(visit: Visit, add: Add) -> None:
    first, second = add(), add(at=NOON + timedelta(minutes=1), favourite=True)
    page = visit("history", view="Table")
    rows = page.dataframe[0].value
    assert list(rows["Number"]) == [second.id, first.id]
    assert list(rows["State"]) == ["Done", "Done"]
    assert list(rows["Favourite"]) == [True, False]
    assert list(rows["Open"]) == [f"/generation?id={n}" for n in (second.id, first.id)]
    tick(page, 1)
    assert page.session_state["history_selected"] == [first.id]
    assert "1 selected" in markdown(page)


def tick(page: AppTest, *rows: int) -> None:
    """Tick just these rows of the table."""
    key = page.dataframe[0].proto.id.rpartition("-")[2]
    page.session_state[key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    page.run()


def test_a_selection_goes_over_pages_and_views(visit: Visit, add: Add, studio: Studio) -> None:
    ids = [add(at=NOON + timedelta(minutes=n)).id for n in range(30)]
    page = visit("history", view="Table")
    tick(page, 0, 1)
    page.pagination(key="page").select(2).run()
    tick(page, 5)
    chosen = [ids[-1], ids[-2], ids[0]]
    assert sorted(page.session_state["history_selected"]) == sorted(chosen)
    page.segmented_control(key="view").set_value("Posters").run()
    assert [card["id"] for card in cards(page) if card["selected"]] == [ids[0]]
    assert "3 selected" in markdown(page)
    button(page, "Favourite").click().run()
    assert all(studio.generations.get(number).favourite for number in chosen)
    button(page, "Clear").click().run()
    assert "selected" not in markdown(page)
    assert not [card for card in cards(page) if card["selected"]]


def test_the_columns_of_the_table_stand_in_the_address(visit: Visit, add: Add) -> None:
    add()
    page = visit("history", view="Table", columns=["Number", "Prompt"])
    assert list(page.dataframe[0].proto.column_order) == ["Number", "Prompt"]


def test_a_selection_is_made_an_archive_from_its_bar(
    visit: Visit, studio: Studio, add: Add
) -> None:
    numbers = [add().id for _ in range(3)]
    page = visit("history")
    page.session_state["history_selected"] = numbers[:2]
    page.run()
    page.button(key="selection_export").click().run()
    page.text_input(key="export_pattern").set_value("{secret}").run()
    assert "is no placeholder" in page.error[0].value
    assert page.button(key="export_make").disabled
    page.text_input(key="export_pattern").set_value("{number}").run()
    page.text_input(key="export_project").set_value(HOSTILE).run()
    page.button(key="export_make").click().run()
    studio.exports.step()
    page.run()
    key = page.session_state["export_open"]
    plan = studio.exports.find(key)
    assert plan
    assert (list(plan.numbers), plan.project) == (numbers[:2], HOSTILE)
    assert any(f"{key}/archive.zip" in str(link.proto.url) for link in page.get("link_button"))
    assert sinks(page) <= TEXT_SINKS | {"text_input"}


def test_all_that_a_filter_finds_is_exported(
    visit: Visit, studio: Studio, add: Add, text_request: Request
) -> None:
    wanted = add(replace(text_request, prompt="fog")).id
    add(replace(text_request, prompt="rain"))
    page = visit("history", q="fog")
    page.button(key="filter_export").click().run()
    plan = studio.exports.find(page.session_state["export_open"])
    assert plan
    assert plan.numbers == (wanted,)


def test_what_others_add_is_there_at_the_next_look(visit: Visit, add: Add) -> None:
    first = add()
    page = visit("history")
    second = add()
    page.run()
    assert opened(page) == [second.id, first.id]


@pytest.mark.parametrize("view", ["Posters", "Table"])
def test_a_hostile_prompt_is_text_and_nothing_else(
    visit: Visit, add: Add, text_request: Request, view: str
) -> None:
    add(replace(text_request, prompt=HOSTILE))
    add(replace(text_request, model="[m](http://evil.test)"), Status.FAILED, reason=HOSTILE)
    assert sinks(visit("history", view=view)) <= TEXT_SINKS | {"bidi_component"}


def test_what_ends_while_it_is_watched_is_drawn_anew(
    visit: Visit, add: Add, studio: Studio
) -> None:
    made = add(status=Status.RUNNING)
    page = visit("history")
    assert cards(page)[0]["status"] == "Rendering"
    studio._store.move(made, Status.CANCELLED, NOON)
    page.run()
    assert cards(page)[0]["status"] == "Cancelled"


def test_a_clip_that_was_lost_leaves_a_placeholder(visit: Visit, add: Add, studio: Studio) -> None:
    made = add()
    with studio._file.tx() as db:
        db.execute("delete from outputs")
    assert opened(visit("history")) == [made.id]
