"""The page of one generation: what it shows of every ending, and each verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.emulator import Emulator
from core.generations import Generation, Input, Request, Shot, Status, Value
from core.studio import Studio
from pages.ui.compose.form_state import FormState
from tests.conftest import NOON, MakeImageRequest, MakePicture, Settle
from tests.histories import HOSTILE, add_to
from tests.pages.conftest import (
    TEXT_SINKS,
    Add,
    Visit,
    button,
    component_data,
    figures,
    markdown,
    open_page,
    sinks,
    words,
)

See = Callable[[Generation], AppTest]


@pytest.fixture
def see(visit: Visit) -> See:
    """Opens a generation's own page."""
    return lambda generation: visit("generation", id=str(generation.id))


@pytest.mark.parametrize(
    "text", ["", "999", "0", "-1", "abc", "1e9", "9" * 40, "1; drop", "\u00b2"]
)
def test_an_address_that_names_none_gets_a_sentence_and_a_way_back(visit: Visit, text: str) -> None:
    page = visit("generation", id=text)
    assert page.subheader[0].value == "There is no such generation"
    button(page, "Look through the history").click().run()
    assert "Nothing has been made yet" in markdown(page)


@pytest.mark.parametrize("around", [" {} ", "\u200b{}\u00a0", "\ufeff{}"])
def test_blanks_around_the_number_of_an_address_are_forgiven(
    visit: Visit, add: Add, around: str
) -> None:
    page = visit("generation", id=around.format(add().id))
    assert "There is no such generation" not in [one.value for one in page.subheader]


def test_an_address_that_lost_its_number_on_the_way_back_is_mended(see: See, add: Add) -> None:
    made = add()
    page = see(made)
    page.query_params.clear()
    page.query_params["draft"] = "0" * 16
    page.run()
    assert page.subheader[0].value == f"#{made.id} · Gen-4.5"
    scripts = [e.proto.body for e in page.main if e.type == "html"]
    wanted = f"history.replaceState({{}}, '', '?id={made.id}')"
    assert sum(wanted in script for script in scripts) == 1


def texts(page: AppTest) -> list[tuple[str, str]]:
    """The words that can be copied, each with its caption."""
    (words,) = component_data(page, "words")
    return [(part["caption"], part["text"]) for part in words["texts"]]


def test_a_clip_is_played_from_our_own_route(see: See, add: Add) -> None:
    made = add()
    assert made.main
    page = see(made)
    (player,) = component_data(page, "player")
    assert player["src"].startswith(f"/app/static/videos/{made.id}/0")
    assert player["label"] == f"#{made.id} · Gen-4.5"
    assert f"/app/static/videos/{made.id}/0?v={made.main.sha256[:12]}&download=1" in words(page)


def test_everything_that_was_sent_is_told_in_the_words_of_the_catalogue(
    see: See, add: Add, text_request: Request
) -> None:
    params: dict[str, Value] = {"ratio": "720:1280", "duration": 2, "seed": 7}
    page = see(add(replace(text_request, params=params)))
    shown = [text.value for text in page.text]
    assert {"Gen-4.5", "Text", "9:16 · 720 × 1280", "2 seconds", "7"} <= set(shown)
    assert {"Ratio", "Duration", "Seed"} <= {caption.value for caption in page.caption}
    assert texts(page) == [("", "A quiet sea")]


def test_the_shots_of_a_clip_are_its_words(see: See, visit: Visit, add: Add) -> None:
    shots: list[Shot] = [
        {"prompt": HOSTILE, "duration": 2},
        {"prompt": "Harbour at dawn", "duration": 4},
    ]
    params: dict[str, Value] = {"ratio": "16:9", "providerSettings.multiPrompt": shots}
    made = add(Request("text_to_video", "kling3.0_standard", "", params))
    page = see(made)
    assert texts(page) == [("Shot 1 · 2 s", HOSTILE), ("Shot 2 · 4 s", "Harbour at dawn")]
    assert "Without words." not in markdown(page)
    assert "2 shots" in [text.value for text in page.text]
    assert sinks(page) <= TEXT_SINKS
    assert not any("[{" in text.value for text in page.text)
    found = visit("history", q="harbour", view="Table").dataframe[0].value
    assert list(found["Prompt"]) == [f"{HOSTILE}\nHarbour at dawn"]
    button(page, "Use prompt").click().run()
    assert page.session_state["form"].draft.prompt == f"{HOSTILE}\nHarbour at dawn"


