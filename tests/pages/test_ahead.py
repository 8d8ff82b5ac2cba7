"""What is loaded before the first visitor, who would wait for it."""

from __future__ import annotations

import sys
from importlib.resources import files

from pages.ui.shell import code_ahead, scripts_ahead
from tests.pages.conftest import Visit

STATIC = files("streamlit") / "static"


def test_the_first_page_finds_all_code_of_ours_loaded(visit: Visit) -> None:
    code_ahead.load()
    loaded = {*sys.modules}
    assert not visit("create").exception
    assert [one for one in {*sys.modules} - loaded if one.startswith(("core.", "pages."))] == []


def test_scripts_are_named_that_streamlit_has_and_its_frame_does_not_name() -> None:
    named = scripts_ahead.addresses()
    frame = (STATIC / "index.html").read_text()
    assert [one for one in named if not (STATIC / one).is_file()] == []
    assert [one for one in named if one in frame] == []
    kinds = {one.rpartition("/")[2].partition(".")[0] for one in named}
    assert scripts_ahead.DRAWN - kinds == set()
