"""The Unconfirmed page: the evidence in words, three ways out, and tasks from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.emulator import Emulator
from core.generations import Generation, Input, Request, Status
from core.settings import Settings
from core.storage.history import Filter
from core.studio import Studio
from tests.conftest import NOON, Clock, MakeImageRequest, MakePicture, Settle
from tests.histories import HOSTILE, add_to
from tests.pages.conftest import (
    TEXT_SINKS,
    Add,
    Visit,
    button,
    component_data,
    markdown,
    open_page,
    sinks,
    unfold,
    words,
)

Lose = Callable[..., Generation]
LOSE = {"on": "create", "do": {"after": "accept", "drop": True}}
DROP = {"on": "create", "do": {"drop": True}}


@pytest.fixture
def lose(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator, clock: Clock
) -> Lose:
    """Sends a request whose answer is lost."""

    def lose_one(prompt: str = "A quiet sea", fault: dict[str, Any] = LOSE) -> Generation:
        emulator.script([fault])
        clock.advance(60)
        return settle(
            studio, studio.compose.submit(replace(text_request, prompt=prompt), prompt)[0]
        )

    return lose_one


@pytest.fixture
def elsewhere(
    open_studio: Callable[[Settings], Studio],
    settings: Settings,
    settle: Settle,
    text_request: Request,
) -> str:
    """The task of a clip that the same account made in another history."""
    other = open_studio(replace(settings, data_dir=settings.data_dir / "elsewhere"))
    made = settle(other, other.compose.submit(text_request, "one")[0])
    assert made.task_id
    return made.task_id


def navigation(page: AppTest) -> list[str]:
    """The names in the bar of every page."""
    links = [e.proto.label for e in page.main if e.type == "page_link"]
    return links[links.index("Create") : links.index("Settings") + 1]


# -- what is shown --------------------------------------------------------------------------------


def test_without_a_doubt_the_page_says_so_and_leads_on(visit: Visit) -> None:
    page = visit("unconfirmed")
    assert "Nothing is in doubt" in markdown(page)
    button(page, "Look through the history").click().run()
    assert "Nothing has been made yet" in markdown(page)


@pytest.mark.parametrize(
    ("fault", "verdict", "balance"),
    [
        (LOSE, "Probably made and paid", "25,000 → 24,976 credits (-24)"),
        (DROP, "Probably not made", "25,000 → 25,000 credits"),
    ],
)
def test_the_account_is_told_in_figures_and_in_words(
    visit: Visit, lose: Lose, clock: Clock, fault: dict[str, Any], verdict: str, balance: str
) -> None:
    lost = lose(fault=fault)
    clock.advance(3600)
    page = visit("unconfirmed")
    assert verdict in markdown(page)
    shown = [text.value for text in page.text]
    assert {balance, "None", "24 credits ($0.24)", "Gen-4.5"} <= set(shown)
    assert "2026-11-22 12:01:00 UTC" in shown
    (words,) = component_data(page, "words")
    assert [part["text"] for part in words["texts"]] == ["A quiet sea"]
    assert f"#{lost.id}" in markdown(page)


def test_without_figures_it_says_that_nothing_can_be_told(
    visit: Visit, add: Add, emulator: Emulator
) -> None:
    emulator.script([{"on": "usage", "times": None, "do": {"status": 500}}])
    add(status=Status.UNCONFIRMED, sent=False)
    page = visit("unconfirmed")
    assert "Cannot be told" in markdown(page)
    assert "nothing to compare" in markdown(page)


def test_what_was_sent_is_text_and_its_pictures_are_shown(
    visit: Visit, add: Add, studio: Studio, image_request: MakeImageRequest, picture: MakePicture
) -> None:
    upload, _notices = studio.uploads.add(HOSTILE, picture())
    request = replace(image_request(upload.sha256), prompt=HOSTILE)
    web = replace(request, inputs=(Input("first", url="https://evil.test/a.png"),))
    add(request, Status.UNCONFIRMED, sent=False, reason=HOSTILE)
    add(web, Status.UNCONFIRMED, sent=False, reason=HOSTILE)
    page = visit("unconfirmed")
    assert sinks(page) <= TEXT_SINKS
    (image,) = [e.proto.imgs[0].url for e in page.main if e.type == "image"]
    assert image == f"/app/static/pictures/{upload.sha256}"


def test_many_are_paged(visit: Visit, add: Add) -> None:
    made = [add(status=Status.UNCONFIRMED, sent=False) for _ in range(7)]
    page = visit("unconfirmed")
    assert [f"#{g.id} ·" in markdown(page) for g in made] == [False] * 2 + [True] * 5
    assert [f"#{g.id} ·" in markdown(visit("unconfirmed", page="2")) for g in made] == [
        *[True] * 2,
        *[False] * 5,
    ]


def test_every_page_counts_what_waits_and_leads_there(visit: Visit, add: Add) -> None:
    assert navigation(visit("create")) == ["Create", "History", "Spending", "Settings"]
    add(status=Status.UNCONFIRMED, sent=False)
    assert "Unconfirmed · 1" in navigation(visit("create"))
    add(status=Status.UNCONFIRMED, sent=False)
    for page in ("history", "unconfirmed"):
        assert "Unconfirmed · 2" in navigation(visit(page))


def test_a_demos_doubts_are_not_asked_of_runway(
    visit: Visit, add: Add, demo: Studio, text_request: Request
) -> None:
    add(status=Status.UNCONFIRMED, sent=False, demo=True)
    assert "Nothing is in doubt" in markdown(visit("unconfirmed"))


def test_a_row_of_the_other_mode_offers_only_what_can_be_done(visit: Visit, add: Add) -> None:
    made = add(status=Status.UNCONFIRMED, sent=False, demo=True)
    page = visit("generation", id=str(made.id))
    assert {b.label for b in page.button} >= {"Mark as not charged"}
    assert "Follow this task" not in {b.label for b in page.button}


# -- the three ways out ---------------------------------------------------------------------------


def test_it_is_marked_as_not_charged(visit: Visit, lose: Lose, studio: Studio) -> None:
    lost = lose(fault=DROP)
    page = visit("unconfirmed")
    page.button(key=f"unconfirmed_write_off_{lost.id}").click().run()
    found = studio.generations.get(lost.id)
    assert (found.status, found.credits_charged) == (Status.FAILED, 0)
    assert f"Generation {lost.id} is closed as not charged." in page.success[0].value
    assert "Nothing is in doubt" in markdown(page)


def test_a_second_tab_is_told_that_there_is_nothing_left_to_decide(
    visit: Visit, lose: Lose, studio: Studio, emulator: Emulator
) -> None:
    lost = lose()
    page = visit("unconfirmed")
    studio.decisions.attach(lost.id, emulator.ledger()["tasks"][-1]["id"])
    page.button(key=f"unconfirmed_write_off_{lost.id}").click().run()
    assert not page.success
    assert "was not marked" in page.error[0].value
    assert "unconfirmed no more" in page.error[0].value
    assert studio.generations.get(lost.id).status is Status.PENDING


def test_its_task_is_attached_and_followed(
    visit: Visit, lose: Lose, studio: Studio, settle: Settle, emulator: Emulator
) -> None:
    lost = lose()
    (task_id,) = [task["id"] for task in emulator.ledger()["tasks"]]
    page = visit("unconfirmed")
    page.text_input(key=f"unconfirmed_task_{lost.id}").set_value(f" {task_id} ").run()
    page.button(key=f"unconfirmed_attach_{lost.id}").click().run()
    assert "is followed again" in page.success[0].value
    assert settle(studio, lost).status is Status.SUCCEEDED


def test_a_task_of_another_time_needs_a_second_click(
    visit: Visit, lose: Lose, elsewhere: str, clock: Clock, studio: Studio
) -> None:
    clock.advance(3600)
    lost = lose()
    page = visit("unconfirmed")
    page.text_input(key=f"unconfirmed_task_{lost.id}").set_value(elsewhere).run()
    page.button(key=f"unconfirmed_attach_{lost.id}").click().run()
    assert "That task was made at 2026-11-22 12:00:00 UTC" in page.warning[0].value
    assert studio.generations.get(lost.id).status is Status.UNCONFIRMED
    page.run()
    button(page, "It is this one all the same").click().run()
    assert studio.generations.get(lost.id).task_id == elsewhere


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "letters, digits and hyphens"), ("0" * 32, "Runway does not know this task")],
)
def test_what_is_no_task_is_said_and_what_was_typed_stays(
    visit: Visit, lose: Lose, studio: Studio, text: str, sentence: str
) -> None:
    lost = lose()
    page = visit("unconfirmed")
    page.text_input(key=f"unconfirmed_task_{lost.id}").set_value(text).run()
    page.button(key=f"unconfirmed_attach_{lost.id}").click().run()
    assert sentence in page.error[0].value
    assert page.text_input(key=f"unconfirmed_task_{lost.id}").value == text
    assert studio.generations.get(lost.id).status is Status.UNCONFIRMED


def test_it_is_sent_again_only_by_who_knows_that_it_may_pay_twice(
    visit: Visit, lose: Lose, studio: Studio, settle: Settle, emulator: Emulator, clock: Clock
) -> None:
    lost = lose()
    clock.advance(60)
    page = visit("unconfirmed")
    again = page.button(key=f"unconfirmed_again_{lost.id}")
    assert again.disabled
    assert again.label == "Send it again · 24 credits ($0.24)"
    page.checkbox(key=f"unconfirmed_twice_{lost.id}").check().run()
    page.button(key=f"unconfirmed_again_{lost.id}").click().run()
    second = studio.generations.get(lost.id + 1)
    assert second.request == lost.request
    assert "sent again as generation" in words(page)
    assert "Send it again" not in [b.label[:13] for b in page.button]
    assert settle(studio, second).status is Status.SUCCEEDED
    assert emulator.ledger()["calls"]["create"] == 2
    assert studio.generations.get(lost.id).status is Status.UNCONFIRMED


# -- import ---------------------------------------------------------------------------------------


def fill(page: AppTest, key: str, task_id: str, prompt: str = "") -> AppTest:
    """Import a task by the form, which a click unfolds."""
    if not page.session_state[key]:
        unfold(page, key)
    page.text_input(key=f"{key}_task").set_value(task_id)
    page.text_area(key=f"{key}_prompt").set_value(prompt)
    return button(page, "Import").click().run()


@pytest.mark.parametrize("name", ["unconfirmed", "history"])
def test_a_task_from_elsewhere_is_imported_and_opened(
    visit: Visit, add: Add, elsewhere: str, studio: Studio, settle: Settle, name: str
) -> None:
    add()
    page = fill(visit(name), f"{name}_import", f"…/tasks/{elsewhere.upper()}\u200b ", HOSTILE)
    assert not page.exception
    assert page.subheader[0].value == "#2 · Unknown model"
    done = settle(studio, studio.generations.get(2))
    assert (done.status, done.credits_charged) == (Status.SUCCEEDED, 24)


def test_an_empty_history_leads_to_the_import(visit: Visit) -> None:
    assert "Import by task id" in words(visit("history"))
    assert "Made elsewhere?" in markdown(unfold(visit("unconfirmed"), "unconfirmed_import"))


def test_a_known_model_is_kept(visit: Visit, elsewhere: str, studio: Studio) -> None:
    page = unfold(visit("unconfirmed"), "unconfirmed_import")
    page.selectbox(key="unconfirmed_import_model").select_index(
        [m.id for m in studio.catalog].index("gen4.5")
    )
    fill(page, "unconfirmed_import", elsewhere)
    assert studio.generations.get(1).request.model == "gen4.5"


def test_a_task_that_is_here_already_is_named(visit: Visit, add: Add) -> None:
    made = add()
    assert made.task_id
    page = fill(visit("unconfirmed"), "unconfirmed_import", made.task_id)
    assert f"Generation {made.id} is this task already" in page.error[0].value
    assert f"Open generation {made.id}" in words(page)


def test_the_task_of_a_lost_answer_is_imported_only_on_insistence(
    visit: Visit, lose: Lose, studio: Studio, emulator: Emulator
) -> None:
    lost = lose()
    (task_id,) = [task["id"] for task in emulator.ledger()["tasks"]]
    page = fill(visit("unconfirmed"), "unconfirmed_import", task_id)
    assert "counts once" in page.warning[0].value
    assert f"Open generation {lost.id}" in words(page)
    page = fill(page.run(), "unconfirmed_import", task_id)
    assert not page.exception
    assert studio.generations.get(lost.id + 1).task_id == task_id


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("a b", "letters, digits and hyphens"), ("0" * 32, "Runway does not know this task")],
)
def test_what_cannot_be_imported_is_said_and_nothing_typed_is_lost(
    visit: Visit, studio: Studio, text: str, sentence: str
) -> None:
    page = fill(visit("unconfirmed"), "unconfirmed_import", text, "Words")
    assert sentence in page.error[0].value
    assert page.text_input(key="unconfirmed_import_task").value == text
    assert page.text_area(key="unconfirmed_import_prompt").value == "Words"
    assert studio.history.sums(Filter()).totals.generations == 0


@pytest.fixture
def imported(studio: Studio, settle: Settle, elsewhere: str) -> Generation:
    """A clip of which nobody has said the model."""
    return settle(studio, studio.decisions.import_task(elsewhere, prompt=HOSTILE)[0])


def test_a_clip_of_no_known_model_is_drawn_everywhere(visit: Visit, imported: Generation) -> None:
    own = visit("generation", id=str(imported.id))
    assert "it was imported by its task id" in markdown(own)
    assert sinks(own) <= TEXT_SINKS
    assert {"Remix", "Use all"}.isdisjoint(b.label for b in own.button)
    assert "Unknown model" in words(visit("history"))
    assert list(visit("history", view="Table").dataframe[0].value["Model"]) == ["Unknown model"]
    assert "Unknown model" in words(visit("create"))
    assert list(visit("spending").dataframe[1].value["Model"]) == ["Unknown model"]


def test_clips_of_no_known_model_are_found_by_the_filter(
    visit: Visit, imported: Generation, add: Add
) -> None:
    add()
    page = visit("history", model="Unknown model", view="Table")
    assert list(page.dataframe[0].value["Number"]) == [imported.id]


def test_its_prompt_can_be_used_again(visit: Visit, imported: Generation) -> None:
    page = visit("generation", id=str(imported.id))
    button(page, "Use prompt").click().run()
    assert not page.exception
    assert page.text_area[0].value == HOSTILE


def test_in_the_demo_a_task_is_imported_too(
    demo: Studio, settle: Settle, text_request: Request
) -> None:
    add_to(demo, text_request, demo=True)
    page = fill(open_page("unconfirmed"), "unconfirmed_import", "0" * 32)
    assert "Runway does not know this task" in page.error[0].value


def test_what_a_provider_never_tells_is_not_asked_of_it(visit: Visit, add: Add) -> None:
    sea = Request("kie_text_to_video", "kie_gen4_turbo", "A quiet sea")
    seen = {"before": {"balance": 100, "today": None}, "after": {"balance": 88, "today": None}}
    add(sea, Status.UNCONFIRMED, sent=False, submitted_at=NOON, finished_at=NOON, evidence=seen)
    said = words(visit("unconfirmed"))
    assert "100 → 88 KIE credits" in said
    assert "Made in 24 hours" not in said
    assert "usage that day" not in said
