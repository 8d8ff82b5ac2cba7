"""What was made, shown as what it is, and used to start the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.files import Output
from core.generations import Generation, Input, Request
from core.serving import presenting
from core.settings import Settings
from core.studio import Studio
from pages.ui.clips import file_facts
from tests import invented
from tests.conftest import NOON
from tests.footage import DRAWING, archive, film, prores, sound, still
from tests.histories import keep_made
from tests.pages.conftest import button, cards, component_data, markdown, open_page, words

STILL = Request("text_to_image", "still_1", "A quiet sea", {"outputCount": 1})


@pytest.fixture
def studio(
    open_studio: Callable[[Settings], Studio], settings: Settings, tmp_path: Path
) -> Iterator[Studio]:
    """A studio whose catalogue takes and makes files of every kind, presented to the pages."""
    opened = open_studio(replace(settings, catalog_dir=invented.folder(tmp_path)))
    with presenting(opened):
        yield opened


@pytest.fixture
def make(studio: Studio) -> Callable[..., Generation]:
    """A generation that made these files."""
    moments = (NOON + timedelta(seconds=4 * n) for n in count())  # equal ones would be one row
    return lambda *contents: keep_made(studio, STILL, *contents, at=next(moments))


@pytest.fixture
def see(studio: Studio) -> Callable[[Generation], AppTest]:
    """Opens a generation's own page."""
    return lambda generation: open_page("generation", id=str(generation.id))


Make = Callable[..., Generation]
See = Callable[[Generation], AppTest]


def drawn(page: AppTest, kind: str) -> list[str]:
    """The addresses that elements of a kind show."""
    assert not page.exception
    found = [element.proto for element in page.main if element.type == kind]
    if kind in ("video", "audio"):
        players = component_data(page, "player")
        made = [player["src"] for player in players if player["sound"] is (kind == "audio")]
        return [proto.url for proto in found] + made
    if kind == "image":
        stills = [
            take["picture"] for strip in component_data(page, "strip") for take in strip["takes"]
        ]
        stills += [address for card in cards(page) for address, _width in card["stills"]]
        return [image.url for proto in found for image in proto.imgs] + stills
    return [proto.url for proto in found]


def draft(page: AppTest) -> Request:
    """What stands in the form."""
    assert not page.exception
    found: Request = page.session_state["form"].draft
    return found


def test_several_pictures_stand_side_by_side_each_with_its_own_download(
    make: Make, see: See
) -> None:
    made = make(still(shade=10), still(shade=90), still(shade=200))
    page = see(made)
    shown = [url.partition("?")[0] for url in drawn(page, "image")]
    assert shown == [f"/app/static/videos/{made.id}/{n}" for n in range(3)]
    assert drawn(page, "video") == []
    for output in made.outputs:
        assert f"{made.id}/{output.position}?v={output.sha256[:12]}&download=1" in words(page)
    assert {"1 of 3", "2 of 3", "3 of 3"} <= {caption.value for caption in page.caption}


def test_each_file_can_be_had_without_its_recipe_too(make: Make, see: See) -> None:
    made = make(still(shade=10), still(shade=90))
    links = {link.proto.label: link.proto.url for link in see(made).get("link_button")}
    for output in made.outputs:
        clean = links[f"Download clean {output.position + 1}"]
        assert f"{made.id}/{output.position}?" in clean
        assert clean.endswith("&download=clean")
    links = {link.proto.label: link.proto.url for link in see(make(still())).get("link_button")}
    assert links["Download"].endswith("&download=1")
    assert links["Download clean"].endswith("&download=clean")


@pytest.mark.parametrize("contents", [[still()], [still(), still(shade=9)], [DRAWING]])
def test_a_picture_is_nowhere_shown_by_a_player(
    make: Make, see: See, contents: list[bytes]
) -> None:
    """On its page, as the newest card and in the strip of Create, on History."""
    older, made = make(*contents), make(*contents)
    pages = [see(made), open_page("create"), open_page("history")]
    for page in pages:
        assert drawn(page, "video") == drawn(page, "audio") == []
        assert any(f"/{made.id}/0" in url for url in drawn(page, "image"))
    for page in pages[1:]:
        assert any(f"/{older.id}/0" in url for url in drawn(page, "image"))


def test_sounds_have_players(make: Make, see: See, tmp_path: Path) -> None:
    made = make(sound(tmp_path / "a.mp3"), sound(tmp_path / "b.wav"))
    page = see(made)
    assert [url.partition("?")[0] for url in drawn(page, "audio")] == [
        f"/app/static/videos/{made.id}/0",
        f"/app/static/videos/{made.id}/1",
    ]
    assert drawn(page, "image") == []


