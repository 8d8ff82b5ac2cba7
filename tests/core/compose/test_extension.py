"""A clip goes on from its last frame: on which models, and with what of its order."""

from __future__ import annotations

from core.catalog.catalog import Catalog
from core.compose import extension
from core.compose.convert import carry
from core.generations import Input, Request
from core.settings import ROOT

CATALOG = Catalog.load(ROOT / "data" / "catalog")
WORDS = Request("text_to_video", "gen4.5", "A quiet sea", {"ratio": "1280:720", "duration": 5})


def test_the_same_model_where_it_begins_with_a_frame_comes_first() -> None:
    found = extension.models(WORDS, CATALOG)
    assert (found[0].endpoint, found[0].id) == ("image_to_video", "gen4.5")
    again = Request("image_to_video", found[1].id)
    assert extension.models(again, CATALOG)[0].id == found[1].id


def test_words_and_settings_come_along_and_the_frames_of_the_clip_do_not() -> None:
    for model in extension.models(WORDS, CATALOG):
        slots = {slot.position: slot.role for slot in model.input}
        ends = tuple(Input(role, "b" * 64) for at, role in slots.items() if at in extension.ENDS)
        before = Request(model.endpoint, model.id, "A quiet sea", model.defaults, ends)
        wanted, said = carry(extension.extended(before, model, "a" * 64, model), model, model)
        assert wanted.inputs == (Input(slots["first"], "a" * 64),)
        assert wanted.prompt == "A quiet sea"
        assert not said or wanted.params != before.params
