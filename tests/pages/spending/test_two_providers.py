"""With two providers in use, each is called by its name, and credits of one are never another's."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df

from core.api.callers import Caller
from core.api.v1 import desk
from core.domain.caps import EVERYONE, Period
from core.domain.people import LOCAL
from core.generations import Generation, Request, Status
from core.mcp.answers import told
from core.monitoring.logs import SecretFilter
from core.serving import presenting
from core.settings import Settings
from core.studio import Studio
from core.studio.making.batches import Wanted
from pages.ui import formatting
from tests.conftest import NOON, OpenStudio, Settle
from tests.core.conftest import Act, Wire, hang_up, say
from tests.core.providers.atelier_at_work import (
    CREATE,
    PURSE,
    WANTED,
    at_work,
    hang,
    with_its_model,
)
from tests.core.worker.conftest import is_
from tests.histories import add_to
from tests.pages.conftest import button, cards, figures, markdown, open_page, words

TORN = {"is": "torn", "coins": 0}
ENDS: tuple[tuple[Act, dict[str, object], str], ...] = (
    (say(200, {"no": "ugly"}), {}, "Atelier did not take this."),
    (hang_up, {}, "Nobody knows whether Atelier took this."),
    (say(200, {"sheet": "sheet-2"}), TORN | {"why": "indecent"}, "stopped by moderation"),
    (say(200, {"sheet": "sheet-3"}), TORN | {"why": "spilt"}, "Something went wrong at Atelier."),
    (say(200, {"sheet": "sheet-4"}), {"is": "torn"}, "Atelier could not make this"),
    (say(200, {"sheet": "sheet-5"}), {"no": "lost"}, "Atelier does not know this task any more."),
)
"""What the create call and the task are answered with, and what the page then says."""


@pytest.fixture
def wire() -> Iterator[Wire]:
    server = Wire()
    yield server
    server.close()


@pytest.fixture
def studio(
    open_studio: OpenStudio, settings: Settings, wire: Wire, key: str, tmp_path: Path
) -> Studio:
    """One that reaches Runway and the other provider."""
    return open_studio(with_its_model(settings, tmp_path), at_work(wire, key))


@pytest.fixture
def spent(
    studio: Studio, wire: Wire, settle: Settle, text_request: Request, tmp_path: Path
) -> Studio:
    """24 credits ($0.24) at Runway, and 7 coins ($0.35) at the other."""
    hang(wire, tmp_path)
    for number, request in enumerate((text_request, WANTED)):
        made, _ = studio.compose.submit(request, str(number), author="Ada")
        settle(studio, made, is_(Status.SUCCEEDED))
    for name in studio.accounts.names:
        studio.accounts.seen(name)
    studio.accounts.look()
    return studio


def ended(studio: Studio, wire: Wire, settle: Settle) -> list[Generation]:
    """One for each way in which a generation ends without a clip."""
    found = []
    for number, (create, task, _) in enumerate(ENDS):
        wire.on(CREATE, create)
        wire.on(f"GET /easel/sheet-{number}", say(200, task))
        request = replace(WANTED, prompt=f"A quiet sea, {number}")
        made, _ = studio.compose.submit(request, str(number))
        found.append(settle(studio, made))
    return found


def test_what_became_of_a_generation_is_said_with_the_name_of_its_own_provider(
    studio: Studio, wire: Wire, settle: Settle
) -> None:
    generations = ended(studio, wire, settle)
    caller = Caller(LOCAL, studio)
    with presenting(studio):
        pages = [words(open_page("generation", id=str(one.id))) for one in generations]
        unconfirmed = words(open_page("unconfirmed"))
        reasons = [card["why"] for card in cards(open_page("history"))]
    events = [step.detail for one in generations for step in studio.generations.events(one.id)]
    programs = [told(caller, one).failure for one in generations]
    said = [*pages, unconfirmed, *reasons, *events, *programs]
    assert [text for text in said if "Runway" in text] == []
    for page, (_, _, title) in zip(pages, ENDS, strict=True):
        assert title in page
    assert "Atelier's answer was lost" in programs[1]


def test_spending_is_in_dollars_with_the_credits_of_each_apart(spent: Studio) -> None:
    with presenting(spent):
        page = open_page("spending")
    said = markdown(page).replace("\\", "")
    assert "Dollars" in said
    assert figures(page)["Spent"] == "$0.59"
    assert "Runway: 24 credits" in said
    assert "Atelier: 7 credits" in said
    assert {"**Runway account**", "**Atelier account**"} <= {
        text.partition(" ·")[0] for text in said.splitlines()
    }
    table = next(
        one.value for one in page.dataframe if "Spent" in one.value and "Model" in one.value
    )
    rows = {row["Model"]: row for row in table.to_dict("records")}
    assert (rows["Oil"]["Spent"], rows["Oil"]["Atelier credits"]) == (0.35, 7)
    assert (rows["Oil"]["Runway credits"], rows["Gen-4.5"]["Atelier credits"]) == (0, 0)
    assert "Dollars" not in table


def test_charts_and_tables_of_spending_are_in_dollars_too(spent: Studio) -> None:
    """Amounts are counted in millionths: none of them is shown as one."""
    with presenting(spent):
        page = open_page("spending", by="Provider")
    days, so_far, ranked = (_drawn(chart) for chart in page.get("vega_lite_chart"))
    assert [row["Dollars"] for row in days if row["Dollars"]] == [0.59]
    assert max(row["Dollars"] for row in so_far if "Low" not in row or row["Low"] is None) == 0.59
    assert {row["Name"]: row["Dollars"] for row in ranked if row["State"] == "Spent"} == {
        "Atelier": 0.35,
        "Runway": 0.24,
    }
    by_day, by_provider = (one for one in page.dataframe if "Not final" in one.value)
    (day,) = by_day.value.to_dict("records")
    assert (day["Spent"], day["So far"]) == (0.59, 0.59)
    assert list(by_provider.value["Provider"]) == ["Atelier", "Runway"]
    shown = json.loads(by_provider.proto.columns)
    assert {name: shown[name]["type_config"]["format"] for name in ("Spent", "Generations")} == {
        "Spent": "dollar",
        "Generations": "localized",
    }


def test_what_a_month_will_come_to_adds_dollars_of_both(
    spent: Studio, text_request: Request
) -> None:
    for days in range(1, 29):
        at = NOON - timedelta(days=days)
        made, of_other = (add_to(spent, one, at=at, quoted=10) for one in (text_request, WANTED))
        assert made
        with spent._file.tx() as db:
            db.execute("update generations set provider = 'atelier' where id = ?", [of_other.id])
    last = (NOON.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    with presenting(spent):
        page = open_page("spending")
    said = markdown(page).replace("\\", "")
    assert f"At this rate ${0.6 * last.day:.2f} by {last:%-d %B}" in said
    _, so_far, _ = (_drawn(chart) for chart in page.get("vega_lite_chart"))
    assert max(row["High"] for row in so_far if row["High"] > 0) == pytest.approx(0.6 * last.day)


def _drawn(chart: Any) -> list[dict[Hashable, Any]]:
    """The rows of a chart."""
    return convert_arrow_bytes_to_pandas_df(chart.proto.data.data).to_dict("records")


def test_a_sum_of_the_history_names_the_credits_of_each(spent: Studio) -> None:
    with presenting(spent):
        said = markdown(open_page("history")).replace("\\", "")
    assert "**7** Atelier credits · **24** Runway credits · **$0.59**" in said


def test_what_is_left_is_told_of_each_account(spent: Studio) -> None:
    with presenting(spent):
        settings = words(open_page("settings"))
        order = words(open_page("create"))
    for told_there in ("Key at Runway", "Key at Atelier", "Present, and accepted by Atelier"):
        assert told_there in settings
    assert "93 coins" in settings or "100 coins" in settings
    assert "At Atelier" in order
    assert "100 coins ($5.00)" in order


def test_a_cap_counts_the_credits_of_one_provider_and_says_which(
    spent: Studio, text_request: Request
) -> None:
    spent.caps.set(EVERYONE, Period.MONTH, 10, by="Ada", provider="atelier")
    (standing,) = spent.caps.standings_for("Ada")
    assert (standing.used, spent.caps.title(standing.cap)) == (
        7,
        "Everyone's cap this month at Atelier",
    )
    (problem,) = spent.compose.problems(WANTED, author="Ada")
    assert "is 10 coins, and 3 are left" in problem.message
    assert spent.compose.problems(text_request, author="Ada") == [], "it is for the other"
    with presenting(spent):
        page = open_page("spending")
    assert "each month · Atelier" in markdown(page)


def test_a_cap_is_set_at_one_provider_in_its_own_credits(spent: Studio) -> None:
    with presenting(spent):
        page = open_page("spending")
        page.session_state["person_name"] = "Ada"
        button(page, "Set a cap").click().run()
        page.segmented_control(key="caps_where").select("atelier").run()
        page.segmented_control(key="caps_unit").select("dollars").run()
        page.number_input(key="caps_amount").set_value(10).run()
        button(page, "Set cap · 200 coins ($10.00)").click().run()
    (standing,) = spent.caps.standings()
    assert (standing.cap.provider, standing.cap.credits) == ("atelier", 200)


def test_a_cap_in_dollars_is_over_both(spent: Studio) -> None:
    with presenting(spent):
        page = open_page("spending")
        page.session_state["person_name"] = "Ada"
        button(page, "Set a cap").click().run()
        page.segmented_control(key="caps_where").select("all").run()
        page.number_input(key="caps_amount").set_value(10).run()
        button(page, "Set cap · $10.00").click().run()
        (standing,) = spent.caps.standings()
        assert (standing.cap.credits, standing.used) == (1000, 24 + 7 * 5)
        assert "9.41 left" in markdown(page)
        button(page, "Change").click().run()
        assert page.number_input(key="caps_amount").value == 10


def test_programs_and_agents_are_told_of_each_provider(spent: Studio) -> None:
    caller = Caller(LOCAL, spent)
    found = desk.spending(caller)
    assert (found.settled, found.pending, found.dollars) == (None, None, 0.59)
    assert {one.provider: one.settled for one in found.providers} == {"runway": 24, "atelier": 7}
    assert {one.provider: one.dollars for one in found.providers} == {
        "runway": 0.24,
        "atelier": 0.35,
    }
    assert {one.model: one.provider for one in found.models}["oil"] == "atelier"


def test_credits_of_two_providers_are_never_one_price(
    studio: Studio, text_request: Request
) -> None:
    both = [Wanted(text_request), Wanted(WANTED)]
    price = studio.batches.quote(both)
    assert price == {"runway": 24, "atelier": 7}
    said = formatting.total(price, studio.catalog.suppliers)
    assert said == "$0.59: 24 Runway credits, 7 Atelier credits"


def test_a_low_balance_is_that_of_its_own_account(studio: Studio, wire: Wire) -> None:
    """500 credits of Runway are worth $5, and so are a hundred coins."""
    wire.on(PURSE, say(200, {"coins": 99}))
    for name in studio.accounts.names:
        studio.accounts.seen(name)
    studio.accounts.look()
    (alert,) = studio.account_alerts.standing()
    assert (alert.provider, alert.used, alert.most) == ("atelier", 99, 100)
    with presenting(studio):
        said = markdown(open_page("history")).replace("\\", "")
    assert "99 coins ($4.95) left on the Atelier account." in said


def test_no_log_holds_a_key_or_the_address_of_a_file(studio: Studio, wire: Wire, key: str) -> None:
    line = f"X-Key: {key} for {wire.url}/clip.mp4 and nothing with url: /clip.mp4 (it ended)"
    cleaned = f"X-Key: … for {wire.url}/… and nothing with url: … (it ended)"
    assert SecretFilter().clean(line) == cleaned
