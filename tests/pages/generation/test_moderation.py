"""What moderation stopped: its cost on Spending, and a report of it that is kept."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.export.moderation_report import report
from core.generations import Generation, Input, Request, Status
from core.studio import Studio
from pages.ui.access import person
from pages.ui.generation.moderation_report import ANSWERED, REPORTED
from tests.pages.conftest import Add, Visit, markdown, words

STOPPED = "SAFETY.INPUT.TEXT"


def stopped(add: Add, request: Request | None = None) -> Generation:
    facts = {"status": Status.FAILED, "failure_code": STOPPED, "charged": 24}
    return add(request, **facts) if request else add(**facts)


def on(visit: Visit, generation: Generation, name: str = "Nora") -> AppTest:
    page = visit("generation", id=str(generation.id))
    page.session_state[person.NAME] = name
    return page.run()


def test_what_moderation_stopped_and_its_cost_stand_on_spending(visit: Visit, add: Add) -> None:
    stopped(add)
    stopped(add)
    add(status=Status.FAILED, failure_code="INTERNAL.BAD_OUTPUT", charged=0)
    page = visit("spending")
    assert "Moderation stopped 2 generations and cost 48 credits" in markdown(page)
    table = next(one.value for one in page.dataframe if "Moderation" in one.value)
    assert list(zip(table["Code"], table["Moderation"], table["Spent"], strict=True)) == [
        (STOPPED, "Yes", 48),
        ("INTERNAL.BAD_OUTPUT", "No", 0),
    ]


def test_without_failures_nothing_is_said_of_them(visit: Visit, add: Add) -> None:
    add()
    assert "Moderation stopped" not in markdown(visit("spending"))


def test_a_report_has_what_runway_needs_and_no_address(add: Add, text_request: Request) -> None:
    given = Input("first_frame", sha256="a" * 64), Input("last_frame", url="https://x.test/?key=1")
    made = stopped(add, replace(text_request, inputs=given))
    found = report(made, {"a" * 64: "sea.png"}, "A beach, for a travel film")
    text = found.as_text()
    assert made.task_id is not None
    for needed in (made.task_id, "gen4.5", STOPPED, "A quiet sea", "A beach, for a travel film"):
        assert needed in text
        assert needed in found.as_json()
    assert "sea.png (first_frame), by its address (last_frame)" in text
    assert json.loads(found.as_json())["files"][0] == {"role": "first_frame", "name": "sea.png"}
    assert "x.test" not in text + found.as_json()


def test_a_report_is_kept_among_the_notes_with_its_outcome(
    visit: Visit, studio: Studio, add: Add
) -> None:
    made = stopped(add)
    page = on(visit, made)
    page.text_area(key=f"moderation_report_note_{made.id}").set_value("A beach").run()
    assert any("Why it is allowed:\nA beach" in code.value for code in page.code)
    page.button(key="moderation_report_keep").click().run()
    (note,) = studio.reviews.notes(made.id)
    assert (note.person, note.text) == ("Nora", REPORTED.format(who="Runway") + " A beach")
    outcome = f"moderation_report_outcome_{made.id}"
    page.segmented_control(key=outcome).select("Refunded").run()
    answer = studio.reviews.notes(made.id)[1]
    assert (answer.parent, answer.text) == (note.id, ANSWERED.format(who="Runway") + "Refunded")
    later = on(visit, made, "Ann")
    assert later.segmented_control(key=outcome).value == "Refunded"
    assert any("Why it is allowed:\nA beach" in code.value for code in later.code)


@pytest.mark.parametrize(
    "facts",
    [
        {"status": Status.FAILED, "failure_code": "INTERNAL.BAD_OUTPUT"},
        {"status": Status.FAILED, "failure_code": STOPPED, "demo": True},
        {"status": Status.SUCCEEDED},
    ],
)
def test_only_what_moderation_stopped_can_be_reported(
    visit: Visit, add: Add, facts: dict[str, object]
) -> None:
    assert "Report it to Runway" not in words(on(visit, add(**facts)))
