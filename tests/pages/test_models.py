"""The Models page: everything the catalogue knows, and the way from it into the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.catalog.loader import Catalog
from core.catalog.model import Model
from core.generations import Generation, Request
from core.runway.failure_codes import FAILURES
from core.studio import Studio
from tests.pages.conftest import button, markdown, words

Visit = Callable[..., AppTest]


def swap(studio: Studio, model: Model, **changes: Any) -> Model:
    """The studio's catalogue with one model changed."""
    changed = model.model_copy(update=changes)
    models = {(m.endpoint, m.id): changed if m is model else m for m in studio.catalog}
    studio.catalog = Catalog(models, studio.catalog.endpoints)
    return changed


def names(page: AppTest) -> list[str]:
    """The models of the table, in its order."""
    return list(page.dataframe[0].value["Model"])


def test_every_current_model_is_compared(visit: Visit, studio: Studio) -> None:
    current = [model.name for model in studio.catalog if model.status == "current"]
    assert sorted(names(visit("models"))) == sorted(current)


def test_the_table_is_filtered_by_words_purpose_and_maker(visit: Visit) -> None:
    page = visit("models")
    page.text_input(key="models_search").set_value("veo FAST").run()
    assert set(names(page)) == {"Veo 3.1 Fast"}
    page.multiselect(key="models_kind").set_value(["text"]).run()
    assert list(page.dataframe[0].value["Does"]) == ["Text to video"]
    page.multiselect(key="models_maker").set_value(["Runway"]).run()
    assert not page.dataframe
    assert page.info[0].value == "No model fits these filters."


def test_a_chosen_row_shows_its_card_and_can_be_sent_as_an_address(visit: Visit) -> None:
    page = visit("models")
    before = names(page).index("Veo 3.1")
    selection = {"selection": {"rows": [before], "columns": [], "cells": []}}
    page.session_state["models_table"] = selection
    page.run()
    assert page.query_params["model"] == "image_to_video/veo3.1"
    assert "Film-like clips" in markdown(page)


@pytest.mark.parametrize("address", ["", "x", "a/b", "text_to_video/", "/", "image_to_video/veo9"])
def test_an_address_that_names_no_model_shows_the_table_alone(visit: Visit, address: str) -> None:
    page = visit("models", model=address)
    assert names(page)
    assert "Made by" not in [caption.value for caption in page.caption]


def test_each_price_stands_with_its_condition_source_and_date(visit: Visit) -> None:
    text = markdown(visit("models", model="text_to_video/veo3.1"))
    assert "- 40 credits a second, with sound on\n- 20 credits a second, with sound off" in text
    assert "Price from docs.dev.runwayml.com/guides/pricing, checked 2026-10-15." in text
    assert "With its default settings: 160 credits (\\$1.60)." in text


def test_what_a_model_takes_and_what_is_assumed_is_told(visit: Visit) -> None:
    page = visit("models", model="image_to_video/veo3.1")
    shown = [text.value for text in page.text]
    assert "First frame, last frame (optional)" in shown
    assert "Up to 1,000 characters, optional" in shown
    assert "16:9, 9:16, up to 1920 × 1080" in shown
    turbo = visit("models", model="image_to_video/gen4_turbo")
    assert "Assumed: Runway's SDK does not state this model's range" in markdown(turbo)


def test_a_model_is_carried_into_the_form_with_the_words_that_stand_there(
    visit: Visit, studio: Studio
) -> None:
    page = visit("models", model="text_to_video/veo3.1")
    page.session_state["draft"] = Request("image_to_video", "gen4.5", "A quiet sea")
    page.session_state["draft_key"], page.session_state["draft_version"] = "0" * 16, 0
    page.button(key="use_text_to_video_veo3.1").click().run()
    assert not page.exception
    draft = page.session_state["draft"]
    assert (draft.endpoint, draft.model) == ("text_to_video", "veo3.1")
    assert button(page, "Generate").label == "Generate · 160 credits ($1.60)"
    assert page.text_area[0].value == "A quiet sea"


def test_every_failure_its_cost_and_what_to_do_is_told(visit: Visit) -> None:
    page = visit("models")
    table = page.table[0].value
    told = set(zip(table["What happened"], table["What it costs"], strict=True))
    assert {(failure.title, failure.usual_cost) for failure in FAILURES} <= told
    assert "What is allowed" in markdown(page)


def test_a_retired_model_is_shown_when_asked_for_and_leads_to_its_successor(
    visit: Visit, studio: Studio
) -> None:
    first = next(iter(studio.catalog))
    swap(studio, first, status="retired", successor="gen4.5", name="Gone Model")
    page = visit("models", model=f"{first.endpoint}/{first.id}")
    assert "Gone Model" not in names(page)
    page.toggle(key="models_retired").set_value(True).run()
    assert "Gone Model" in names(page)
    assert "Gone Model is retired. Use Gen-4.5 in its place." in page.info[0].value
    page.button(key="use_image_to_video_gen4.5").click().run()
    assert page.session_state["draft"].model == "gen4.5"


def test_a_model_without_a_price_says_so(visit: Visit, studio: Studio) -> None:
    first = next(iter(studio.catalog))
    swap(studio, first, price=())
    page = visit("models", model=f"{first.endpoint}/{first.id}")
    assert "The price is not known before Runway says it." in words(page)


def test_a_model_that_runway_priced_otherwise_is_flagged(
    visit: Visit, add: Callable[..., Generation]
) -> None:
    add(quoted=24, credits_estimated=30)
    add(quoted=24, credits_estimated=24)
    page = visit("models", model="text_to_video/gen4.5")
    assert "another than this once" in page.warning[0].value
    table = page.dataframe[0].value
    differed = table[table["Price differed"] > 0]
    assert list(differed["Does"]) == ["Text to video"]


def test_a_pick_says_what_it_is_for_and_opens_the_form(visit: Visit, studio: Studio) -> None:
    pick = swap(studio, next(iter(studio.catalog)), pick_for="A first try")
    page = visit("models")
    assert "A first try" in [caption.value for caption in page.caption]
    page.button(key=f"pick_{pick.endpoint}_{pick.id}").click().run()
    assert page.session_state["draft"].model == pick.id