def test_the_three_figures_stand_apart(see: See, add: Add) -> None:
    page = see(add(quoted=24, charged=20))
    assert figures(page) == {"Quoted": "24", "Estimated": "24", "Charged": "20"}
    assert [metric.delta for metric in page.metric] == ["$0.24", "$0.24", "$0.20"]
    unknown = see(add(status=Status.FAILED, quoted=None, sent=False))
    assert set(figures(unknown).values()) == {"—"}


def test_a_price_that_was_not_ours_is_said(see: See, add: Add) -> None:
    page = see(add(quoted=24, credits_estimated=30))
    assert "Our price said 24, Runway says at most 30." in markdown(page)
    assert "Our price said" not in markdown(see(add(quoted=24)))


def test_the_timeline_tells_each_state_with_its_moment(see: See, add: Add) -> None:
    page = see(add())
    assert [t.value for t in page.text if t.value in ("Queued", "Done")] == ["Queued", "Done"]
    assert "2026-11-22 12:00:00 UTC" in [caption.value for caption in page.caption]


def test_the_picture_it_started_from_is_shown(
    see: See, add: Add, studio: Studio, image_request: MakeImageRequest, picture: MakePicture
) -> None:
    upload, _notices = studio.uploads.add(HOSTILE, picture())
    page = see(add(image_request(upload.sha256)))
    (image,) = [e.proto.imgs[0].url for e in page.main if e.type == "image"]
    assert image == f"/app/static/pictures/{upload.sha256}"
    assert sinks(page) <= TEXT_SINKS


def test_a_picture_from_the_web_is_text_and_never_fetched(
    see: See, add: Add, image_request: MakeImageRequest
) -> None:
    request = replace(image_request(""), inputs=(Input("first", url="https://evil.test/a.png"),))
    page = see(add(request))
    assert sinks(page) == {"code"}
    assert not [e for e in page.main if e.type == "image"]


def test_what_goes_with_each_file_stands_by_it(
    see: See, add: Add, studio: Studio, picture: Callable[..., bytes]
) -> None:
    upload, _notices = studio.uploads.add("a.png", picture())
    stretch = {"seconds": 2.5, "range.start_seconds": 1, "range.end_seconds": 4}
    guide = Input("keyframe", upload.sha256, settings=stretch)
    page = see(add(Request("video_to_video", "aleph2", "Snow", {}, (guide,))))
    said = "Second: 2.5\nChange from second: 1\nChange to second: 4"
    assert said in [text.value for text in page.text]
    tagged = Input("reference", url="https://evil.test/a.png", settings={"tag": HOSTILE, "x": 1})
    page = see(add(Request("text_to_image", "gen4_image", "A cat", {}, (tagged,))))
    assert f"@{HOSTILE}\nx: 1" in [text.value for text in page.text]
    assert sinks(page) <= TEXT_SINKS


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED, Status.UNCONFIRMED])
def test_hostile_text_is_text_and_nothing_else(
    see: See, add: Add, text_request: Request, status: Status
) -> None:
    params = {**text_request.params, "negativePrompt": HOSTILE, "[x](http://evil.test)": "y"}
    request = replace(text_request, model="veo3.1", prompt=HOSTILE, params=params)
    page = see(add(request, status, reason=HOSTILE, failure_code=HOSTILE))
    assert {"bidi_component", "text"} <= sinks(page), "the prompt, and the settings"
    assert sinks(page) <= TEXT_SINKS


def test_a_model_that_the_catalogue_has_lost_still_has_its_page(see: See, add: Add) -> None:
    page = see(add(Request("text_to_video", "[x](http://evil.test)", "A sea", {"ratio": "odd"})))
    assert page.subheader[0].value.endswith("Unknown model")
    assert sinks(page) <= TEXT_SINKS
    assert "ratio: odd" in [text.value for text in page.text]


