"""The Spending page: settled apart from pending, demo apart from money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import requests
from streamlit.testing.v1 import AppTest

from core.emulator import Emulator
from core.export.tables import as_csv
from core.generations import Generation, Request, Review, Status
from core.studio import Studio
from pages.ui import charts
from tests.conftest import NOON
from tests.histories import add_to
from tests.pages.conftest import Add, Visit, button, figures, markdown, open_page


def sums(page: AppTest) -> list[str]:
    """Settled and pending credits of today, this month and all time."""
    return [m.value for m in page.metric if m.label in ("Spent", "Not final")]


def table(page: AppTest, column: str) -> Any:
    """The table that has this column."""
    assert not page.exception
    return next(one.value for one in page.dataframe if column in one.value)


def test_each_period_has_what_is_settled_and_what_is_pending(visit: Visit, add: Add) -> None:
    add(at=NOON - timedelta(days=40), quoted=1000)
    add(at=NOON - timedelta(days=3), quoted=100)
    add(quoted=10)
    add(status=Status.RUNNING, quoted=20)
    page = visit("spending")
    assert sums(page) == ["10", "20", "110", "20", "1,110", "20"]
    assert "**Today** · 2 generations" in markdown(page)
    assert "Not final is the most that it may still charge" in markdown(page)


def test_the_table_is_by_model_for_the_period_that_is_chosen(visit: Visit, add: Add) -> None:
    add(at=NOON - timedelta(days=40), quoted=1000)
    add(Request("text_to_video", "veo3.1", "A sea"), quoted=320)
    page = visit("spending")
    assert list(table(page, "Model")["Model"]) == ["Veo 3.1"]
    page.segmented_control(key="period").select("All time").run()
    models = table(page, "Model")
    assert list(models["Model"]) == ["Gen-4.5", "Veo 3.1"]
    assert list(models["Dollars"]) == [10.0, 3.2]
    again = visit("spending", period="All time")
    assert list(table(again, "Model")["Generations"]) == [1, 1]


@pytest.mark.parametrize("period", ["Never", "", "9999"])
def test_a_stale_address_never_breaks_the_page(visit: Visit, add: Add, period: str) -> None:
    add()
    page = visit("spending", period=period, days="yesterday", by="Mood")
    assert list(table(page, "Model")["Generations"]) == [1]


def test_each_choice_of_days_has_its_sums(visit: Visit, add: Add) -> None:
    for days, quoted in ((0, 1), (6, 2), (7, 4), (40, 8)):
        add(at=NOON - timedelta(days=days), quoted=quoted)
    page = visit("spending")
    for name, credits in {"Today": 1, "7 days": 3, "This month": 7, "All time": 15}.items():
        page.segmented_control(key="period").select(name).run()
        assert sum(table(page, "Model")["Spent"]) == credits
        assert sum(table(page, "Day (UTC)")["Spent"]) == credits


def test_of_many_days_the_bars_are_months_and_say_so(visit: Visit, add: Add) -> None:
    add(at=NOON - timedelta(days=charts.A_QUARTER), quoted=1)
    add(quoted=2)
    page = visit("spending", period="All time")
    assert "**Credits by month**" in markdown(page)
    assert len(table(page, "Day (UTC)")) == 2
    page.segmented_control(key="period").select("7 days").run()
    assert "**Credits by day**" in markdown(page)


def test_any_days_can_be_looked_at_by_their_address(visit: Visit, add: Add) -> None:
    for days, quoted in ((0, 1), (6, 2), (7, 4), (40, 8)):
        add(at=NOON - timedelta(days=days), quoted=quoted)
    first, last = (f"{NOON - timedelta(days=n):%Y-%m-%d}" for n in (7, 6))
    page = visit("spending", period="Other days", days=[first, last])
    assert list(table(page, "Day (UTC)")["Spent"]) == [2, 4]
    assert list(table(page, "Day (UTC)")["So far"]) == [6, 4]
    page.date_input(key="days").set_value((NOON.date() - timedelta(days=7),)).run()
    assert sum(table(page, "Day (UTC)")["Spent"]) == 7, "from a day on, until a last one is chosen"


def test_credits_are_told_apart_by_person_project_and_state(
    visit: Visit, studio: Studio, add: Add
) -> None:
    film = studio.projects.named("Film", by="Nora")
    approved, rejected, _other = (add(quoted=credits).id for credits in (10, 20, 30))
    studio.projects.file([approved, rejected], film.id, by="Nora")
    studio.reviews.set_state([approved], Review.APPROVED, by="Nora")
    studio.reviews.set_state([rejected], Review.REJECTED, by="Nora")
    add(status=Status.FAILED, charged=5, failure_code="SAFETY.INPUT.TEXT")
    page = visit("spending", by="Project")
    projects = table(page, "Project").to_dict("records")
    assert [(row["Project"], row["Spent"]) for row in projects] == [
        ("No project", 35),
        ("Film", 30),
    ]
    assert (projects[1]["Approved"], projects[1]["Per approved clip"]) == (1, 30)
    assert (projects[1]["Takes per approved"], projects[1]["On rejected"]) == (2, 20)
    assert projects[0]["On failures"] == 5
    page.segmented_control(key="by").select("State").run()
    assert set(table(page, "State")["State"]) == {"No state", "Approved", "Rejected"}
    page.segmented_control(key="by").select("Person").run()
    assert list(table(page, "Person")["Person"]) == ["No name"]
    page.segmented_control(key="by").select("Batch").run()
    assert list(table(page, "Batch")["Batch"]) == ["No batch"]
    shown = figures(page)
    assert (shown["Per approved clip"], shown["Takes per approved"]) == ("65.0", "3.0")
    assert (shown["On rejected"], shown["On failures"]) == ("20", "5")


def test_why_things_failed_is_told_with_what_it_cost_and_moderation_first(
    visit: Visit, add: Add
) -> None:
    for code, charged in (
        ("SAFETY.INPUT.TEXT", 5),
        ("SAFETY.INPUT.TEXT", 7),
        ("INTERNAL.BAD_OUTPUT.CODE01", 20),
        ("INTERNAL.BAD_OUTPUT.CODE01", None),
    ):
        add(status=Status.FAILED, quoted=24, charged=charged, failure_code=code)
    add(quoted=100)
    add(status=Status.FAILED, quoted=1, failure_code="ASSET.INVALID", at=NOON - timedelta(days=99))
    page = visit("spending")
    said = markdown(page).replace("\\", "")
    assert "Moderation stopped 2 generations and cost 12 credits ($0.12)." in said
    rows = table(page, "Code").to_dict("records")
    assert [
        (row["Code"], row["Moderation"], row["Generations"], row["Spent"], row["Not final"])
        for row in rows
    ] == [("INTERNAL.BAD_OUTPUT.CODE01", "No", 2, 20, 24), ("SAFETY.INPUT.TEXT", "Yes", 2, 12, 0)]
    assert all(row["What happened"] not in ("", row["Code"]) for row in rows)


def test_a_pace_is_told_once_there_are_days_enough(visit: Visit, add: Add) -> None:
    add(quoted=100)
    assert "At this rate" not in markdown(visit("spending"))
    for days in range(1, 29):
        add(at=NOON - timedelta(days=days), quoted=100)
    last = (NOON.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    assert f"At this rate {100 * last.day:,} by {last:%-d %B}." in markdown(visit("spending"))
    assert "At this rate" not in markdown(visit("spending", period="All time"))


def test_a_table_is_handed_over_as_it_is_shown(visit: Visit, studio: Studio, add: Add) -> None:
    film = studio.projects.named("=1+1", by="Nora")
    studio.projects.file([add(quoted=10).id], film.id, by="Nora")
    rows = table(visit("spending", by="Project"), "Project").to_dict("records")
    lines = as_csv(rows).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Project,Generations,Spent,Not final,Dollars")
    assert lines[1].startswith("'=1+1,1,10,0,0.1"), "a name is never calculated"


def test_demo_credits_are_not_money(visit: Visit, add: Add) -> None:
    add(quoted=1000, demo=True)
    page = visit("spending")
    assert set(sums(page)) == {"0"}
    assert "Nothing has been spent yet" in markdown(page)


def test_in_demo_mode_the_page_says_so(demo: Studio, text_request: Request) -> None:
    add_to(demo, text_request, demo=True, quoted=50)
    add_to(demo, text_request, demo=False, quoted=7)
    page = open_page("spending")
    assert sums(page)[0] == "50"
    assert page.subheader[0].value == "Demo credits"
    assert "Not money" in markdown(page)


def test_the_balance_is_runways(visit: Visit, emulator: Emulator) -> None:
    emulator.reset(credits=4321)
    page = visit("spending")
    assert {m.label: m.value for m in page.metric}["Balance"] == "4,321"


def test_a_balance_that_cannot_be_read_is_a_sentence(visit: Visit, emulator: Emulator) -> None:
    emulator.script([{"on": "organization", "times": None, "do": {"status": 401}}])
    page = visit("spending")
    assert "The balance cannot be read. Runway does not accept the API key." in markdown(page)


def test_an_empty_ledger_says_what_to_do_next(visit: Visit) -> None:
    page = visit("spending")
    assert "Nothing has been spent yet" in markdown(page)
    button(page, "Make the first clip").click().run()
    assert button(page, "Generate")


def test_books_that_balance_are_said_to(
    visit: Visit, studio: Studio, settle: Callable[..., Generation], text_request: Request
) -> None:
    settle(studio, studio.compose.submit(text_request, "one")[0])
    page = visit("spending")
    assert "Yes, for all of the last 30 days" in page.success[0].value
    (row,) = table(page, "At Runway").to_dict("records")
    assert (row["Model"], row["Spent here"], row["At Runway"]) == ("Gen-4.5", 24, 24)
    assert (row["Difference"], row["What it means"]) == (0, "Agrees")


def test_what_runway_told_says_when_and_never_that_nothing_was_made_here(
    visit: Visit, studio: Studio, settle: Callable[..., Generation], text_request: Request
) -> None:
    empty = visit("spending")
    assert "Nothing was used in the last 30 days, here or at Runway. Seen at" in markdown(empty)
    settle(studio, studio.compose.submit(text_request, "one")[0])
    page = empty.run()
    assert "Nothing was used" not in markdown(page)
    assert "Runway had no use of the last 30 days at" in markdown(page)
    assert "**Runway account** · at 12:" in markdown(page)


def test_a_difference_from_runways_books_is_never_hidden(visit: Visit, add: Add) -> None:
    add(submitted_at=NOON)
    add(status=Status.RUNNING, submitted_at=NOON - timedelta(days=1))
    page = visit("spending")
    assert page.warning[0].proto.title == "One line differs from Runway's usage."
    assert f"Runway has 24 credits fewer on {NOON:%-d %B} than" in page.warning[0].value
    rows = table(page, "At Runway").to_dict("records")
    assert [row["Difference"] for row in rows] == [-24, 0]
    assert rows[0]["What it means"] == "Runway has 24 credits fewer"
    assert rows[1]["Not final here"] == 24


def test_what_runway_charged_and_nobody_knows_is_told_in_words_at_the_top(
    visit: Visit, studio: Studio, emulator: Emulator
) -> None:
    elsewhere = {"model": "gen4.5", "promptText": "A sea", "ratio": "1280:720", "duration": 2}
    headers = {"Authorization": "Bearer key_of_another", "X-Runway-Version": "2024-11-06"}
    address = f"{emulator.url}/v1/text_to_video"
    assert requests.post(address, json=elsewhere, headers=headers, timeout=30).ok
    page = visit("spending")
    said = (
        f"Runway charged 24 credits on {studio.today:%-d %B} that Dailies does not know;"
        " all fit work made in Runway's playground or with another key."
    )
    assert page.warning[0].value == said
    assert said in page.warning[1].value
    assert page.warning[1].proto.title == "One line differs from Runway's usage."
    submit = f"FormSubmitter:known_{studio.today}-Mark as known"
    page.button(submit).click().run()
    assert "Say what it is" in page.error[0].value
    assert len(page.warning) == 2
    page.text_input(key=f"known_why_{studio.today}").input("A *test* by hand")
    page.button(submit).click().run()
    assert not page.warning
    assert "Yes, but for the days that are known." in page.info[0].value
    assert f"{said} Known: A \\*test\\* by hand (" in markdown(page)
    page.button(key=f"known_undo_{studio.today}").click().run()
    assert len(page.warning) == 2


def test_books_that_cannot_be_read_are_a_sentence(
    visit: Visit, add: Add, emulator: Emulator
) -> None:
    emulator.script([{"on": "usage", "times": None, "do": {"status": 401}}])
    add()
    page = visit("spending")
    assert "Runway's usage cannot be read. Runway does not accept the API key." in markdown(page)


@pytest.mark.parametrize("count", [1, 2, 6, 7, 14, 30, 31, 400])
def test_the_days_of_a_chart_are_labelled_evenly_up_to_the_last(count: int) -> None:
    days = [NOON.date() + timedelta(days=n) for n in range(count)]
    shown = charts.labelled(days)
    assert shown[-1] == days[-1]
    assert len(shown) <= charts.LABELS
    assert len({later - earlier for earlier, later in pairwise(shown)}) <= 1


def answered_while_it_is_drawn() -> None:
    """A page like ours, at which Runway answers between the balance and the end of the page."""
    from core.serving import served
    from pages.ui.spending import balance

    studio = served()
    answered = studio.accounts.changes
    balance.balance(studio, studio.accounts.usual)
    studio.accounts.look()
    balance.follow(studio, answered)


def test_an_answer_that_comes_while_the_page_is_drawn_is_shown(visit: Visit) -> None:
    page = AppTest.from_function(answered_while_it_is_drawn).run()
    assert not page.exception
    assert [metric.label for metric in page.metric] == ["Balance"]
