"""The Create page: what a person can do there, what it refuses, and what it never loses."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.emulator import Emulator
from core.generations import Generation, Request, Status
from core.media.disk_space import Disk
from core.serving import presenting
from core.settings import ROOT, Settings
from core.storage.history import Filter, Order
from core.studio import Studio
from tests.conftest import Clock
from tests.histories import HOSTILE
from tests.pages.conftest import component_data

SAFE_SINKS = {"text", "code", "text_area", "bidi_component"}


@pytest.fixture
def open_page(studio: Studio) -> Iterator[Callable[[], AppTest]]:
    """Opens the Create page in a session of its own."""

    def open_one() -> AppTest:
        return AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20).run()

    with presenting(studio):
        yield open_one


@pytest.fixture
def page(open_page: Callable[[], AppTest]) -> AppTest:
    return open_page()


def generate(page: AppTest) -> AppTest:
    """Press the button that carries the price."""
    return button(page, "Generate").click().run()


def button(page: AppTest, label: str) -> Any:
    return next(b for b in page.button if b.label.startswith(label))


def keyed(elements: Iterable[Any], name: str) -> Any:
    """The widget of the form with that name, whatever version of the form it is."""
    return next(e for e in elements if e.key and e.key.endswith(f"_{name}"))


def history(studio: Studio) -> list[Generation]:
    return studio.history.page(Filter(), Order.NEWEST, 1, 50)


def errors(page: AppTest) -> str:
    assert not page.exception
    return " ".join(error.value for error in page.error)


def start_from(page: AppTest, kind: str) -> AppTest:
    return keyed(page.segmented_control, "kind").select(kind).run()


def choose_model(page: AppTest, model_id: str) -> AppTest:
    """Choose a model of the kind that is shown."""
    version, kind = page.session_state["form"].version, keyed(page.segmented_control, "kind").value
    name = f"create_{version}_model_{kind}"
    page.session_state[name] = (page.session_state[name][0], model_id)
    return page.run()


def choose_from(page: AppTest, role: str, source: str) -> AppTest:
    """Open the dialog in which a file for that input is chosen, where it has them from there."""
    keyed(page.button, f"choose_{role}").click().run()
    return keyed(page.segmented_control, f"source_{role}").select(source).run()


def upload(page: AppTest, name: str, content: bytes) -> AppTest:
    return keyed(page.file_uploader, "upload_first").upload(name, content).run()


def write(page: AppTest, text: str) -> AppTest:
    return keyed(page.text_area, "prompt").set_value(text).run()


def test_an_upload_and_a_prompt_become_a_generation_with_the_price_of_the_button(
    page: AppTest, studio: Studio, picture: Callable[..., bytes]
) -> None:
    upload(page, "sea.png", picture((1280, 720)))
    write(page, "A slow push in")
    assert button(page, "Generate").label == "Generate · 25 credits ($0.25)"
    generate(page)
    (made,) = history(studio)
    assert (made.request.prompt, made.credits_quoted) == ("A slow push in", 25)
    assert made.request.inputs[0].role == "first"
    assert made.status is Status.QUEUED


def test_the_price_follows_the_settings(page: AppTest) -> None:
    start_from(page, "text")
    choose_model(page, "veo3.1")
    assert button(page, "Generate").label == "Generate · 160 credits ($1.60)"
    keyed(page.toggle, "audio").set_value(False).run()
    assert button(page, "Generate").label == "Generate · 80 credits ($0.80)"


def test_a_new_picture_chooses_the_nearest_ratio(
    page: AppTest, studio: Studio, picture: Callable[..., bytes]
) -> None:
    upload(page, "tall.png", picture((700, 1200)))
    generate(page)
    assert history(studio)[0].request.params["ratio"] == "720:1280"


def test_the_ratio_of_a_picture_goes_with_the_picture(
    page: AppTest, picture: Callable[..., bytes]
) -> None:
    usual = keyed(page.pills, "ratio").value
    upload(page, "tall.png", picture((700, 1200)))
    assert keyed(page.pills, "ratio").value == "720:1280"
    button(page, "Remove").click().run()
    assert keyed(page.pills, "ratio").value == usual


def test_a_ratio_that_somebody_chose_stays_without_the_picture(
    page: AppTest, picture: Callable[..., bytes]
) -> None:
    upload(page, "tall.png", picture((700, 1200)))
    keyed(page.pills, "ratio").set_value("960:960").run()
    button(page, "Remove").click().run()
    assert keyed(page.pills, "ratio").value == "960:960"


def test_every_reason_is_listed_at_once_and_nothing_is_lost(page: AppTest, studio: Studio) -> None:
    choose_model(page, "gen4.5")
    write(page, "😀" * 501)
    generate(page)
    assert "First frame: choose a picture." in errors(page)
    assert "1,002 of 1,000" in errors(page)
    assert keyed(page.text_area, "prompt").value == "😀" * 501
    assert history(studio) == []


def test_a_prompt_that_nobody_can_see_is_none_and_costs_nothing(
    page: AppTest, studio: Studio
) -> None:
    start_from(page, "text")
    write(page, "\u200b\u2060")
    generate(page)
    assert "Write a prompt" in errors(page)
    assert history(studio) == []


def test_a_mended_form_stops_complaining(page: AppTest, studio: Studio) -> None:
    start_from(page, "text")
    generate(page)
    assert "Write a prompt" in errors(page)
    assert any("Write a prompt" in caption.value for caption in page.caption)
    write(page, "A quiet sea")
    assert errors(page) == ""
    assert not any("Write a prompt" in caption.value for caption in page.caption)
    generate(page)
    assert len(history(studio)) == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.png", b"just words" * 99, "not a PNG, JPEG, WebP, HEIC or AVIF"),
        ("b.jpg", None, "damaged or cut short"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_the_prompt_stays(
    page: AppTest,
    picture: Callable[..., bytes],
    name: str,
    content: bytes | None,
    sentence: str,
) -> None:
    write(page, "Kept")
    upload(page, name, content or picture((900, 600), "JPEG")[:9000])
    assert sentence in errors(page)
    assert keyed(page.text_area, "prompt").value == "Kept"


def test_a_converted_picture_is_said_so(page: AppTest, picture: Callable[..., bytes]) -> None:
    upload(page, "print.jpg", picture((640, 480), "JPEG", mode="CMYK"))
    assert not page.exception
    assert any("CMYK" in caption.value for caption in page.caption)


def test_the_form_stays_as_it_was_after_submit(page: AppTest) -> None:
    start_from(page, "text")
    write(page, "A quiet sea")
    generate(page)
    assert keyed(page.text_area, "prompt").value == "A quiet sea"
    assert keyed(page.segmented_control, "kind").value == "text"


def test_the_form_can_be_used_again_at_once(page: AppTest, studio: Studio) -> None:
    start_from(page, "text")
    for prompt in ("First", "Second", "Third"):
        write(page, prompt)
        generate(page)
    assert [made.request.prompt for made in history(studio)] == ["Third", "Second", "First"]


def test_a_page_that_was_blanked_in_passing_is_filled_again(page: AppTest, studio: Studio) -> None:
    start_from(page, "text")
    write(page, "A quiet sea")
    keyed(page.segmented_control, "kind").set_value(None)
    write(page, "")
    assert not page.exception
    assert keyed(page.segmented_control, "kind").value == "text"
    assert keyed(page.text_area, "prompt").value == "A quiet sea"


def test_two_tabs_on_one_address_do_not_write_over_each_other(
    page: AppTest, open_page: Callable[[], AppTest]
) -> None:
    write(start_from(page, "text"), "Mine")
    key = page.session_state["form"].draft_key
    other = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20)
    other.query_params["draft"] = key
    write(other.run(), "Theirs")
    again = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20)
    again.query_params["draft"] = key
    assert keyed(again.run().text_area, "prompt").value == "Mine"


def test_what_waits_can_be_tried_at_once(
    page: AppTest, studio: Studio, emulator: Emulator, settle: Callable[..., Generation]
) -> None:
    emulator.script([{"on": "create", "do": {"status": 429, "body": {"error": "Too many"}}}])
    write(start_from(page, "text"), "A quiet sea")
    generate(page)
    settle(studio, history(studio)[0], until=lambda found: found.retry_at is not None)
    page.run()
    button(page, "Try now").click().run()
    assert studio.generations.get(1).retry_at is None


def test_a_page_change_loses_nothing(page: AppTest, picture: Callable[..., bytes]) -> None:
    upload(page, "sea.png", picture((1280, 720)))
    write(page, "A quiet sea")
    keyed(page.slider, "duration").set_value(9).run()
    page.switch_page("models.py").run()
    page.switch_page("create.py").run()
    assert keyed(page.text_area, "prompt").value == "A quiet sea"
    assert button(page, "Generate").label == "Generate · 45 credits ($0.45)"
    assert generate(page).error.len == 0


def test_a_reload_loses_nothing(page: AppTest, open_page: Callable[[], AppTest]) -> None:
    start_from(page, "text")
    write(page, "A quiet sea")
    key = page.session_state["form"].draft_key
    again = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20)
    again.query_params["draft"] = key
    again.run()
    assert keyed(again.text_area, "prompt").value == "A quiet sea"
    assert keyed(again.segmented_control, "kind").value == "text"


def test_a_hostile_draft_key_starts_a_fresh_form(studio: Studio) -> None:
    with presenting(studio):
        page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20)
        page.query_params["draft"] = "../../etc' or 1=1"
        page.run()
        assert not page.exception
        assert keyed(page.text_area, "prompt").value == ""


def test_settings_survive_a_change_of_model_where_they_fit(page: AppTest) -> None:
    keyed(page.slider, "duration").set_value(8).run()
    choose_model(page, "veo3.1_fast")
    assert keyed(page.pills, "duration").value == 8
    choose_model(page, "gen4.5")
    assert keyed(page.slider, "duration").value == 8


def test_a_ratio_that_the_next_model_lacks_becomes_its_nearest_and_is_said_so(
    page: AppTest, studio: Studio
) -> None:
    start_from(page, "text")
    choose_model(page, "happyhorse_1_0")
    keyed(page.selectbox, "ratio").set_value("1080:1920").run()
    choose_model(page, "gen4.5")
    assert keyed(page.pills, "ratio").value == "720:1280"
    assert any("1080:1920 does not fit; it is 720:1280." in c.value for c in page.caption)


def test_of_several_files_those_that_are_refused_are_named_and_only_till_the_next_step(
    page: AppTest, studio: Studio, picture: Callable[..., bytes]
) -> None:
    start_from(page, "still")
    choose_model(page, "gen4_image")
    keyed(page.button, "choose_reference").click().run()
    field = keyed(page.file_uploader, "upload_more_reference")
    field.upload("good.png", picture())
    field.upload("bad.png", b"no picture" * 99)
    field.upload("worse.png", b"").run()
    said = [text.value for text in page.text]
    assert said.count("good.png") == 1, "at its picture alone"
    assert {"bad.png", "worse.png"} <= set(said)
    assert len(page.error) == 2
    choose_model(page, "gen4_image_turbo")
    assert not page.error


def test_what_is_said_of_a_refused_file_makes_room_for_the_next(page: AppTest) -> None:
    start_from(page, "still")
    choose_model(page, "gen4_image")
    keyed(page.button, "choose_reference").click().run()
    box = keyed(page.file_uploader, "upload_more_reference").upload("bad.png", b"no picture")
    kept = list(box._files)
    box.run()
    (first,) = {error.value for error in page.error}
    box = keyed(page.file_uploader, "upload_more_reference").upload("worse.png", b"")
    box._files[:0] = kept  # the browser's box keeps what it has
    box.run()
    (second,) = {error.value for error in page.error}
    assert first != second
    assert "bad.png" not in [text.value for text in page.text]


@pytest.mark.point(14)
def test_two_people_who_order_the_same_at_once_both_get_it(
    open_page: Callable[[], AppTest], studio: Studio
) -> None:
    first, second = open_page(), open_page()
    for tab in (first, second):
        write(start_from(tab, "text"), "A quiet sea")
    generate(first)
    generate(second)
    assert len(history(studio)) == 2


@pytest.mark.point(14)
def test_the_second_click_of_a_double_click_orders_nothing_where_it_meets_the_fresh_button(
    page: AppTest, studio: Studio, clock: Clock
) -> None:
    write(start_from(page, "text"), "A quiet sea")
    generate(page)
    clock.advance(2)
    generate(page)
    assert len(history(studio)) == 1
    assert [toast.value for toast in page.toast] == ["That is #1 already."]
    clock.advance(2)
    generate(page)
    assert len(history(studio)) == 2, "a click of its own"


def test_new_words_and_a_click_at_once_count_where_the_earlier_words_had_made_something(
    page: AppTest, studio: Studio, settle: Callable[..., Generation]
) -> None:
    write(start_from(page, "text"), "A quiet sea")
    generate(page)
    settle(studio, history(studio)[0])
    page.run()
    keyed(page.text_area, "prompt").set_value("A quiet lake")
    button(page, "Generate again").click().run()
    assert [one.request.prompt for one in history(studio)] == ["A quiet lake", "A quiet sea"]


@pytest.mark.parametrize("ended", [Status.FAILED, Status.CANCELLED])
def test_what_has_just_ended_in_vain_is_ordered_again_by_the_next_click(
    page: AppTest, studio: Studio, ended: Status
) -> None:
    write(start_from(page, "text"), "A quiet sea")
    generate(page)
    (first,) = history(studio)
    assert studio._store.move(first, ended, studio.now)
    page.run()
    generate(page)
    assert [one.status for one in history(studio)] == [Status.QUEUED, ended]


def test_a_click_on_a_price_that_has_changed_does_not_count(page: AppTest, studio: Studio) -> None:
    start_from(page, "text")
    write(page, "A quiet sea")
    stale = button(page, "Generate").click()
    keyed(page.slider, "duration").set_value(10)
    stale.run()
    assert history(studio) == []
    assert button(page, "Generate").label == "Generate · 120 credits ($1.20)"


def test_the_same_request_is_offered_as_the_clip_it_made(
    page: AppTest, studio: Studio, settle: Callable[..., Generation], text_request: Request
) -> None:
    start_from(page, "text")
    write(page, text_request.prompt)
    keyed(page.slider, "duration").set_value(2).run()
    generate(page)
    waits = [data["etag"] for data in component_data(page, "lookout")]
    assert waits == [studio.in_flight.etag()] * 2, "the stage, and what tells that it has ended"
    settle(studio, history(studio)[0])
    page.run()
    assert component_data(page, "lookout") == [], "a page that waits for nothing asks for nothing"
    assert button(page, "Generate").label == "Generate again · 24 credits ($0.24)"
    assert "The same as #1" in [link.proto.label for link in page.get("page_link")]


def test_an_order_that_runway_may_have_taken_is_not_sent_again_without_a_tick(
    page: AppTest,
    studio: Studio,
    emulator: Emulator,
    settle: Callable[..., Generation],
    clock: Clock,
) -> None:
    emulator.script([{"on": "create", "do": {"after": "accept", "drop": True}}])
    start_from(page, "text")
    write(page, "A quiet sea")
    generate(page)
    assert settle(studio, history(studio)[0]).status is Status.UNCONFIRMED
    clock.advance(60)
    page.run()
    assert any("Runway may be making this already" in text.value for text in page.markdown)
    generate(page)
    assert "tick that you want it twice" in errors(page)
    assert len(history(studio)) == 1
    keyed(page.checkbox, "twice").check().run()
    generate(page)
    assert len(history(studio)) == 2
    assert not keyed(page.checkbox, "twice").value


def test_a_click_on_a_page_from_before_the_doubt_is_asked_for_the_tick_too(
    page: AppTest,
    studio: Studio,
    emulator: Emulator,
    settle: Callable[..., Generation],
    clock: Clock,
) -> None:
    emulator.script([{"on": "create", "do": {"after": "accept", "drop": True}}])
    start_from(page, "text")
    write(page, "A quiet sea")
    generate(page)
    write(page, "A quiet sea ")
    assert settle(studio, history(studio)[0]).status is Status.UNCONFIRMED
    clock.advance(60)
    generate(page)
    assert len(history(studio)) == 1
    assert "tick that you want it twice" in errors(page)


def test_a_generation_in_flight_has_a_live_card(page: AppTest, studio: Studio) -> None:
    start_from(page, "text")
    write(page, HOSTILE)
    generate(page)
    (card,) = page.status
    assert (card.label, card.state) == ("Queued · #1 · Gen-4.5", "running")
    button(page, "Cancel").click().run()
    assert studio.generations.get(1).cancel_requested


def test_what_is_in_flight_has_the_shape_to_come_over_what_it_starts_from(
    page: AppTest, picture: Callable[..., bytes]
) -> None:
    upload(page, "tall.png", picture((720, 1280)))
    generate(page)
    (frame,) = (html.proto.body for html in page.get("html") if "to-come" in html.proto.body)
    assert "--shape: 0.5625" in frame
    assert '<img src="/app/static/pictures/' in frame


def test_a_clip_that_cannot_be_fetched_yet_is_said_to_be_tried_again(
    page: AppTest, studio: Studio, emulator: Emulator, settle: Callable[..., Generation]
) -> None:
    emulator.script([{"on": "output", "do": {"status": 500}}])
    start_from(page, "text")
    write(page, "A quiet sea")
    generate(page)
    settle(studio, history(studio)[0], lambda generation: bool(generation.reason))
    page.run()
    assert any("It is tried again by itself" in text.value for text in page.text)


def test_a_finished_clip_plays_in_place(
    page: AppTest, studio: Studio, settle: Callable[..., Generation]
) -> None:
    start_from(page, "text")
    write(page, "A quiet sea")
    generate(page)
    settle(studio, history(studio)[0])
    page.run()
    (player,) = component_data(page, "player")
    assert player["src"].startswith("/app/static/videos/1/0")
    assert not page.status


def test_a_failure_says_what_happened_and_what_it_cost(
    page: AppTest, studio: Studio, settle: Callable[..., Generation], emulator: Emulator
) -> None:
    outcome = {"status": "FAILED", "failureCode": "SAFETY.INPUT.TEXT", "failure": HOSTILE}
    emulator.script([{"on": "task", "times": 99, "do": {"outcome": outcome}}])
    start_from(page, "text")
    write(page, "A quiet sea")
    generate(page)
    settle(studio, history(studio)[0])
    page.run()
    (error,) = page.error
    assert "Reword it" in error.value
    assert "60 credits charged." in error.value


def test_a_prompt_is_shown_as_text_only(
    page: AppTest, studio: Studio, settle: Callable[..., Generation]
) -> None:
    start_from(page, "text")
    write(page, HOSTILE)
    generate(page)
    page.run()
    assert hostile_sinks(page) <= SAFE_SINKS
    settle(studio, history(studio)[0])
    page.run()
    assert hostile_sinks(page) <= SAFE_SINKS


def hostile_sinks(page: AppTest) -> set[str]:
    """The kinds of element that show the prompt or a piece of it."""
    found = {e.type for e in page.main if "evil.test" in str(getattr(e, "proto", ""))}
    assert found, "the prompt is not shown at all"
    return found


def test_an_empty_history_teaches_and_the_demo_makes_a_clip_with_one_click(
    open_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    demo = open_studio(Settings(data_dir=tmp_path / "demo", demo_seconds=0))
    with presenting(demo):
        page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20).run()
        assert [b.label for b in page.button].count("Make this clip") == 3
        button(page, "Make this clip").click().run()
        assert not page.exception
        (made,) = history(demo)
        assert made.demo
        assert made.request.inputs
        assert keyed(page.text_area, "prompt").value == made.request.prompt


def test_with_a_key_an_example_fills_the_form_and_sends_nothing(
    page: AppTest, studio: Studio
) -> None:
    button(page, "Fill the form").click().run()
    assert history(studio) == []
    assert keyed(page.text_area, "prompt").value.startswith("Slow aerial push")


def test_an_earlier_prompt_is_one_click_away(
    page: AppTest, studio: Studio, text_request: Request
) -> None:
    studio.compose.submit(text_request, "earlier")
    page.run()
    page.session_state[f"create_{page.session_state['form'].version}_prompts"] = True
    page.run()
    keyed(page.button, "prompt_earlier_0").click().run()
    assert keyed(page.text_area, "prompt").value == text_request.prompt


def test_an_earlier_picture_is_one_click_away(
    page: AppTest, studio: Studio, picture: Callable[..., bytes]
) -> None:
    kept, _ = studio.uploads.add("sea.png", picture((1280, 720)))
    page.run()
    choose_from(page, "first", "earlier")
    keyed(page.button, f"earlier_first_{kept.sha256}").click().run()
    generate(page)
    assert history(studio)[0].request.inputs[0].sha256 == kept.sha256


def test_the_last_frame_of_a_clip_can_start_the_next_one(
    page: AppTest, studio: Studio, settle: Callable[..., Generation], text_request: Request
) -> None:
    made, _ = studio.compose.submit(text_request, "earlier")
    settle(studio, made)
    page.run()
    choose_from(page, "first", "made")
    keyed(page.button, f"clip_first_{made.id}").click().run()
    keyed(page.button, f"last_first_{made.id}_0").click().run()
    generate(page)
    newest = history(studio)[0]
    kept = studio.uploads.get(newest.request.inputs[0].sha256)
    assert kept is not None
    assert (kept.width, kept.height) == (1280, 720)


def test_a_web_address_is_checked_before_it_is_used(page: AppTest, studio: Studio) -> None:
    choose_from(page, "first", "web")
    field = keyed(page.text_input, "url_first")
    field.set_value("http://127.0.0.1/a.png").run()
    assert keyed(page.button, "url_use_first").disabled
    keyed(page.text_input, "url_first").set_value("https://pictures.test/a.png").run()
    keyed(page.button, "url_use_first").click().run()
    generate(page)
    assert history(studio)[0].request.inputs[0].url == "https://pictures.test/a.png"


def test_a_last_frame_alone_is_refused_with_a_sentence(
    page: AppTest, studio: Studio, picture: Callable[..., bytes]
) -> None:
    choose_model(page, "veo3.1")
    choose_from(page, "last", "upload")
    keyed(page.file_uploader, "upload_more_last").upload("b.png", picture((1280, 720))).run()
    generate(page)
    assert "needs a first frame" in errors(page)
    assert history(studio) == []


INVENTED = """
[[model]]
id = "invented_1"
endpoint = "text_to_video"
name = "Invented"
vendor = "Nobody"
about = "Only here to see that the form comes from the catalogue."
speed = "Unknown"
prompt = { required = true, max_units = 50 }
  [[model.param]]
  name = "ratio"
  role = "ratio"
  kind = "choice"
  label = "Ratio"
  choices = ["640:360"]
  default = "640:360"
  required = true
  [[model.param]]
  name = "duration"
  role = "duration"
  kind = "integer"
  label = "Duration"
  unit = "seconds"
  range = [1, 3]
  default = 1
  required = true