def test_a_failure_says_why_what_it_cost_and_what_to_change(see: See, add: Add) -> None:
    page = see(add(status=Status.FAILED, failure_code="SAFETY.INPUT.TEXT", charged=24))
    assert "Reword it" in page.error[0].value
    assert "24 credits" in page.error[0].value
    assert "SAFETY.INPUT.TEXT" in [code.value for code in page.code]


def test_a_demo_says_that_it_is_one(see: See, add: Add) -> None:
    assert ":violet-badge[Demo]" in markdown(see(add(demo=True)))
    assert "nothing was charged" in markdown(see(add(demo=True)))
    assert "Demo" not in markdown(see(add()))


@pytest.mark.parametrize(
    ("verb", "prompt", "seed"),
    [
        ("Use prompt", "Old words", 1),
        ("Use seed", "New words", 7),
        ("Remix", "Old words", None),
        ("Use all", "Old words", 7),
    ],
)
def test_each_verb_brings_its_part_back(
    see: See, add: Add, text_request: Request, verb: str, prompt: str, seed: int | None
) -> None:
    params = {**text_request.params, "seed": 7}
    page = see(add(replace(text_request, prompt="Old words", params=params)))
    current = replace(text_request, prompt="New words", params={**text_request.params, "seed": 1})
    page.session_state["form"] = FormState(current)
    button(page, verb).click().run()
    assert not page.exception
    draft = page.session_state["form"].draft
    assert (draft.prompt, draft.params.get("seed")) == (prompt, seed)
    assert page.text_area[0].value == prompt


def test_what_failed_has_one_verb_before_all_others(see: See, add: Add) -> None:
    buttons = see(add(status=Status.FAILED, failure_code="SAFETY.INPUT.TEXT")).button
    labels = [one.label for one in buttons]
    assert "Edit and try again" in labels
    assert "Remix" not in labels


def test_a_favourite_is_marked_and_unmarked(see: See, add: Add, studio: Studio) -> None:
    made = add()
    page = see(made)
    page.button(key="generation_favourite").click().run()
    assert studio.generations.get(made.id).favourite
    page.button(key="generation_favourite").click().run()
    assert not studio.generations.get(made.id).favourite


def test_the_neighbours_are_one_click_away(see: See, add: Add) -> None:
    first, second, third = add(), add(), add()
    for arrow, neighbour in (("earlier", first), ("later", third)):
        page = see(second)
        page.button(key=f"generation_{arrow}").click().run()
        assert page.session_state["generation_seen"] == str(neighbour.id)
    assert see(first).button(key="generation_earlier").disabled
    assert see(third).button(key="generation_later").disabled


def test_what_is_open_is_watched_and_cancelled(see: See, add: Add, studio: Studio) -> None:
    made = add(status=Status.RUNNING, progress=0.5)
    page = see(made)
    assert "Rendering" in page.status[0].label
    button(page, "Cancel").click().run()
    assert studio.generations.get(made.id).cancel_requested
    studio._store.move(studio.generations.get(made.id), Status.CANCELLED, made.created_at)
    page.run()
    assert not page.status
    assert "Cancelled" in page.info[0].value


def test_what_its_provider_cannot_cancel_says_so(see: See, add: Add, studio: Studio) -> None:
    sea = Request("kie_text_to_video", "kie_gen4_turbo", "A quiet sea")
    page = see(made := add(sea, Status.QUEUED))
    studio._store.move(made, Status.RUNNING, NOON, task_id="one")
    button(page, "Cancel").click().run()
    assert [toast.value for toast in page.toast] == [
        "KIE cannot cancel: it goes on, and costs what it costs."
    ]
    assert "Cancel" not in {one.label for one in page.button}
    assert "Cannot be cancelled" in {one.value for one in page.caption}
    assert not studio.generations.get(made.id).cancel_requested


def test_a_frame_of_the_clip_starts_the_next_one(
    see: See, studio: Studio, settle: Settle, text_request: Request
) -> None:
    made, _new = studio.compose.submit(replace(text_request, prompt=HOSTILE), "a" * 16)
    page = see(settle(studio, made))
    page.button(key="generation_0_frame_image_to_video_first").click().run()
    assert not page.exception
    draft = page.session_state["form"].draft
    upload = studio.uploads.get(draft.inputs[0].sha256)
    assert (draft.endpoint, draft.prompt) == ("image_to_video", "")
    assert upload is not None
    assert (upload.width, upload.height) == (1280, 720)


