"""Generate is in sight with the form of every model, with a file in each place that takes one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from core.catalog.model import Model
from core.catalog.params import Param
from core.generations import Input, Request
from core.settings import Settings
from core.storage.making.drafts import Draft
from core.studio import Studio
from pages.ui.compose.fields import PILLS
from tests.browser.conftest import PATIENCE_MS
from tests.browser.serving import Server
from tests.footage import film, sound, still

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = ((1440, 900), (1024, 768), (390, 844))
UNSEEN = """() => {
    const button = [...document.querySelectorAll('.st-key-composer_foot button')]
        .find((one) => one.textContent.includes('Generate'));
    if (!button) return 'not drawn';
    const { left, top, right, bottom } = button.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) return `from ${top} to ${bottom} of ${innerHeight}`;
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return button.contains(above) ? '' : `below ${above?.className}`;
}"""


@pytest.fixture
def drafts(tmp_path: Path) -> Iterator[tuple[Server, dict[str, str]]]:
    """A server whose history has a draft for each of the tallest forms, with files; their keys, by
    model."""
    server = Server(tmp_path / "served", {"DAILIES_DEMO_SECONDS": "4"}, warm=True)
    studio = Studio(Settings(data_dir=server.folder, disk_floor=0))
    contents = {
        "image": ("picture.png", still((1280, 720))),
        "video": ("clip.mp4", film(tmp_path / "clip.mp4", size=(1280, 720))),
        "audio": ("sound.mp3", sound(tmp_path / "sound.mp3")),
    }
    kept = {medium: studio.uploads.add(*file)[0].sha256 for medium, file in contents.items()}
    keys = {}
    for number, model in enumerate(tallest(studio.catalog)):
        key = f"{number:016x}"
        studio.compose.save_draft(key, Draft(filled(model, kept)))
        keys[f"{model.endpoint}/{model.id}"] = key
    studio.close()
    server.start()
    yield server, keys
    server.stop()


def tallest(models: Iterable[Model]) -> list[Model]:
    """Of all models those whose form is no part of another's: what draws less is less tall."""
    forms: dict[str, tuple[Model, Counter[str]]] = {}
    for model in models:
        parts = Counter(drawn_for(model))
        forms.setdefault(f"{sorted(parts.items())}", (model, parts))
    return [
        model
        for model, parts in forms.values()
        if not any(parts < others for _model, others in forms.values())
    ]


def drawn_for(model: Model) -> Iterator[str]:
    """What the form of a model has below one another, by how it looks: whoever has as much and more
    is taller."""
    for param in model.param:
        if not param.more:
            yield from _setting(param)
    if any(param.more for param in model.param):
        yield "more settings"
    for slot in model.input:
        if slot.offered(model.defaults):
            yield "files" if slot.most > 1 else "a file"
            yield from ["a setting of a file"] * len(slot.settings)
    if model.prompt.fits(model.defaults):
        yield "a prompt"
    if model.status != "current":
        yield model.status


def _setting(param: Param) -> Iterator[str]:
    if len(param.choices) > PILLS:
        yield f"{param.kind}, a list"
    else:
        yield param.kind
        yield from ["a row of choices"] * -(-len(param.choices) // 4)


def filled(model: Model, kept: dict[str, str]) -> Request:
    """The model's own settings, words, and one file in each place that they leave open."""
    inputs = [
        Input(slot.role, kept[slot.media[0]])
        for slot in model.input
        if slot.offered(model.defaults)
    ]
    return Request(model.endpoint, model.id, "A quiet sea", model.defaults, tuple(inputs))


def test_generate_is_in_sight_with_the_form_of_every_model(
    drafts: tuple[Server, dict[str, str]], browser: Browser
) -> None:
    server, keys = drafts
    page = browser.new_page(reduced_motion="reduce")
    page.set_default_timeout(PATIENCE_MS)
    hidden = {}
    for model, key in keys.items():
        page.goto(f"{server.url}/?draft={key}")
        drawn(page)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            if unseen := page.evaluate(UNSEEN):
                hidden[f"{model} at {width}"] = unseen
    page.close()
    assert hidden == {}


def drawn(page: Page) -> None:
    """Wait until the form has all that it has."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_function("() => getComputedStyle(document.body).visibility === 'visible'")
    page.get_by_role("button", name="Generate").wait_for()
