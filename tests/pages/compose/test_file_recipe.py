"""A file that says how it was made: offered, taken over by a click, and never by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.compose import recipe
from core.decoders import carried_text
from core.generations import Generation, Request
from core.studio import Studio
from pages.ui.compose.files.file_recipe import NOTHING
from tests.footage import still
from tests.pages.conftest import Visit


@pytest.fixture
def done(studio: Studio, settle: Callable[..., Generation], text_request: Request) -> Generation:
    return settle(studio, studio.compose.submit(text_request, "one")[0])


def drop(page: AppTest, name: str, content: bytes, field: str = "recipe_of_a_file") -> AppTest:
    found: Any = next(one for one in page.file_uploader if field in str(one.key))
    return found.upload(name, content).run()


def verbs(page: AppTest) -> dict[str, Any]:
    """The buttons of the offer, by key."""
    return {
        str(button.key): button for button in page.button if str(button.key).startswith("recipe_")
    }


def prompt(page: AppTest) -> str:
    return str(next(area for area in page.text_area if "prompt" in str(area.key)).value or "")


def test_a_clip_that_was_saved_here_fills_the_form_after_a_click(
    visit: Visit, studio: Studio, done: Generation, text_request: Request
) -> None:
    assert done.main
    content = studio.media.with_recipe(done, done.main).read_bytes()
    page = visit("create")
    next(area for area in page.text_area if "prompt" in str(area.key)).set_value("Else").run()
    page = drop(page, "saved.mp4", content)
    assert verbs(page)["recipe_fill"].label == "Fill the form"
    assert prompt(page) == "Else"
    verbs(page)["recipe_fill"].click().run()
    assert prompt(page) == text_request.prompt
    assert not verbs(page)


def test_a_picture_for_an_input_is_taken_and_offers_its_recipe_too(
    visit: Visit, studio: Studio, tmp_path: Path, done: Generation
) -> None:
    assert done.main
    plain, tagged = tmp_path / "a.png", tmp_path / "b.png"
    plain.write_bytes(still((640, 360)))
    carried_text.put(plain, recipe.written(done, done.main), tagged)
    page = visit("create")
    field = next((str(f.key) for f in page.file_uploader if "upload_" in str(f.key)), "dropped_")
    page = drop(page, "b.png", tagged.read_bytes(), field)
    assert studio.uploads.newest()
    verbs(page)["recipe_dismiss"].click().run()
    assert not verbs(page)


@pytest.mark.parametrize("text", ["", '{"dailies":1}', '{"dailies":1,"model":"<b>x</b>"}'])
def test_a_file_without_a_recipe_says_so(visit: Visit, tmp_path: Path, text: str) -> None:
    plain, tagged = tmp_path / "a.png", tmp_path / "b.png"
    plain.write_bytes(still())
    carried_text.put(plain, text, tagged)
    page = drop(visit("create"), "b.png", tagged.read_bytes())
    assert NOTHING in " ".join(caption.value for caption in page.caption)
    assert not verbs(page)