def test_of_several_clips_one_is_drawn_at_a_time(make: Make, see: See, tmp_path: Path) -> None:
    made = make(film(tmp_path / "a.mp4"), film(tmp_path / "b.mp4", seconds=1))
    page = see(made)
    assert [url.partition("?")[0] for url in drawn(page, "video")] == [
        f"/app/static/videos/{made.id}/0"
    ]
    page.session_state[f"generation_{made.id}_file"] = 1
    page.run()
    assert [url.partition("?")[0] for url in drawn(page, "video")] == [
        f"/app/static/videos/{made.id}/1"
    ]


@pytest.mark.parametrize("kind", ["master", "frames"])
def test_what_no_browser_plays_shows_its_first_frame_and_what_is_inside(
    make: Make, see: See, tmp_path: Path, kind: str
) -> None:
    frames = {f"{n}.png": still() for n in range(12)}
    made = make(prores(tmp_path / "a.mov") if kind == "master" else archive(frames))
    page = see(made)
    assert drawn(page, "video") == []
    assert [url.partition("?")[0] for url in drawn(page, "image")] == [
        f"/app/static/posters/{made.id}/0"
    ]
    inside = {"master": "ProRes MOV, 10 bits · 320 × 180", "frames": "ZIP of 12 PNG frames"}
    assert any(text.value.startswith(inside[kind]) for text in page.text)
    assert "download it" in markdown(page)


def test_a_drawing_is_shown_by_its_address_only(make: Make, see: See) -> None:
    made = make(DRAWING)
    page = see(made)
    assert [url.partition("?")[0] for url in drawn(page, "image")] == [
        f"/app/static/videos/{made.id}/0"
    ]
    assert "<svg" not in words(page)


def test_a_file_that_nobody_knows_is_there_to_download_with_a_note(make: Make, see: See) -> None:
    made = make(np.random.default_rng(7).bytes(5000))
    page = see(made)
    assert "does not know this kind of file" in page.warning[0].value
    assert f"/app/static/videos/{made.id}/0" in words(page)
    (card,) = cards(open_page("history"))
    assert (card["kind"], card["stills"]) == ("file", [])


def test_the_history_tells_what_was_made_and_shows_a_sign_where_nothing_can_be_seen(
    make: Make, tmp_path: Path
) -> None:
    make(still(), still())
    make(sound(tmp_path / "a.mp3"))
    make(archive({f"{n}.png": still() for n in range(3)}))
    make(film(tmp_path / "a.mp4"))
    shown = [(card["kind"], card["length"]) for card in cards(open_page("history"))]
    assert shown == [
        ("video", "2 s"),
        ("file", "3 frames"),
        ("audio", "1 s"),
        ("image", "2 pictures"),
    ]
    rows = open_page("history", view="Table").dataframe[0].value
    assert list(rows["Made"]) == ["1 clip", "3 frames", "1 sound", "2 pictures"]


def test_the_create_page_shows_the_newest_by_what_it_is(make: Make, tmp_path: Path) -> None:
    made = make(sound(tmp_path / "a.mp3"))
    assert drawn(open_page("create"), "audio")[0].startswith(f"/app/static/videos/{made.id}/0")
    make(still())
    page = open_page("create")
    assert drawn(page, "audio") == []
    assert "Done" not in "".join(error.value for error in page.error)


# -- the next one ---------------------------------------------------------------------------------


def test_a_still_is_moved_by_one_click_and_enlarged_by_another(make: Make, studio: Studio) -> None:
    made = make(still((640, 360)))
    page = open_page("create")
    button(page, "Image to video").click().run()
    assert draft(page).endpoint == "image_to_video"
    assert draft(page).inputs == (Input("first", made.outputs[0].sha256),)
    kept = studio.uploads.get(made.outputs[0].sha256)
    assert kept
    assert studio.media.uploads.path(kept).samefile(studio.media.output(made.outputs[0]))
    button(page, "Upscale an image").click().run()
    assert draft(page).endpoint == "image_upscale"
    assert draft(page).inputs == (Input("image", made.outputs[0].sha256),)


def test_each_picture_of_several_goes_on_by_itself(make: Make, see: See) -> None:
    made = make(still((640, 360), 10), still((640, 360), 200))
    page = see(made)
    page.button(key="generation_1_image_to_video_first").click().run()
    assert draft(page).inputs == (Input("first", made.outputs[1].sha256),)


