"""Create where models of two providers stand in one list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.generations import Request, Status
from core.serving import presenting
from core.settings import Settings
from pages.ui.models import price_rows
from tests.conftest import ROOT, OpenStudio
from tests.pages.compose.test_form import filled
from tests.pages.conftest import button, component_data, markdown, open_page

NOWHERE = "http://127.0.0.1:9"
OURS, THEIRS = ("image_to_video", "gen4_turbo"), ("kie_image_to_video", "kie_gen4_turbo")


def groups(page: AppTest) -> dict[str, list[dict[str, Any]]]:
    """The list that a model is chosen from."""
    (shown,) = component_data(page, "model_list")
    return {group["name"]: group["models"] for group in shown["groups"]}


def both(settings: Settings, key: str) -> Settings:
    return replace(settings, kie_api_key=key, kie_base_url=NOWHERE, kie_upload_url=NOWHERE)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (OURS, "25 credits (\\$0.25) here, 12 KIE credits (\\$0.06) as KIE Gen-4 Turbo at KIE"),
        (THEIRS, "12 KIE credits (\\$0.06) here, 25 credits (\\$0.25) as Gen-4 Turbo at Runway"),
    ],
)
def test_the_same_model_of_two_providers_shows_both_prices(
    open_studio: OpenStudio, settings: Settings, key: str, asked: tuple[str, str], said: str
) -> None:
    with presenting(open_studio(both(settings, key))):
        page = filled(Request(*asked))
        listed = {one["name"]: one["price"] for one in groups(page)["Runway at KIE"]}
        assert listed == {"KIE Gen-4 Turbo": "12 to 30 KIE credits · $0.06"}
        assert "Gen-4 Turbo" in {one["name"] for one in groups(page)["Runway"]}
        assert said in markdown(page)
        assert not page.warning


def test_the_price_on_the_button_is_in_the_credits_of_its_provider(
    open_studio: OpenStudio, settings: Settings, key: str
) -> None:
    with presenting(open_studio(both(settings, key))):
        page = filled(Request("kie_text_to_video", "kie_gen4_turbo", "A quiet sea"))
        assert button(page, "Generate").label == "Generate · 12 KIE credits ($0.06)"


def test_prices_of_a_model_are_in_the_credits_of_its_provider(
    open_studio: OpenStudio, settings: Settings, key: str
) -> None:
    studio = open_studio(both(settings, key))
    model = studio.compose.model(Request(*THEIRS))
    assert model
    said = price_rows.lines(model, studio.catalog.suppliers["kie"])[0]
    assert "12 KIE credits a video" in said


def test_models_of_a_provider_whose_key_is_missing_say_so(
    open_studio: OpenStudio, settings: Settings
) -> None:
    with presenting(open_studio(settings)):
        page = filled(Request(*THEIRS))
        names = list(groups(page))
        assert names.index("KIE: no key") > names.index("Runway")
        assert "This server has no key for KIE" in page.warning[0].value
        button(page, "Generate").click().run()
        assert "This server has no key for KIE." in page.error[0].value


@pytest.mark.parametrize("status", [Status.RUNNING, Status.FAILED])
def test_what_a_provider_cannot_end_or_delete_is_not_offered(
    open_studio: OpenStudio, settings: Settings, key: str, status: Status
) -> None:
    studio = open_studio(both(settings, key))
    ratio: dict[str, Any] = {"ratio": "16:9", "resolution": "720p", "duration": 5}
    words = Request("kie_text_to_video", "kie_gen4_turbo", "A quiet sea", ratio)
    made = studio.compose.submit(words, "one")[0]
    studio._store.move(made, status, studio.now, task_id="task-1")
    with presenting(studio):
        page = open_page("generation", id=str(made.id))
        assert not page.exception
        assert not {"Cancel", "Delete it at KIE"} & {one.label for one in page.button}


def test_a_provider_that_tells_no_cost_is_not_said_to_have_told_one(
    open_studio: OpenStudio, settings: Settings, key: str
) -> None:
    studio = open_studio(both(settings, key))
    ratio: dict[str, Any] = {"ratio": "16:9", "resolution": "720p", "duration": 5}
    words = Request("kie_text_to_video", "kie_gen4_turbo", "A quiet sea", ratio)
    made = studio.compose.submit(words, "one")[0]
    with presenting(studio):
        page = open_page("generation", id=str(made.id))
        assert [one.label for one in page.metric] == ["Quoted", "Charged"]
        said = next(one.value for one in page.caption if "Quoted is" in one.value)
        assert "KIE tells no cost" in said
        assert "estimated" not in said


def test_with_a_key_of_kie_alone_its_models_come_first(
    open_studio: OpenStudio, settings: Settings, key: str
) -> None:
    with presenting(open_studio(replace(both(settings, key), api_key=""))):
        page = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=20).run()
        assert not page.exception
        names = list(groups(page))
        assert (names[0], "Runway: no key" in names) == ("Runway", True)
        assert [one["name"] for one in groups(page)["Runway"]] == ["KIE Gen-4 Turbo"]
