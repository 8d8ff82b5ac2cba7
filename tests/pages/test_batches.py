"""Many at once on the pages: ordered by one click for one price, followed and steered as one."""

from __future__ import annotations

from dataclasses import replace

from core.domain.batches import Batch
from core.domain.caps import EVERYONE, Period
from core.domain.families import Way
from core.emulator import Emulator
from core.generations import Request, Review, Status
from core.storage.history import Filter, Order
from core.studio import Studio
from core.studio.making.batches import Wanted
from tests.conftest import Clock, Settle, account_of
from tests.core.studio.making.test_batches import BROKEN, PRICE, many, order, rows, settle_all
from tests.histories import HOSTILE
from tests.pages.compose.test_create import choose_model, generate, keyed, start_from, write
from tests.pages.compose.test_preflight import panel
from tests.pages.conftest import Visit, button, component_data, unfold, words
from tests.pages.test_foreign import live


def ordered(studio: Studio) -> Batch:
    (batch,) = studio.batches.newest(9)
    return batch


# -- variations -----------------------------------------------------------------------------------


def test_a_number_beside_generate_orders_as_many_for_the_price_on_the_button(
    visit: Visit, studio: Studio
) -> None:
    page = visit("create")
    choose_model(start_from(page, "text"), "gen4.5")
    write(page, "A quiet sea")
    keyed(page.number_input, "count").set_value(4).run()
    one = studio.compose.quote(page.session_state["form"].draft)
    assert one
    assert button(page, "Generate 4").label.startswith(f"Generate 4 · {4 * one} credits")
    account = account_of(studio).organization
    assert account
    page.run()
    left = account.credit_balance - 4 * one
    assert panel(page).proto.popover.label == f"{left:,} credits left after it"
    generate(page)
    batch, made = ordered(studio), rows(studio)
    assert (batch.name, batch.size, len(made)) == ("A quiet sea", 4, 4)
    assert len({generation.request.params["seed"] for generation in made}) == 4
    assert sum(generation.credits_quoted or 0 for generation in made) == 4 * one
    assert page.toast[0].value == "4 are on their way."
    assert "4 waiting" in words(page)
    (strip,) = component_data(page, "strip") or [{"takes": []}]
    assert strip["takes"] == [], "a batch is one card"


def test_the_second_of_two_clicks_orders_nothing(visit: Visit, studio: Studio) -> None:
    page = visit("create")
    choose_model(start_from(page, "text"), "gen4.5")
    write(page, "A quiet sea")
    keyed(page.number_input, "count").set_value(3).run()
    generate(page)
    generate(page)
    assert len(rows(studio)) == ordered(studio).size == 3


def test_a_cap_without_room_for_all_is_said_before_anything_is_ordered(
    visit: Visit, studio: Studio
) -> None:
    studio.caps.set(EVERYONE, Period.DAY, 100, by="Nora")
    page = visit("create")
    choose_model(start_from(page, "text"), "gen4.5")
    write(page, "A quiet sea")
    keyed(page.number_input, "count").set_value(50).run()
    generate(page)
    assert "Everyone's cap today is 100 credits" in page.error[0].value
    assert not rows(studio)


# -- one batch ------------------------------------------------------------------------------------


def test_its_page_says_how_far_it_is_and_steers_the_rest(
    visit: Visit, studio: Studio, text_request: Request, settle: Settle
) -> None:
    batch = order(studio, many(text_request, 3))
    page = visit("batch", id=batch.id)
    assert "3 waiting" in words(page)
    assert f"at most {3 * PRICE} credits" in words(page)
    assert len(component_data(page, "gallery")[0]["cards"]) == 3
    button(page, "Pause").click().run()
    assert studio.batches.get(batch.id).is_paused
    assert "Paused · 3 waiting" in words(page)
    button(page, "Resume").click().run()
    assert not studio.batches.get(batch.id).is_paused
    button(page, "Cancel the 3 waiting").click().run()
    settle_all(studio, settle)
    page.run()
    assert "3 cancelled" in words(page)
    assert "0 credits" in words(page)


