"""What each picture shows, and the way there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, expect

from core.compose.examples import SAMPLES, week
from tests.pictures.files import write_film, write_still
from tests.pictures.film import Film

Scheme = Literal["light", "dark"]
WIDE, PHONE = (1440, 900), (390, 844)
FILMED = (1280, 800)
MINUTE = 60_000


def number_of(sample: str) -> int:
    """The generation of the week that starts from that picture."""
    names = [[file.name for file in one.files.values()] for one in week()]
    return 1 + next(place for place, found in enumerate(names) if sample in found)


def take(browser: Browser, url: str, name: str, folder: Path) -> None:
    """One picture into the folder, by its name."""
    size, scheme, scene = SCENES[name]
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=1 if name == "film" else 2,
        color_scheme=scheme,
        is_mobile=size == PHONE,
        has_touch=size == PHONE,
        base_url=url,
    )
    page = context.new_page()
    page.set_default_timeout(MINUTE)
    expect.set_options(timeout=MINUTE)
    path = folder / f"{name}.webp"
    if frames := scene(page):
        write_film(frames.frames, path)
    else:
        write_still(page.screenshot(), path)
    page.goto("about:blank")  # it asks for nothing more; the context ends with the browser


def create(page: Page) -> None:
    """One clip on the stage, others in flight, and the next prompt in the form."""
    for sample, prompt in (
        ("lighthouse.jpg", "A storm rolls in, and waves break over the rock."),
        ("viaduct.jpg", "Autumn: the train leaves a trail of leaves behind."),
        ("ridges.jpg", "Time-lapse: the sun sets, and the first stars come out."),
    ):
        _start(page, sample)
        _write(page, prompt)
        _generate(page).click()
        expect(page.get_by_role("button", name=re.compile(re.escape(prompt)))).to_be_visible()
    _start(page, "balloons.jpg")
    _write(page, "Dozens of balloons rise at once, seen from the basket.")
    page.get_by_role("button", name=re.compile(rf", #{number_of('city.jpg')}\. ")).click()
    expect(page.get_by_text(re.compile(rf"^#{number_of('city.jpg')} · "))).to_be_visible()
    expect(page.get_by_text(re.compile("^Rendering")).nth(1)).to_be_visible()
    expect(page.get_by_test_id("stToast")).to_have_count(0)
    _still(page)


def history(page: Page) -> None:
    page.goto("/history")
    expect(page.get_by_text(re.compile("^generations?$|generations? ·")).first).to_be_visible()
    _still(page)


def generation(page: Page) -> None:
    """The newest clip that is done."""
    page.goto("/")
    page.get_by_role("link", name="Open").first.click()
    page.wait_for_url("**/generation?id=*")
    expect(page.locator("video")).to_be_visible()
    _still(page)


def spending(page: Page) -> None:
    page.goto("/spending")
    expect(page.get_by_text("Balance", exact=True)).to_have_count(2)  # one of each provider
    _still(page)


def phone(page: Page) -> None:
    _start(page, "balloons.jpg")
    _write(page, "The red balloon lifts off, slowly, into the morning.")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    _still(page)


def film(page: Page) -> Film:
    """The main job: write, Generate, watch, play."""
    _start(page, "dunes.jpg")
    _still(page)
    shown = Film(page)
    shown.shoot(500)
    prompt = "The camels cross the dunes in the last light, slow push in."
    shown.write(_prompt(page), prompt)
    _prompt(page).blur()
    _counted(page, prompt)
    shown.shoot(300)
    shown.click(_generate(page))
    said = page.get_by_text(re.compile(r"^#\d+ is on its way")).first.inner_text()
    done = page.get_by_text(re.compile(rf"^{said.split()[0]} · "))
    shown.watch(lambda: done.count() > 0 and page.locator("video").count() > 0)
    shown.play(page.locator("video"), 2.5)
    shown.shoot(900)
    return shown


Scene = Callable[[Page], "Film | None"]
SCENES: dict[str, tuple[tuple[int, int], Scheme, Scene]] = {
    "history": (WIDE, "light", history),
    "history-dark": (WIDE, "dark", history),
    "spending": (WIDE, "light", spending),
    "phone": (PHONE, "dark", phone),
    "film": (FILMED, "dark", film),
    "generation": (WIDE, "dark", generation),
    "create": (WIDE, "dark", create),
}
"""Each picture by its name: how large, light or dark, and the way to it. They are taken in this
order: `film` and `create` make clips, and `generation` shows the one of the film."""


def _start(page: Page, sample: str) -> None:
    page.goto("/")
    expect(_generate(page)).to_be_visible()  # a file that comes before the page is drawn is lost
    page.locator("input[type=file]").first.set_input_files(SAMPLES / sample)
    expect(page.get_by_alt_text("First frame")).to_be_visible()


def _prompt(page: Page) -> Locator:
    return page.get_by_label(re.compile("^Prompt"))


def _write(page: Page, prompt: str) -> None:
    _prompt(page).fill(prompt)
    _prompt(page).blur()
    _counted(page, prompt)


def _counted(page: Page, prompt: str) -> None:
    expect(page.get_by_text(f"{len(prompt)} of 1,000 characters")).to_be_visible()


def _generate(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("Generate · "))


def _still(page: Page) -> None:
    """Wait until the page has drawn all that it has to draw."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_load_state("networkidle")
