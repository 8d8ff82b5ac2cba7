"""Try on another model: what comes along, what stays, and the difference in price."""

from __future__ import annotations

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from core.generations import Input, Request, Status
from core.studio import Studio
from tests.conftest import MakeImageRequest, MakePicture
from tests.pages.conftest import Add, Visit, button


def on(page: AppTest, model: str) -> AppTest:
    """The popover with that model chosen."""
    box = page.selectbox(key="another_model")
    return box.select(next(option for option in box.options if option.startswith(model))).run()


def test_the_button_says_the_price_and_how_much_more_it_is(
    visit: Visit, add: Add, text_request: Request
) -> None:
    made = add(replace(text_request, params={"ratio": "1280:720", "duration": 4}), quoted=48)
    page = on(visit("generation", id=str(made.id)), "Veo 3.1 · Text to video")
    offer = button(page, "Open in the form")
    assert offer.label == "Open in the form · 160 credits ($1.60), 112 more"
    offer.click().run()
    draft = page.session_state["form"].draft
    assert (draft.model, draft.prompt) == ("veo3.1", made.request.prompt)
    assert draft.params["duration"] == 4


def test_a_refund_does_not_make_another_model_look_dearer(
    visit: Visit, add: Add, text_request: Request
) -> None:
    request = replace(text_request, params={"ratio": "1280:720", "duration": 4})
    made = add(request, status=Status.FAILED, quoted=48, charged=0)
    page = on(visit("generation", id=str(made.id)), "Veo 3.1 · Text to video")
    assert button(page, "Open in the form").label.endswith("160 credits ($1.60), 112 more")


def test_what_does_not_fit_is_named(visit: Visit, add: Add, text_request: Request) -> None:
    made = add(replace(text_request, params={"ratio": "1280:720", "duration": 5, "seed": 7}))
    page = on(visit("generation", id=str(made.id)), "Veo 3.1 · Text to video")
    assert "• Duration: 5 seconds does not fit; it is 4 seconds." in [t.value for t in page.text]


def test_only_models_that_can_do_without_more_files_are_offered(
    visit: Visit, add: Add, text_request: Request, studio: Studio
) -> None:
    page = visit("generation", id=str(add(text_request).id))
    offered = page.selectbox(key="another_model").options
    assert "Veo 3.1 · Text to video" in offered
    assert "Gen-4 Turbo · Image to video" not in offered
    assert "Gen-4.5 · Text to video" not in offered


def test_a_picture_comes_along(
    visit: Visit, add: Add, image_request: MakeImageRequest, picture: MakePicture, studio: Studio
) -> None:
    upload, _notices = studio.uploads.add("a.png", picture())
    made = add(image_request(upload.sha256), status=Status.FAILED)
    page = on(visit("generation", id=str(made.id)), "Veo 3.1 · Image to video")
    button(page, "Open in the form").click().run()
    assert page.session_state["form"].draft.inputs == (Input("first", sha256=upload.sha256),)
