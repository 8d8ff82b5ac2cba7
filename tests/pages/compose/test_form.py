"""The form of any model: settings of every kind, inputs of every medium, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.generations import Input, Request, Shot, Status
from core.serving import presenting
from core.settings import Settings
from core.storage.history import Filter, Order
from core.studio import Studio
from pages.ui.compose import draft
from pages.ui.compose.form_state import FormState
from tests import invented
from tests.conftest import NOON, ROOT
from tests.footage import film, sound
from tests.histories import add_to
from tests.pages.conftest import button, component_data

Open = Callable[..., AppTest]


@pytest.fixture
def studio(open_studio: Callable[[Settings], Studio], settings: Settings, tmp_path: Path) -> Studio:
    """A studio whose catalogue has a field of every kind."""
    return open_studio(replace(settings, catalog_dir=invented.folder(tmp_path)))


@pytest.fixture
def form(studio: Studio) -> Iterator[Open]:
    """Opens Create with a request in its form."""

    def open_with(model_id: str, prompt: str = "A sea", *inputs: Input, **params: Any) -> AppTest:
        model = invented.model(model_id)
        return filled(Request(model.endpoint, model.id, prompt, params, inputs))

    with presenting(studio):
        yield open_with


def filled(request: Request) -> AppTest:
    """The Create page with this request in its form."""
    page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20)
    page.session_state["form"] = FormState(request, draft_key="0" * 16)
    return page.run()


def keyed(elements: Any, name: str) -> Any:
    """The widget of the form with that name."""
    return next(e for e in elements if e.key and e.key.endswith(f"_{name}"))


def has(elements: Any, name: str) -> bool:
    return any(e.key and e.key.endswith(f"_{name}") for e in elements)


def marked(page: AppTest, kind: str, mark: str) -> list[Any]:
    """Widgets of a row or a file, whose keys have a part that only the page knows."""
    return [e for e in getattr(page, kind) if e.key and mark in e.key]


def sent(page: AppTest, model_id: str) -> Request:
    """What would be sent."""
    assert not page.exception
    model = invented.model(model_id)
    return draft.fitted(page.session_state["form"].draft, model, model.input)


def params(page: AppTest, model_id: str = "settings_1") -> dict[str, Any]:
    return dict(sent(page, model_id).params)


def captions(page: AppTest) -> str:
    assert not page.exception
    return " ".join(caption.value for caption in page.caption)


def refused(page: AppTest, studio: Studio) -> str:
    """Press the button; the reasons that are listed, once it is sure that nothing was submitted."""
    button(page, "Generate").click().run()
    assert not page.exception
    assert studio.history.page(Filter(), Order.NEWEST, 1, 9) == []
    return " ".join(error.value for error in page.error)


# -- settings -------------------------------------------------------------------------------------


def test_a_fresh_form_sends_the_defaults(form: Open) -> None:
    assert params(form("settings_1")) == invented.model("settings_1").defaults


@pytest.mark.parametrize(
    ("kind", "name", "value", "wire"),
    [
        ("pills", "ratio", "720:1280", {"ratio": "720:1280"}),
        ("toggle", "audio", False, {"audio": False}),
        ("slider", "cfg.scale", 0.9, {"cfg.scale": 0.9}),
        ("text_input", "strength", "0.25", {"strength": 0.25}),
        ("pills", "expand", False, {"expand": False}),
        ("text_input", "code", "abc-7", {"code": "abc-7"}),
        ("text_input", "negativePrompt", "rain", {"negativePrompt": "rain"}),
        ("text_input", "seed", "7", {"seed": 7}),
    ],
)
def test_every_kind_of_setting_can_be_set(
    form: Open, kind: str, name: str, value: Any, wire: dict[str, Any]
) -> None:
    page = form("settings_1")
    keyed(getattr(page, kind), name).set_value(value).run()
    assert params(page) == invented.model("settings_1").defaults | wire


def test_a_draft_is_finished_by_choosing_it_or_by_its_id(form: Open, studio: Studio) -> None:
    request = Request("text_to_video", "settings_1", "A sea", {"draft": True})
    made = add_to(studio, request)
    page = form("settings_1")
    box = keyed(page.selectbox, "draftTaskId")
    assert box.options == [f"#{made.id} · A sea"]
    box.select(made.task_id).run()
    assert params(page)["draftTaskId"] == made.task_id
    pasted = "17f20503-6c24-4c16-946b-35dbbce2af2f"
    assert params(form("settings_1", draftTaskId=pasted))["draftTaskId"] == pasted


def test_what_is_no_task_id_gets_its_sentence_and_stays(form: Open, studio: Studio) -> None:
    page = form("settings_1", draftTaskId="../../x <b>")
    assert "Finish a draft: a task id looks like 17f2" in captions(page)
    assert "a task id looks like" in refused(page, studio)
    assert keyed(page.selectbox, "draftTaskId").value == "../../x <b>"


def test_a_number_beside_a_word_is_one_or_the_other(form: Open) -> None:
    page = form("settings_1")
    assert button(page, "Generate").label == "Generate · up to 300 credits ($3.00)"
    keyed(page.segmented_control, "duration_word").select("own").run()
    keyed(page.slider, "duration").set_value(12).run()
    assert params(page)["duration"] == 12
    assert button(page, "Generate").label == "Generate · 120 credits ($1.20)"
    keyed(page.segmented_control, "duration_word").select("auto").run()
    assert params(page)["duration"] == "auto"


def test_a_setting_appears_with_the_value_that_it_is_for(form: Open) -> None:
    page = form("settings_1")
    assert not has(page.pills, "profile")
    keyed(page.pills, "quality").select("high").run()
    assert keyed(page.pills, "profile").value == "lt"
    assert params(page)["profile"] == "lt"
    keyed(page.pills, "quality").select("low").run()
    assert not has(page.pills, "profile")
    assert "profile" not in params(page)


def test_colours_are_added_changed_and_taken_out(form: Open) -> None:
    page = form("settings_1")
    for _ in range(2):
        keyed(page.button, "palette_rows_add").click().run()
    marked(page, "color_picker", "palette_rows")[1].set_value("#00ff00").run()
    assert params(page)["palette"] == ["#5b3df5", "#00ff00"]
    button_in(page, "palette_rows", "out").click().run()
    assert params(page)["palette"] == ["#00ff00"]
    keyed(page.button, "back_rows_add").click().run()
    assert params(page)["back"] == "#5b3df5"
    assert not has(page.button, "back_rows_add")


def button_in(page: AppTest, rows: str, verb: str) -> Any:
    return next(b for b in marked(page, "button", rows) if b.key.endswith(verb))


def test_shots_are_written_with_a_running_total(form: Open, studio: Studio) -> None:
    page = form("settings_1", "", duration=10)
    for number, (text, seconds) in enumerate([("A sea", 3), ("A boat", 4)]):
        keyed(page.button, "shots_rows_add").click().run()
        marked(page, "text_area", "shots_rows")[number].set_value(text).run()
        marked(page, "text_input", "shots_rows")[number].set_value(str(seconds)).run()
    assert "7 of 10 s" in captions(page)
    for wrong in ("0", "9" * 30, "-2", "2.5", ""):
        marked(page, "text_input", "shots_rows")[0].set_value(wrong).run()
        assert "each shot lasts at least 1 second" in captions(page) + refused(page, studio)
        assert marked(page, "text_input", "shots_rows")[0].value == wrong
    marked(page, "text_input", "shots_rows")[0].set_value("3").run()
    assert "7 of 10 seconds; they must add up" in refused(page, studio)
    keyed(page.slider, "duration").set_value(7).run()
    assert ":green[7 of 7 s]" in captions(page)
    assert params(page)["shots"] == [
        {"prompt": "A sea", "duration": 3},
        {"prompt": "A boat", "duration": 4},
    ]


def test_a_clip_of_shots_has_their_words_on_its_cards(form: Open, studio: Studio) -> None:
    shots: list[Shot] = [{"prompt": "A boat", "duration": 6}, {"prompt": "It sinks", "duration": 4}]
    request = Request("text_to_video", "settings_1", "", {"shots": shots})
    add_to(studio, request, Status.QUEUED)
    add_to(studio, request, at=NOON + timedelta(minutes=1))
    (strip,) = component_data(form("settings_1"), "strip")
    shown = [take["prompt"] for take in strip["takes"]]
    assert shown == ["A boat It sinks"] * 2, "in flight, and made"


def test_shots_and_colours_survive_a_page_change(form: Open) -> None:
    page = form("settings_1", shots=[{"prompt": "A boat", "duration": 6}], palette=["#112233"])
    marked(page, "text_area", "shots_rows")[0].set_value("A ship").run()
    page.switch_page("models.py").run()
    page.switch_page("create.py").run()
    assert params(page)["shots"] == [{"prompt": "A ship", "duration": 6}]
    assert params(page)["palette"] == ["#112233"]


def test_what_nobody_can_see_is_not_sent(form: Open, studio: Studio) -> None:
    page = form("settings_1", shots=[{"prompt": "\u200b", "duration": 6}])
    keyed(page.text_input, "negativePrompt").set_value("\u2060 \ufeff").run()
    assert "negativePrompt" not in params(page)
    keyed(page.text_area, "prompt").set_value("\u200b").run()
    assert sent(page, "settings_1").prompt == ""
    assert "each shot needs a prompt" in refused(page, studio)


@pytest.mark.parametrize(
    ("kind", "name", "value", "sentence"),
    [
        ("text_input", "seed", "-1", "Seed is from 0 to 4294967295."),
        ("text_input", "seed", "9" * 30, "Seed is from 0 to 4294967295."),
        ("text_input", "seed", "7.5", "Seed is a whole number."),
        ("text_input", "strength", "3", "Strength is from 0 to 1."),
        ("text_input", "strength", "nan", "Strength is a number."),
        ("text_input", "code", "nonsense", "Code looks like abc-12."),
    ],
)
def test_a_wrong_setting_gets_its_sentence_and_stays(
    form: Open, studio: Studio, kind: str, name: str, value: Any, sentence: str
) -> None:
    page = form("settings_1")
    keyed(getattr(page, kind), name).set_value(value).run()
    assert sentence in captions(page)
    assert sentence in refused(page, studio)
    assert keyed(getattr(page, kind), name).value == value
    page.switch_page("models.py").run()
    page.switch_page("create.py").run()
    assert keyed(getattr(page, kind), name).value == value


def test_what_is_not_confirmed_is_said_in_the_help(form: Open) -> None:
    page = form("settings_1")
    chosen = keyed(page.segmented_control, "duration_word").proto
    assert "The provider does not say so itself: " in chosen.help
    assert "confirmed" not in chosen.label
    assert "Taken from an older list." in captions(page)


def test_a_change_of_model_names_what_does_not_fit(form: Open) -> None:
    page = form("frames_or_references_1", "", Input("first", url="https://x.test/a.png"))
    keyed(page.pills, "duration").set_value(10).run()
    keyed(page.segmented_control, "kind").select("still").run()
    assert "Still 1 has no setting for duration." in captions(page)
    assert "1 file is kept, and not sent" in captions(page)
    keyed(page.segmented_control, "kind").select("image").run()
    assert sent(page, "frames_or_references_1").inputs[0].url == "https://x.test/a.png"


# -- models ---------------------------------------------------------------------------------------


def models(page: AppTest) -> list[Any]:
    """The groups of the list that a model is chosen from."""
    (shown,) = component_data(page, "model_list")
    groups: list[Any] = shown["groups"]
    return groups


def choose_model(page: AppTest, endpoint: str, model: str) -> None:
    kind = keyed(page.segmented_control, "kind").value
    page.session_state[f"create_{page.session_state['form'].version}_model_{kind}"] = (
        endpoint,
        model,
    )
    page.run()


def test_a_model_whose_price_nobody_knows_stands_below_those_that_have_one(form: Open) -> None:
    page = form("still_1")
    priced = [group["name"] != "Price not known" for group in models(page)]
    assert priced == sorted(priced, reverse=True)


def test_retired_models_stand_below_the_others_and_lead_to_their_successor(
    form: Open, studio: Studio
) -> None:
    page = form("retouch_1", "Rain", Input("video", url="https://x.test/a.mp4"))
    assert [group["name"] for group in models(page)][-1] == "Retired"
    choose_model(page, "video_to_video", "retouch_0")
    assert "Runway runs it no more" in page.warning[0].value
    assert "Use retouch_1 instead." in refused(page, studio)
    keyed(page.button, "successor").click().run()
    assert page.session_state["form"].draft.model == "retouch_1"


def test_models_of_two_endpoints_stand_in_one_list(form: Open) -> None:
    page = form("still_1")
    names = [model["name"] for group in models(page) for model in group["models"]]
    assert names == ["Still 1", "Still larger 1"]
    choose_model(page, "image_upscale", "still_larger_1")
    assert not has(page.text_area, "prompt")
    assert page.session_state["form"].draft.endpoint == "image_upscale"
    assert page.session_state["form"].draft.prompt == "A sea"


def test_a_price_that_follows_a_video_says_so_until_it_is_there(form: Open, tmp_path: Path) -> None:
    page = form("retouch_1", "Rain")
    assert button(page, "Generate").label == "Generate · the price depends on the video"
    assert not page.checkbox
    keyed(page.file_uploader, "upload_video").upload(
        "a.mp4", film(tmp_path / "a.mp4", seconds=4)
    ).run()
    assert button(page, "Generate").label == "Generate · 60 credits ($0.60)"


def test_a_video_from_the_web_has_no_known_price(form: Open) -> None:
    page = form("retouch_1", "Rain", Input("video", url="https://x.test/a.mp4", medium="video"))
    assert button(page, "Generate").label == "Generate · price not known"
    assert "this server has not measured" in captions(page)
    assert keyed(page.checkbox, "agreed").value is False


# -- inputs ---------------------------------------------------------------------------------------


def add_files(page: AppTest, role: str, *files: tuple[str, bytes]) -> AppTest:
    """Add files to an input through its dialog."""
    keyed(page.button, f"choose_{role}").click().run()
    field = keyed(page.file_uploader, f"upload_more_{role}")
    for name, content in files:
        field = field.upload(name, content)
    return field.run()


def test_references_are_tagged_ordered_and_named_in_the_prompt(
    form: Open, picture: Callable[..., bytes]
) -> None:
    page = form("still_1", "A portrait of")
    add_files(page, "references", ("a.png", picture()), ("b.png", picture((200, 300))))
    first, _second = marked(page, "text_input", "_tag")
    first.set_value("anna").run()
    marked(page, "text_input", "_tag")[1].set_value("the_sea").run()
    button(page, "@the_sea").click().run()
    assert keyed(page.text_area, "prompt").value == "A portrait of @the_sea "
    keyed(page.text_area, "prompt").set_value("@the_sea and @a_zebra").run()
    assert [text.value for text in page.text if "No file" in text.value] == [
        "No file has the tag @a_zebra."
    ]
    button(page, "Move down").click().run()
    tags = [item.settings["tag"] for item in sent(page, "still_1").inputs]
    assert tags == ["the_sea", "anna"]
    button(page, "Remove").click().run()
    (left,) = sent(page, "still_1").inputs
    assert left.settings == {"tag": "anna"}


def test_frames_and_references_are_two_ways_and_none_loses_its_files(
    form: Open, picture: Callable[..., bytes]
) -> None:
    page = form("frames_or_references_1", "")
    way = keyed(page.segmented_control, "mode_image_to_video_frames_or_references_1")
    assert way.options == ["First frame, last frame", "Reference images, reference videos"]
    keyed(page.file_uploader, "upload_first").upload("a.png", picture((1280, 720))).run()
    way.select(1).run()
    assert "1 file is kept for the other way." in captions(page)
    keyed(page.file_uploader, "upload_references").upload("b.png", picture((640, 360))).run()
    assert {item.role for item in page.session_state["form"].draft.inputs} == {
        "first",
        "references",
    }
    keyed(page.segmented_control, "mode_image_to_video_frames_or_references_1").select(0).run()
    assert has(page.button, "choose_last")
    assert not has(page.button, "choose_references")


def test_a_keyframe_has_its_moment_in_one_of_two_ways(
    form: Open, picture: Callable[..., bytes]
) -> None:
    page = form("retouch_1", "Rain", Input("video", url="https://x.test/a.mp4", medium="video"))
    add_files(page, "keyframes", ("a.png", picture()))
    marked(page, "text_input", "_seconds")[0].set_value("2.5").run()
    assert sent(page, "retouch_1").all_inputs("keyframes")[0].settings == {"seconds": 2.5}
    marked(page, "segmented_control", "_one")[0].select("at").run()
    marked(page, "text_input", "_at")[0].set_value("0.5").run()
    assert sent(page, "retouch_1").all_inputs("keyframes")[0].settings == {"at": 0.5}


def test_a_sound_lasts_as_long_as_the_video_that_it_is_made_for(form: Open, tmp_path: Path) -> None:
    page = form("noise_1", "", duration=3)
    for seconds in (7, 2):
        clip = film(tmp_path / f"{seconds}.mp4", seconds=seconds)
        if has(page.button, "replace"):
            keyed(page.button, "replace").click().run()
            keyed(page.file_uploader, "upload_more_video").upload("a.mp4", clip).run()
        else:
            keyed(page.file_uploader, "upload_video").upload("a.mp4", clip).run()
        assert keyed(page.slider, "duration").value == seconds
        assert params(page, "noise_1") == {"duration": seconds}
    keyed(page.slider, "duration").set_value(4.0).run()
    assert params(page, "noise_1") == {"duration": 4}


def test_a_clip_that_was_made_is_used_whole_where_a_video_is_taken(
    form: Open, studio: Studio, tmp_path: Path
) -> None:
    made = add_to(studio, Request("text_to_video", "settings_1", "A sea"))
    film(studio.media.output(made.outputs[0]), seconds=4)
    page = form("retouch_1", "Rain")
    keyed(page.button, "choose_video").click().run()
    keyed(page.segmented_control, "source_video").select("made").run()
    keyed(page.button, f"clip_video_{made.id}").click().run()
    (item,) = sent(page, "retouch_1").inputs
    kept = studio.uploads.get(item.sha256)
    assert kept
    assert kept.duration == pytest.approx(4, abs=0.1)
    assert button(page, "Generate").label == "Generate · 60 credits ($0.60)"


def test_a_moment_of_a_clip_that_was_made_becomes_a_picture(form: Open, studio: Studio) -> None:
    made = add_to(studio, Request("text_to_video", "settings_1", "A sea"))
    film(studio.media.output(made.outputs[0]), seconds=2)
    page = form("still_larger_1", "")
    keyed(page.button, "choose_image").click().run()
    keyed(page.segmented_control, "source_image").select("made").run()
    keyed(page.button, f"clip_image_{made.id}").click().run()
    keyed(page.slider, f"at_image_{made.id}_0").set_value(1.0).run()
    button(page, "Frame at 1.0 s").click().run()
    (item,) = sent(page, "still_larger_1").inputs
    kept = studio.uploads.get(item.sha256)
    assert kept
    assert kept.medium == "image"


def test_an_address_of_any_medium_is_taken(form: Open) -> None:
    page = form("performer_1", "")
    keyed(page.button, "choose_character").click().run()
    keyed(page.segmented_control, "source_character").select("web").run()
    keyed(page.segmented_control, "web_medium_character").select("video").run()
    keyed(page.text_input, "url_character").set_value("https://x.test/a.mp4").run()
    keyed(page.button, "url_use_character").click().run()
    (item,) = sent(page, "performer_1").inputs
    assert (item.url, item.medium) == ("https://x.test/a.mp4", "video")


# -- what is refused ------------------------------------------------------------------------------


def test_a_last_frame_without_a_first_is_refused(
    form: Open, studio: Studio, picture: Callable[..., bytes]
) -> None:
    page = form("frames_or_references_1", "Kept")
    add_files(page, "last", ("a.png", picture((1280, 720))))
    assert "Last frame: it needs a first frame too." in refused(page, studio)
    assert len(page.session_state["form"].draft.inputs) == 1


def test_too_many_references_are_kept_for_later(
    form: Open, picture: Callable[..., bytes], studio: Studio
) -> None:
    page = form("still_1")
    add_files(page, "references", *[(f"{n}.png", picture((300 + n, 200))) for n in range(5)])
    assert "at most 3; 2 more can be had from earlier files." in page.error[0].value
    assert len(sent(page, "still_1").inputs) == 3
    assert len(studio.uploads.newest()) == 5


def test_a_picture_of_the_wrong_shape_is_said_beside_it(
    form: Open, studio: Studio, picture: Callable[..., bytes]
) -> None:
    page = form("frames_or_references_1", "Kept")
    keyed(page.file_uploader, "upload_first").upload("wide.png", picture((900, 300))).run()
    assert "900 x 300 is too wide; width to height must be from 0.5 to 2." in captions(page)
    assert "is too wide" in refused(page, studio)
    assert keyed(page.text_area, "prompt").value == "Kept"


def test_a_video_that_is_too_long_is_said_beside_it(
    form: Open, studio: Studio, tmp_path: Path
) -> None:
    page = form("retouch_1", "Kept")
    long = film(tmp_path / "a.mp4", seconds=31, size=(64, 64))
    keyed(page.file_uploader, "upload_video").upload("long.mp4", long).run()
    assert "Video: it lasts 31 seconds; 2 to 30 are taken." in captions(page)
    assert "2 to 30 are taken" in refused(page, studio)


def test_a_file_that_is_no_video_is_refused_by_its_content(
    form: Open, studio: Studio, tmp_path: Path
) -> None:
    page = form("retouch_1", "Kept")
    files = (b"only words " * 99, sound(tmp_path / "a.m4a"))
    for content, sentence in zip(files, ("This is not a MP4", "only sound"), strict=True):
        keyed(page.file_uploader, "upload_video").upload("a.mp4", content).run()
        assert not page.exception
        assert sentence in page.error[0].value
        assert page.session_state["form"].draft.inputs == ()
        assert keyed(page.text_area, "prompt").value == "Kept"
    assert "choose a video" in refused(page, studio)


def test_of_several_files_the_good_ones_are_taken(
    form: Open, picture: Callable[..., bytes]
) -> None:
    page = form("still_1")
    add_files(page, "references", ("a.png", picture()), ("b.png", b"only words " * 99))
    assert len(sent(page, "still_1").inputs) == 1
    assert "not a PNG, JPEG, WebP, HEIC or AVIF picture" in page.error[0].value


def test_a_tag_with_a_blank_is_refused_and_stays(
    form: Open, studio: Studio, picture: Callable[..., bytes]
) -> None:
    page = form("still_1", "Kept")
    add_files(page, "references", ("a.png", picture()))
    marked(page, "text_input", "_tag")[0].set_value("my cat").run()
    assert "Tag looks like cat_1." in captions(page)
    assert "Tag looks like cat_1." in refused(page, studio)
    assert marked(page, "text_input", "_tag")[0].value == "my cat"
