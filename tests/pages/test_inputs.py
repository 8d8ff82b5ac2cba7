"""The files of a form: what is said beside them, and which of them are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.generations import Input, Request
from core.serving import presenting
from core.studio import Studio
from tests.footage import film, still
from tests.pages.test_form import captions, filled, marked

Fill = Callable[[Request], AppTest]


@pytest.fixture
def fill(studio: Studio) -> Iterator[Fill]:
    """Opens Create with a request in its form, of a model of the catalogue."""
    with presenting(studio):
        yield filled


def test_a_moment_that_the_video_does_not_have_is_said_beside_its_picture(
    fill: Fill, studio: Studio, tmp_path: Path
) -> None:
    video, _said = studio.add_upload("a.mp4", film(tmp_path / "a.mp4", seconds=4))
    picture, _said = studio.add_upload("a.png", still())
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