def test_a_lost_clip_file_gets_a_sentence_and_comes_back(
    see: See, studio: Studio, settle: Settle, text_request: Request
) -> None:
    made = settle(studio, studio.compose.submit(text_request, "a" * 16)[0])
    assert made.main
    file = studio.media.output(made.main)
    file.unlink()
    page = see(made)
    page.button(key="generation_0_frame_image_to_video_first").click().run()
    assert "no longer on this server" in page.error[0].value
    button(page, "Fetch it again").click().run()
    assert not page.exception
    assert not page.error
    assert file.is_file()
    said = f"Generation {made.id} was fetched again from Runway."
    assert [toast.value for toast in page.toast] == [said]
    assert not page.run().toast


def test_a_clip_that_runway_has_no_more_is_said_so(see: See, add: Add) -> None:
    page = see(add())
    button(page, "Fetch it again").click().run()
    assert not page.exception
    assert page.error[0].proto.title == "Runway does not know this task."


def test_a_task_that_runway_knows_no_more_is_asked_for_before_anything_that_costs(
    see: See, studio: Studio, emulator: Emulator, settle: Settle, text_request: Request
) -> None:
    emulator.script([{"on": "task", "times": 4, "do": {"status": 404}}])
    gone = settle(studio, studio.compose.submit(text_request, "a" * 16)[0])
    page = see(gone)
    assert page.error[0].proto.title == "Runway does not know this task any more."
    assert "prompt" not in page.error[0].value
    assert "costs nothing" in page.error[0].value
    offered = [b.label for b in page.button if b.label not in ("Earlier", "Later")]
    assert offered[:2] == ["Fetch it again from Runway", "Edit and try again"]
    button(page, "Fetch it again").click().run()
    assert not page.exception
    assert studio.generations.get(gone.id).status is Status.SUCCEEDED


def test_only_what_runway_made_is_offered_to_be_fetched(see: See, add: Add) -> None:
    refused = see(add(status=Status.FAILED, sent=False))
    failed = see(add(status=Status.FAILED, failure_code="INTERNAL"))
    lost = see(add(status=Status.FAILED))
    offers = [[b.label[:5] for b in page.button].count("Fetch") for page in (refused, failed, lost)]
    assert offers == [0, 0, 1]


def test_an_unconfirmed_one_is_decided_on_here_too(see: See, add: Add, studio: Studio) -> None:
    evidence = {"before": {"balance": 1000, "today": 3}, "after": {"balance": 976, "today": 4}}
    made = add(
        status=Status.UNCONFIRMED,
        sent=False,
        submitted_at=NOON,
        evidence=evidence,
        reason="No answer came.",
    )
    page = see(made)
    assert "1,000 → 976 credits (-24)" in [text.value for text in page.text]
    assert "It stays a suggestion" in markdown(page)
    page.button(key=f"unconfirmed_write_off_{made.id}").click().run()
    found = studio.generations.get(made.id)
    assert (found.status, found.credits_charged) == (Status.FAILED, 0)
    assert "Nothing was charged" in page.error[0].value
    assert "is closed as not charged" in page.success[0].value


def test_what_is_said_of_a_decision_is_said_once(see: See, add: Add) -> None:
    made = add(status=Status.UNCONFIRMED, sent=False)
    page = see(made)
    page.button(key=f"unconfirmed_write_off_{made.id}").click().run()
    assert page.success
    assert not page.run().success


@pytest.mark.parametrize("text", ["", "../organization", "a b", "né"])
def test_what_is_no_task_id_is_not_asked_for(see: See, add: Add, text: str) -> None:
    made = add(status=Status.UNCONFIRMED, sent=False)
    page = see(made)
    page.text_input(key=f"unconfirmed_task_{made.id}").set_value(text).run()
    page.button(key=f"unconfirmed_attach_{made.id}").click().run()
    assert "letters, digits and hyphens" in page.error[-1].value


def test_the_task_of_another_generation_is_refused(see: See, add: Add) -> None:
    other, made = add(), add(status=Status.UNCONFIRMED, sent=False)
    page = see(made)
    page.text_input(key=f"unconfirmed_task_{made.id}").set_value(other.task_id).run()
    page.button(key=f"unconfirmed_attach_{made.id}").click().run()
    assert f"Generation {other.id} is this task already" in page.error[-1].value