def test_what_failed_at_no_cost_is_tried_again_for_the_price_on_its_button(
    visit: Visit, studio: Studio, emulator: Emulator, text_request: Request, settle: Settle
) -> None:
    emulator.script([{"on": "create", "times": 2, "do": {"outcome": BROKEN, "after": "accept"}}])
    batch = order(studio, many(text_request, 3))
    settle_all(studio, settle)
    page = visit("batch", id=batch.id)
    assert "1 done, 2 failed" in words(page)
    again = button(page, "Try the 2 failed again")
    assert again.label.endswith(f"{2 * PRICE} credits ($0.48)")
    again.click().run()
    settle_all(studio, settle)
    page.run()
    assert "3 done" in words(page)
    assert not [b for b in page.button if b.label.startswith("Try the")]


def test_what_a_cap_holds_back_is_said_in_place_of_trying_again(
    visit: Visit, studio: Studio, emulator: Emulator, text_request: Request, settle: Settle
) -> None:
    emulator.script([{"on": "create", "do": {"outcome": BROKEN, "after": "accept"}}])
    batch = order(studio, many(text_request, 1))
    settle_all(studio, settle)
    studio.caps.set(EVERYONE, Period.DAY, 1, by="Nora")
    page = visit("batch", id=batch.id)
    assert "cap today is 1 credit" in words(page)
    assert not [b for b in page.button if b.label.startswith("Try the")]


def test_a_page_without_a_batch_says_so(visit: Visit) -> None:
    assert "There is no such batch" in words(visit("batch", id="0" * 16))


def test_a_name_is_text_wherever_it_stands(
    visit: Visit, studio: Studio, text_request: Request, clock: Clock
) -> None:
    wanted = [Wanted(replace(text_request, prompt=HOSTILE))]
    batch, _ = studio.batches.submit(HOSTILE, wanted, "click", author=HOSTILE)
    assert live(visit("batch", id=batch.id)) == []
    assert live(visit("create")) == []


def test_its_end_is_told_once_for_all(
    visit: Visit, studio: Studio, text_request: Request, settle: Settle
) -> None:
    page = visit("create")
    batch = order(studio, many(text_request, 2))
    page.session_state["clicks_own_batches"] = [batch.id]
    page.run()
    assert component_data(page, "announcer")[0]["ended"] == []
    settle_all(studio, settle)
    page.run()
    (told,) = component_data(page, "announcer")[0]["ended"]
    assert told == {"id": batch.id, "says": "Seas: 2 done"}
    assert {one.status for one in rows(studio)} == {Status.SUCCEEDED}


# -- choices, lists and models --------------------------------------------------------------------


def test_a_prompt_with_choices_is_seen_row_by_row_before_it_is_ordered(
    visit: Visit, studio: Studio
) -> None:
    page = visit("create")
    choose_model(start_from(page, "text"), "gen4.5")
    page.switch_page("batches.py").run()
    page.text_area(key="batches_template").set_value("{A red|A blue} boat at {dawn,noon}").run()
    one = studio.compose.quote(page.session_state["form"].draft)
    assert one
    assert (
        button(page, "Generate 4").label == f"Generate 4 · {4 * one} credits (${4 * one / 100:.2f})"
    )
    button(page, "Generate 4").click().run()
    assert [made.request.prompt for made in rows(studio)] == [
        "A red boat at dawn",
        "A red boat at noon",
        "A blue boat at dawn",
        "A blue boat at noon",
    ]


def test_nothing_of_a_list_is_ordered_until_what_is_not_right_is_taken_out(
    visit: Visit, studio: Studio
) -> None:
    page = visit("create")
    choose_model(start_from(page, "text"), "gen4.5")
    page.switch_page("batches.py").run()
    page.segmented_control(key="batches_source").set_value("List").run()
    table = "prompt;project;tags\nA boat;Sea;night, fog\n=A1;;\nA boat;Sea;\n"
    page.text_area(key="batches_pasted").set_value(table).run()
    assert button(page, "Generate 3").disabled
    told = [one.value for one in page.caption if one.value.startswith("Row")]
    assert [one.partition(":")[0] for one in told] == ["Row 2", "Row 3"]
    assert "the same as row 1" in told[1]
    button(page, "Remove the 1 with errors").click().run()
    assert not button(page, "Generate 2").disabled
    button(page, "Remove the 1 repeated").click().run()
    button(page, "Generate 1").click().run()
    (made,) = rows(studio)
    assert made.request.prompt == "A boat"
    project = studio.projects.find("Sea")
    assert project
    assert made.project_id == project.id
    assert studio.history.numbers(Filter(search="tag:fog"), Order.NEWEST) == [made.id]