"""


def test_a_model_that_only_the_catalogue_knows_goes_from_the_form_to_a_clip(
    open_studio: Callable[..., Studio], tmp_path: Path, settle: Callable[..., Generation]
) -> None:
    (tmp_path / "catalog").mkdir()
    for shared in ("endpoints.toml", "shared.toml"):
        shutil.copy(ROOT / "data" / "catalog" / shared, tmp_path / "catalog")
    (tmp_path / "catalog" / "invented.toml").write_text(INVENTED)
    with Emulator(catalog_dir=tmp_path / "catalog") as emulator:
        studio = open_studio(
            Settings(
                data_dir=tmp_path / "invented",
                catalog_dir=tmp_path / "catalog",
                api_key="key_1",
                base_url=emulator.url,
                poll_seconds=0.05,
            )
        )
        with presenting(studio):
            page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20).run()
            write(page, "A quiet sea")
            assert button(page, "Generate").label == "Generate · price not known"
            generate(page)
            assert "tick that you want it" in errors(page)
            assert history(studio) == []
            keyed(page.checkbox, "agreed").check().run()
            generate(page)
            made = settle(studio, history(studio)[0])
            assert (made.status, made.credits_quoted) == (Status.SUCCEEDED, None)
            assert made.credits_charged is not None


def test_trouble_that_concerns_everything_stands_on_the_page(
    page: AppTest, studio: Studio, emulator: Emulator, settle: Callable[..., Generation]
) -> None:
    wrong = {"status": 401, "body": {"error": "The API key is not valid."}}
    emulator.script([{"on": "organization", "times": 99, "do": wrong}])
    start_from(page, "text")
    write(page, "A quiet sea")
    generate(page)
    settle(studio, history(studio)[0], until=lambda found: bool(found.reason))
    page.run()
    assert "does not accept the API key" in page.warning[0].proto.title + page.warning[0].value
    assert history(studio)[0].status is Status.QUEUED


def test_a_full_disk_is_said_on_the_page_and_refuses_without_losing_a_word(
    page: AppTest, studio: Studio
) -> None:
    start_from(page, "text")
    studio.media.disk = Disk(studio.settings.data_dir, 10**9 - 1)
    write(page, "A long thought about the sea")
    assert "is the least for new clips" in page.warning[0].proto.title
    generate(page)
    assert "is the least for new clips" in errors(page)
    assert keyed(page.text_area, "prompt").value == "A long thought about the sea"
    assert history(studio) == []
    studio.media.disk = Disk(studio.settings.data_dir, 0)
    page.run()
    generate(page)
    assert [made.request.prompt for made in history(studio)] == ["A long thought about the sea"]


def test_a_clip_that_runway_may_throw_away_is_warned_about_on_every_page(
    page: AppTest, studio: Studio, settle: Callable[..., Generation], clock: Clock
) -> None:
    write(start_from(page, "text"), "A quiet sea")
    generate(page)
    settle(studio, history(studio)[0], until=lambda found: found.status is Status.DOWNLOADING)
    assert not page.run().warning
    clock.advance(13 * 3600)
    assert page.run().warning[0].proto.title == "1 clip is waiting for half a day"


def test_without_credits_every_page_leads_to_where_they_are_sold(
    page: AppTest, studio: Studio, emulator: Emulator, settle: Callable[..., Generation]
) -> None:
    emulator.reset(credits=0)
    write(start_from(page, "text"), "A quiet sea")
    generate(page)
    settle(studio, history(studio)[0], until=lambda found: bool(found.reason))
    page.run()
    assert "too few credits" in page.warning[0].proto.title
    links = [e.proto for e in page.main if e.type == "link_button"]
    assert [link.url for link in links if link.label == "Buy credits"] == [
        "https://dev.runwayml.com/"
    ]
    assert button(page, "Try now")


def test_a_click_meant_for_what_stood_in_the_form_before_does_not_count(
    page: AppTest, studio: Studio
) -> None:
    start_from(page, "text")
    write(page, "A quiet sea")
    before = button(page, "Generate")
    form = page.session_state["form"]
    form.draft = replace(form.draft, prompt="Another sea")
    form.version += 1
    before.click().run()
    assert not page.exception
    assert history(studio) == []
    assert button(page, "Generate").label == before.label