def test_in_the_demo_the_same_page_stands(demo: Studio, text_request: Request) -> None:
    made = add_to(demo, text_request, demo=True)
    page = open_page("generation", id=str(made.id))
    assert ":violet-badge[Demo]" in markdown(page)


def test_a_cancelled_one_without_a_figure_is_settled_by_hand(
    see: See, add: Add, studio: Studio
) -> None:
    made = add(status=Status.CANCELLED)
    assert studio.history.bought("model", demo=False)[0].pending == 24
    page = see(made)
    assert {"It cost nothing", "It cost 24 credits"} <= {b.label for b in page.button}
    page.button(key="generation_settle_24").click().run()
    assert not page.exception
    assert studio.generations.get(made.id).credits_charged == 24
    (spent,) = studio.history.bought("model", demo=False)
    assert (spent.settled, spent.pending) == (24, 0)
    assert "It cost nothing" not in {b.label for b in page.button}


def test_what_an_import_cost_is_written_down_where_its_provider_tells_nothing(
    see: See, add: Add, studio: Studio
) -> None:
    store, outputs = studio._store, add().outputs
    taken, _new = store.add_task(
        Request("", ""),
        "made-elsewhere",
        kind="",
        demo=False,
        estimated=None,
        made_at=NOON,
        now=NOON,
        provider="kie",
    )
    store.move(taken, Status.SUCCEEDED, NOON, outputs=outputs)
    page = see(taken)
    button(page, "It cost that").click().run()
    assert [one.value for one in page.error] == ["Write how many credits it cost."]
    page.number_input(key="generation_settle_figure").set_value(110)
    button(page, "It cost that").click().run()
    assert not page.exception
    assert studio.generations.get(taken.id).credits_charged == 110
    assert "It cost nothing" not in {one.label for one in page.button}


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.UNCONFIRMED])
def test_a_demo_sends_nobody_to_runway_for_what_it_cost(
    demo: Studio, text_request: Request, status: Status
) -> None:
    made = add_to(demo, text_request, status, demo=True, sent=False)
    said = words(open_page("generation", id=str(made.id)))
    assert "dev.runwayml.com" not in said
    assert "This is a demo" in said


def test_what_runway_has_settled_is_not_settled_again(add: Add, studio: Studio) -> None:
    made = add(status=Status.FAILED, charged=0)
    studio.decisions.settle(made.id, 24)
    assert studio.generations.get(made.id).credits_charged == 0


def test_what_runway_says_may_pass_later_is_sent_again_for_its_price_once(
    see: See, add: Add, studio: Studio
) -> None:
    failed = {"failure_code": "INTERNAL", "remote_status": "FAILED", "charged": 0}
    made = add(status=Status.FAILED, at=NOON - timedelta(hours=1), **failed)
    page = see(made)
    assert "Nothing was charged." in page.error[0].value
    again = button(page, "Try again")
    assert again.label == "Try again · 24 credits ($0.24)"
    again.click().run()
    assert not page.exception
    repeated = studio.generations.get(made.id + 1)
    assert (repeated.request, repeated.status) == (made.request, Status.QUEUED)
    assert len(studio.history.in_flight()) == 1


def test_a_moderation_failure_is_edited_and_never_sent_again_unchanged(
    see: See, add: Add, studio: Studio, text_request: Request
) -> None:
    model = studio.compose.model(text_request)
    assert model
    asked = replace(text_request, params={**model.defaults, **text_request.params})
    made = add(
        asked, status=Status.FAILED, failure_code="SAFETY.OUTPUT.VIDEO", remote_status="FAILED"
    )
    page = see(made)
    assert not [b for b in page.button if b.label.startswith("Try again")]
    page.button(key="generation_failure_edit").click().run()
    page.switch_page("create.py").run()
    assert page.text_area[0].value == made.request.prompt
    button(page, "Generate").click().run()
    assert "Moderation stopped exactly this before (generation 1)" in words(page)
    assert studio.history.in_flight() == []
    page.text_area[0].set_value("Another sea").run()
    button(page, "Generate").click().run()
    assert len(studio.history.in_flight()) == 1