def test_every_model_meets_every_ratio(visit: Visit, studio: Studio) -> None:
    page = visit("create")
    choose_model(start_from(page, "text"), "gen4.5")
    write(page, "A quiet sea")
    page.switch_page("batches.py").run()
    page.segmented_control(key="batches_source").set_value("Models and ratios").run()
    page.multiselect(key="batches_models").set_value(["gen4.5", "veo3.1"]).run()
    page.multiselect(key="batches_ratios").set_value(["16:9", "9:16"]).run()
    button(page, "Generate 4").click().run()
    assert {(made.model, made.request.params["ratio"]) for made in rows(studio)} == {
        (model, ratio) for model in ("gen4.5", "veo3.1") for ratio in ("1280:720", "720:1280")
    }


def test_a_list_that_is_kept_by_name_is_written_once(visit: Visit) -> None:
    page = unfold(visit("batches"), "wildcards")
    page.text_input(key="wildcard_name_").set_value("two words")
    page.text_area(key="wildcard_lines_").set_value("red\nblue")
    button(page, "Save").click().run()
    assert "one word" in words(page)
    assert page.text_area(key="wildcard_lines_").value == "red\nblue"
    page.text_input(key="wildcard_name_").set_value("colours")
    button(page, "Save").click().run()
    assert page.selectbox(key="wildcard").value == "colours"
    page.text_area(key="batches_template").set_value("A {colours} boat").run()
    assert button(page, "Generate 2")
    button(page, "Delete").click().run()
    assert "No choice is called “colours”" in page.error[0].value


def test_what_is_no_template_or_no_table_is_said_and_kept(visit: Visit) -> None:
    page = visit("batches")
    page.text_area(key="batches_template").set_value("{a|b").run()
    assert "never closed" in page.error[0].value
    page.segmented_control(key="batches_source").set_value("List").run()
    page.text_area(key="batches_pasted").set_value("shot,words\n1,A boat\n").run()
    assert "does not name the columns" in page.error[0].value
    page.segmented_control(key="batches_source").set_value("Prompt with choices").run()
    assert page.text_area(key="batches_template").value == "{a|b"


def test_what_is_approved_of_a_draft_is_made_on_a_dearer_model_by_one_click(
    visit: Visit, studio: Studio, text_request: Request, settle: Settle
) -> None:
    batch = order(studio, many(text_request, 3))
    settle_all(studio, settle)
    drafts = rows(studio)
    page = visit("batch", id=batch.id)
    assert not [b for b in page.button if b.label.startswith("Promote")]
    studio.reviews.set_state([drafts[0].id, drafts[2].id], Review.APPROVED, by="Ann")
    page.run()
    page.selectbox(key="batch_promote_model").set_value(
        next(m for m in page.selectbox(key="batch_promote_model").options if "Veo 3.1" in m)
    ).run()
    promote = button(page, "Promote 2")
    assert "credits" in promote.label
    promote.click().run()
    promoted = studio.batches.newest(1)[0]
    made = studio.history.these(studio.batches.numbers(promoted.id))
    assert [one.request.prompt for one in made] == [
        drafts[place].request.prompt for place in (0, 2)
    ]
    assert {one.model for one in made} != {text_request.model}
    told = {one.generation.id: one for one in studio.families.of(made[0].id).members}[made[0].id]
    assert (told.parent, told.way) == (drafts[0].id, Way.PROMOTED)
    assert promoted.name.startswith("Seas · Veo 3.1")
