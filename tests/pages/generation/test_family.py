"""The family on a generation's page: the tree, its cost, and what carries on from a clip."""

from __future__ import annotations

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from core.domain.families import Origin, Parent, Way
from core.generations import Generation, Request, Review, Status
from core.studio import Studio
from tests.pages.conftest import Add, Visit, button

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://evil.test/a.png) **b**"


def child(studio: Studio, made: Generation, parent: Generation, way: Way) -> None:
    with studio._file.tx() as db:
        row = {"generation_id": made.id, "parent_key": parent.idempotency_key, "way": way}
        db.table("parents").insert(row)
    assert studio._records.families.parents(made.id) == (Parent(parent.idempotency_key, way),)


def labels(page: AppTest) -> set[str]:
    """What Create says that the request is made from."""
    found = (one.proto.popover.label for one in page.get("popover"))
    return {label for label in found if "#" in label}


def test_without_a_family_none_is_drawn(visit: Visit, add: Add) -> None:
    page = visit("generation", id=str(add().id))
    assert "Family" not in [one.value for one in page.subheader]


def test_the_family_tells_ways_states_and_cost(
    visit: Visit, add: Add, studio: Studio, text_request: Request
) -> None:
    first = add(replace(text_request, prompt=HOSTILE), charged=20)
    remix, longer = add(charged=22), add(text_request, Status.RUNNING, quoted=30)
    child(studio, remix, first, Way.REMIX)
    child(studio, longer, remix, Way.EXTENDED)
    studio.trash.put([first.id], by="Ann")
    page = visit("generation", id=str(remix.id))
    said = [one.value for one in page.markdown]
    line = next(one for one in said if "generations" in one)
    assert line == (
        "**3** generations · **42 credits (\\$0.42)** spent · **30 credits (\\$0.30)** not final"
    )
    assert not any("evil" in one for one in said)


def test_a_clip_from_words_is_extended_on_the_same_model(
    visit: Visit, add: Add, text_request: Request
) -> None:
    made = add(replace(text_request, params={"ratio": "1280:720", "duration": 4}))
    page = visit("generation", id=str(made.id))
    offered = page.selectbox(key="extend_model").options
    assert offered[0] == "Gen-4.5 · Image to video"


def test_an_approved_take_is_promoted_for_the_difference_on_the_button(
    visit: Visit, add: Add, studio: Studio, text_request: Request
) -> None:
    made = add(replace(text_request, params={"ratio": "1280:720", "duration": 4}), quoted=48)
    page = visit("generation", id=str(made.id))
    assert "promote_model" not in [one.key for one in page.selectbox]
    studio.reviews.set_state([made.id], Review.APPROVED, by="Ann")
    page.run()
    box = page.selectbox(key="promote_model")
    page = box.select(next(one for one in box.options if one.startswith("Veo 3.1 ·"))).run()
    offer = button(page, "Promote ·")
    assert offer.label == "Promote · 160 credits ($1.60), 112 more"
    offer.click().run()
    form = page.session_state["form"]
    assert (form.draft.model, form.draft.prompt) == ("veo3.1", made.request.prompt)
    assert form.origin == Origin(made.id, Way.PROMOTED)
    assert labels(page) == {f"Promotes #{made.id}"}


def test_what_is_not_from_it_any_more_is_said_no_more(
    visit: Visit, add: Add, text_request: Request
) -> None:
    made = add(replace(text_request, prompt="A quiet sea at dawn"))
    page = visit("generation", id=str(made.id))
    button(page, "Remix").click().run()
    assert labels(page) == {"A remix of #1"}
    button(page, "Unlink").click().run()
    assert page.session_state["form"].origin is None
    assert labels(page) == set()
    assert page.session_state["form"].draft.prompt == "A quiet sea at dawn"