def test_a_clip_goes_on_whole_or_by_one_frame_of_it(
    make: Make, see: See, studio: Studio, tmp_path: Path
) -> None:
    made = make(film(tmp_path / "a.mp4", seconds=4))
    page = see(made)
    button(page, "Video to video").click().run()
    (whole,) = draft(page).inputs
    assert (whole.role, whole.sha256, whole.medium) == ("video", made.outputs[0].sha256, "video")
    page = see(made)
    page.session_state["generation_0_which"] = "A moment"
    page.run()
    page.slider(key="generation_0_second").set_value(2.0).run()
    page.button(key="generation_0_frame_image_to_video_first").click().run()
    (frame,) = draft(page).inputs
    upload = studio.uploads.get(frame.sha256)
    assert upload
    assert upload.name == f"2 s frame of {made.id}.png"


def test_a_sound_goes_on_as_a_reference(make: Make, see: See, tmp_path: Path) -> None:
    made = make(sound(tmp_path / "a.mp3", seconds=2))
    page = see(made)
    button(page, "Image to video: reference sounds").click().run()
    assert [item.medium for item in draft(page).inputs] == ["audio"]
    assert draft(page).inputs[0].sha256 == made.outputs[0].sha256


def test_what_is_being_composed_for_the_same_model_stays(make: Make, studio: Studio) -> None:
    first, second = make(still((640, 360), 10)), make(still((640, 360), 200))
    page = open_page("create")
    button(page, "Image to video").click().run()
    page.text_area[0].set_value("Slowly closer").run()
    page.switch_page("generation.py")
    page.query_params["id"] = str(first.id)
    page.run()
    button(page, "Image to video").click().run()
    assert draft(page).prompt == "Slowly closer"
    assert [item.sha256 for item in draft(page).inputs] == [first.outputs[0].sha256]
    assert second.outputs[0].sha256 != first.outputs[0].sha256


def test_a_file_that_is_gone_gets_a_sentence_and_nothing_of_the_form_is_lost(
    make: Make, see: See, studio: Studio
) -> None:
    made = make(still((640, 360)))
    studio.media.output(made.outputs[0]).unlink()
    page = see(made)
    before = draft(page)
    button(page, "Image to video").click().run()
    assert "no longer on this server" in page.error[0].value
    assert draft(page) == before


def test_inputs_of_every_medium_are_shown_as_what_they_are(
    studio: Studio, see: See, tmp_path: Path
) -> None:
    clip, _ = studio.uploads.add("a.mp4", film(tmp_path / "a.mp4"))
    voice, _ = studio.uploads.add("a.mp3", sound(tmp_path / "a.mp3"))
    inputs = Input("video", clip.sha256, medium="video"), Input("s", voice.sha256, medium="audio")
    made = keep_made(studio, Request("video_to_video", "retouch_1", inputs=inputs), still())
    page = see(made)
    assert drawn(page, "video") == [f"/app/static/uploads/{clip.sha256}"]
    assert drawn(page, "audio") == [f"/app/static/uploads/{voice.sha256}"]


# -- in words -------------------------------------------------------------------------------------


def file(**facts: Any) -> Output:
    """A clip, with other facts where they are given."""
    clip = Output(0, "a.mp4", "video/mp4", 1024, "00", 1920, 1080, 5.0, 24.0, "a.jpg", "h264", 8)
    return replace(clip, **facts)


@pytest.mark.parametrize(
    ("output", "kind", "is_played"),
    [
        (file(), "H.264 MP4", True),
        (file(codec=""), "MP4", True),
        (file(depth=10), "H.264 MP4, 10 bits", False),
        (file(codec="hevc", depth=10), "HEVC MP4, 10 bits", False),
        (file(media_type="video/quicktime", codec="prores"), "ProRes MOV", False),
        (file(media_type="image/png", codec=""), "PNG", True),
        (file(media_type="image/png", width=20_000, height=9_000), "PNG", False),
        (file(media_type="audio/mpeg"), "MP3", True),
        (file(media_type="application/zip", frames=1, codec="exr"), "ZIP of 1 EXR frame", False),
        (file(media_type="application/octet-stream", codec=""), "", False),
    ],
)  # fmt: skip
def test_a_file_is_called_by_what_it_is_and_shown_where_a_browser_can(
    output: Output, kind: str, is_played: bool
) -> None:
    assert file_facts.kind(output) == kind
    assert output.is_played is is_played
    assert bool(file_facts.advice(output)) is not is_played
