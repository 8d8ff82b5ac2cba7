"""The Models page: everything the catalogue knows, and the way from it into the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.catalog.catalog import Catalog
from core.catalog.model import Model
from core.generations import Generation, Request
from core.providers.failures import FAILURES
from core.studio import Studio
from pages.ui.compose.form_state import FormState
from tests.pages.conftest import Visit, button, markdown, words


def swap(studio: Studio, model: Model, **changes: Any) -> Model:
    """The studio's catalogue with one model changed."""
    changed = model.model_copy(update=changes)
    models = {(m.endpoint, m.id): changed if m is model else m for m in studio.catalog}
    studio.catalog = Catalog(models, studio.catalog.endpoints, studio.catalog.suppliers)
    return changed


def names(page: AppTest) -> list[str]:
    """The models of the table, in its order."""
    return list(page.dataframe[0].value["Model"])


def rows(page: AppTest) -> list[str]:
    """The lines that open, of models."""
    assert not page.exception
    return [e.label for e in page.expander if e.label.startswith("**")]


def test_every_current_model_is_found_by_what_it_is_for(visit: Visit, studio: Studio) -> None:
    page = visit("models")
    found = []
    for kind in studio.catalog.kinds:
        page.pills(key="models_kind").select(kind).run()
        assert len(rows(page)) == len(names(page))
        found += names(page)
    current = [model.name for model in studio.catalog if model.status == "current"]
    assert sorted(found) == sorted(current)


def test_a_word_finds_models_of_every_kind(visit: Visit) -> None:
    page = visit("models")
    page.text_input(key="models_search").set_value("veo FAST").run()
    assert set(names(page)) == {"Veo 3.1 Fast"}
    assert set(page.dataframe[0].value["What it does"]) == {"Image to video", "Text to video"}
    page.text_input(key="models_search").set_value("no such model").run()
    assert page.info[0].value == "No model fits these words."


def test_a_row_says_the_price_and_what_the_model_is_good_for(visit: Visit) -> None:
    assert "**Gen-4 Turbo** · Trying ideas · 5 credits a second" in rows(visit("models"))


def test_a_row_that_is_opened_shows_the_models_card(visit: Visit) -> None:
    page = visit("models")
    assert "Film-like clips" not in markdown(page)
    page.session_state["model_image_to_video_veo3.1"] = True
    page.run()
    assert "Film-like clips" in markdown(page)


@pytest.mark.parametrize("address", ["", "x", "a/b", "text_to_video/", "/", "image_to_video/veo9"])
def test_an_address_that_names_no_model_opens_none(visit: Visit, address: str) -> None:
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
    page.session_state["form"] = FormState(Request("image_to_video", "gen4.5", "A quiet sea"))
    page.button(key="use_text_to_video_veo3.1").click().run()
    assert not page.exception
    draft = page.session_state["form"].draft
    assert (draft.endpoint, draft.model) == ("text_to_video", "veo3.1")
    assert button(page, "Generate").label == "Generate · 160 credits ($1.60)"
    assert page.text_area[0].value == "A quiet sea"


def test_every_failure_its_cost_and_what_to_do_is_told(visit: Visit) -> None:
    page = visit("models")
    table = page.table[0].value
    told = set(zip(table["What happened"], table["What it costs"], strict=True))
    assert {
        (one.title, one.usual_cost) for one in (each.told("Runway") for each in FAILURES)
    } <= told
    assert "Usually stopped" in markdown(page)


def test_a_retired_model_is_shown_when_asked_for_and_leads_to_its_successor(
    visit: Visit, studio: Studio
) -> None:
    first = next(iter(studio.catalog))
    swap(studio, first, status="retired", successor="gen4.5", name="Gone Model")
    page = visit("models")
    assert "Gone Model" not in names(page)
    page.toggle(key="models_retired").set_value(True).run()
    assert "Gone Model" in names(page)
    page = visit("models", model=f"{first.endpoint}/{first.id}")
    assert "Gone Model is retired. Use Gen-4.5 in its place." in page.info[0].value
    page.button(key="use_image_to_video_gen4.5").click().run()
    assert page.session_state["form"].draft.model == "gen4.5"


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
    assert "another than ours once" in page.warning[0].value
    table = page.dataframe[0].value
    differed = table[table["Price differed"] > 0]
    assert list(differed["What it does"]) == ["Text to video"]
