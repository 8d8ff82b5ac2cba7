"""What our own components send is read with care: a browser may send anything."""

from __future__ import annotations

import re

import pytest

from pages.ui.components import FRONTEND, number, place, whole


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        *[(7, 7), ("7", 7), (2**53, 2**53), (0, 0), (-1, 0), (1.5, 0), (None, 0), (True, 0)],
        *[("", 0), ("x", 0), ("²", 0), ("9" * 5000, 0), (2**53 + 1, 0), ([1], 0), ({"id": 1}, 0)],
    ],
)
def test_only_a_number_that_a_browser_can_hold_is_one(sent: object, read: int) -> None:
    assert number(sent) == read


def test_a_widget_is_found_by_its_key_whatever_signs_that_has() -> None:
    assert place("create_0_image_to_video_veo3.1_ratio") == (
        "st-key-create_0_image_to_video_veo3-1_ratio"
    )


def test_a_script_is_sent_without_its_comments_and_all_else_that_it_says() -> None:
    text = whole("history/gallery.js")
    parts = ("gallery_marks", "gallery_card", "search_key", "gallery")
    shared = (FRONTEND / f"{part}.js" for part in ("elements", "once_left", "shell/progress"))
    files = [*shared, *(FRONTEND / "history" / f"{part}.js" for part in parts)]
    source = "".join(file.read_text("utf-8") for file in files)
    lines = {re.sub("^export (?!default)", "", line.strip()) for line in source.splitlines()}
    said = {line for line in lines if line and not line.startswith(("//", "/*", "*", "import "))}
    assert said == set(text.splitlines())
    assert len(text) < len(source.encode()) * 3 / 4
