"""The Models page: everything the catalogue knows, and the way from it into the form."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.catalog import Catalog
from core.failures import FAILURES
from core.generations import Request
from core.studio import Studio
from tests.pages.conftest import button, markdown, words

Visit = Callable[..., AppTest]


def test_every_model_is_compared_and_has_a_card(visit: Visit, studio: Studio) -> None:
    page = visit("models")
    models = list(studio.catalog)
    assert list(page.dataframe[0].value["Model"]) == [model.name for model in models]
    assert [b.label for b in page.button].count("Use this model") == len(models)
    for model in models:
        assert model.about in markdown(page)


def test_each_price_stands_with_its_condition_source_and_date(visit: Visit) -> None:
    text = markdown(visit("models"))
    assert "- 40 credits a second, with sound on\n- 20 credits a second, with sound off" in text
    assert "Price from docs.dev.runwayml.com/guides/pricing, checked 2026-10-15." in text
    assert "With its default settings: 320 credits (\\$3.20)." in text
    assert "Assumed: Runway's SDK does not state this model's range" in text


def test_what_a_model_takes_is_told(visit: Visit) -> None:
    shown = [text.value for text in visit("models").text]
    assert "First frame, last frame (optional)" in shown
    assert "Words alone" in shown
    assert "Up to 1,000 characters, optional" in shown
    assert "16:9, 9:16, up to 1920 × 1080" in shown


def test_a_model_is_carried_into_the_form_with_the_words_that_stand_there(
    visit: Visit, studio: Studio
) -> None:
    page = visit("models")
    page.session_state["draft"] = Request("image_to_video", "gen4.5", "A quiet sea")
    page.session_state["draft_key"], page.session_state["draft_version"] = "0" * 16, 0
    page.button(key="use_text_to_video_veo3.1").click().run()
    assert not page.exception
    draft = page.session_state["draft"]
    assert (draft.endpoint, draft.model) == ("text_to_video", "veo3.1")
    assert button(page, "Generate").label == "Generate · 320 credits ($3.20)"
    assert page.text_area[0].value == "A quiet sea"


def test_every_failure_and_what_to_do_is_told(visit: Visit) -> None:
    page = visit("models")
    assert list(page.table[0].value["What to do"]) == [failure.advice for failure in FAILURES]
    assert "What is allowed" in markdown(page)


def test_a_retired_model_names_its_successor_and_cannot_be_chosen(
    visit: Visit, studio: Studio
) -> None:
    first, *others = studio.catalog
    gone = {"status": "retired", "successor": "gen4.5"}
    retired = first.model_copy(update=gone)
    studio.catalog = Catalog(
        {(m.endpoint, m.id): m for m in (retired, *others)}, studio.catalog.endpoints
    )
    page = visit("models")
    assert f"{first.name} is retired. Use Gen-4.5 in its place." in markdown(page)
    assert first.id not in [b.key for b in page.button]
    assert len(page.dataframe[0].value) == len(others)


def test_a_model_without_a_price_says_so(visit: Visit, studio: Studio) -> None:
    first, *others = studio.catalog
    unpriced = first.model_copy(update={"price": ()})
    studio.catalog = Catalog(
        {(m.endpoint, m.id): m for m in (unpriced, *others)}, studio.catalog.endpoints
    )
    assert "The price is not known before Runway says it." in words(visit("models"))
