"""The files of a form: what is said beside them, and which of them are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.generations import Input, Request
from core.serving import presenting
from core.studio import Studio
from tests.conftest import ROOT
from tests.every_body import TASK
from tests.footage import film, still
from tests.histories import add_to
from tests.pages.compose.test_form import captions, filled, has, keyed, marked

Fill = Callable[[Request], AppTest]


@pytest.fixture
def fill(studio: Studio) -> Iterator[Fill]:
    """Opens Create with a request in its form, of a model of the catalogue."""
    with presenting(studio):
        yield filled


def test_a_moment_that_the_video_does_not_have_is_said_beside_its_picture(
    fill: Fill, studio: Studio, tmp_path: Path
) -> None:
    video, _said = studio.uploads.add("a.mp4", film(tmp_path / "a.mp4", seconds=4))
    picture, _said = studio.uploads.add("a.png", still())
    files = (
        Input("video", video.sha256, medium="video"),
        Input("keyframe", picture.sha256, settings={"seconds": 3}),
    )
    page = fill(Request("video_to_video", "aleph2", "Rain", {}, files))
    assert "moment" not in captions(page)
    marked(page, "text_input", "_seconds")[0].set_value("9").run()
    assert "Its moment is after the end of the video, which lasts 4 seconds." in captions(page)
    marked(page, "text_input", "_seconds")[0].set_value("1").run()
    marked(page, "text_input", "_range.start_seconds")[0].set_value("2").run()
    marked(page, "text_input", "_range.end_seconds")[0].set_value("4").run()
    assert "second 1, is outside the stretch from 2 to 4." in captions(page)
    marked(page, "text_input", "_seconds")[0].set_value("2.5").run()
    assert "stretch from" not in captions(page)


@pytest.mark.parametrize(
    ("codec", "colours", "is_played"),
    [("libx264", "yuv420p", True), ("libx265", "yuv420p10le", False)],
)
def test_a_video_that_browsers_may_not_play_is_a_still_with_a_sentence_and_no_dead_player(
    fill: Fill, studio: Studio, tmp_path: Path, codec: str, colours: str, is_played: bool
) -> None:
    content = film(tmp_path / "a.mp4", codec=codec, colours=colours)
    video, _said = studio.uploads.add("a.mp4", content)
    files = (Input("video", video.sha256, medium="video"),)
    page = fill(Request("video_to_video", "aleph2", "Rain", {}, files))
    assert len(page.get("video")) == is_played
    assert ("so this is its first frame" in captions(page)) is not is_played


def test_the_way_that_was_chosen_is_there_again_after_a_reload(fill: Fill, studio: Studio) -> None:
    frame, reference = (studio.uploads.add(f"{n}.png", still((300 + n, 200)))[0] for n in range(2))
    files = (Input("first", frame.sha256), Input("reference", reference.sha256))
    page = fill(Request("image_to_video", "seedance2", "A sea", {}, files))
    keyed(page.segmented_control, "mode_image_to_video_seedance2").select(1).run()
    again = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20)
    again.query_params["draft"] = page.session_state["form"].draft_key
    again.run()
    assert keyed(again.segmented_control, "mode_image_to_video_seedance2").value == 1
    assert "1 file is kept for the other way." in captions(again)
    assert [item.role for item in again.session_state["form"].draft.inputs] == [
        "reference",
        "first",
    ]


def test_files_that_a_finished_draft_leaves_no_room_for_are_kept_and_said_so(
    fill: Fill, studio: Studio
) -> None:
    files = tuple(Input("reference", url=f"https://x.test/{n}.png") for n in range(2))
    page = fill(Request("text_to_video", "seedance2_5", "A sea", {}, files))
    assert "not sent" not in captions(page)
    made = Request("text_to_video", "seedance2_5", "A sea", {"draft": True})
    add_to(studio, made, task_id=TASK)
    page.run()
    keyed(page.selectbox, "draftTaskId").set_value(TASK).run()
    said = "2 files are kept, and not sent: there is no place beside “Finish a draft” for them."
    assert said in captions(page)
    assert len(page.session_state["form"].draft.inputs) == 2
    keyed(page.selectbox, "draftTaskId").set_value(None).run()
    assert "not sent" not in captions(page)
    assert has(page.button, "choose_reference")
