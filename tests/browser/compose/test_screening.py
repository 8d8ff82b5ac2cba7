"""Create as a screening room: Generate in sight, a stage that keeps its clip, words that stay."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.serving import Server
from tests.browser.test_journey import (
    AT_PROVIDER,
    HOSTILE,
    from_text,
    generate,
    play,
    rows,
    settled,
    tile,
)

pytestmark = pytest.mark.browser

SIZES = ((1440, 900), (1024, 768), (390, 844))
KINDS = ("Image", "Text", "Video", "Performance", "Still image", "Sound")
SHIFTS = """() => {
    const named = ({node, previousRect: from, currentRect: to}) =>
        `${node?.className ?? node?.nodeName} ${from.x},${from.y} to ${to.x},${to.y}`;
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
            if (!entry.hadRecentInput)
                window.shifts.push([entry.value, ...entry.sources.map(named)]);
    }).observe({type: 'layout-shift'});
}"""
PLACES = """() => {
    window.places = new Set();
    const buttons = '.st-key-composer_foot button[kind=primary]';
    const look = () => {
        for (const button of document.querySelectorAll(buttons))
            if (button.getClientRects().length)
                window.places.add(Math.round(button.getBoundingClientRect().y));
        requestAnimationFrame(look);
    };
    look();
}"""
"""Notes at each drawing of the page where Generate stands."""
HURRY = """() => {
    const [began, now] = [Date.now(), Date.now];
    Date.now = () => began + 30 * (now() - began);
}"""
"""Half a minute passes in a second."""
PASTE = """async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 1280; canvas.height = 720;
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    const given = new DataTransfer();
    given.items.add(new File([blob], 'pasted.png', {type: 'image/png'}));
    document.body.dispatchEvent(
        new ClipboardEvent('paste', {clipboardData: given, bubbles: true}));
}"""
DROP = """async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 720; canvas.height = 1280;
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    const given = new DataTransfer();
    given.items.add(new File([blob], 'dropped.png', {type: 'image/png'}));
    document.querySelector('.st-key-composer textarea').dispatchEvent(
        new DragEvent('drop', {dataTransfer: given, bubbles: true, cancelable: true}));
}"""


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Generate")


def form_is_there(page: Page) -> None:
    """What takes files has been drawn, and listens."""
    settled(page)
    page.locator(".st-key-create_dropzone .sign").wait_for(state="attached")


def in_sight(page: Page, width: int, height: int) -> None:
    """Generate lies within the window, and nothing lies over it."""
    page.set_viewport_size({"width": width, "height": height})
    expect(button(page)).to_be_visible()
    box = button(page).bounding_box()
    assert box, "it is not drawn"
    assert 0 <= box["y"] <= height - box["height"], f"{width} x {height}: at {box['y']}"
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert page.evaluate(
        "([x, y]) => Boolean(document.elementFromPoint(x, y).closest('button'))", middle
    )


def test_generate_is_in_sight_at_every_size_with_any_form(look: Callable[..., Page]) -> None:
    page = look()
    form_is_there(page)
    page.evaluate(PASTE)
    expect(page.get_by_alt_text("First frame")).to_be_visible()
    for kind in KINDS:
        page.get_by_role("radio", name=kind, exact=True).click()
        settled(page)
        if page.get_by_text("More settings").count():
            page.get_by_text("More settings").click()
        for width, height in SIZES:
            in_sight(page, width, height)
        page.set_viewport_size({"width": 1440, "height": 900})


def test_a_blocked_click_says_why_and_leads_to_the_field(look: Callable[..., Page]) -> None:
    page = look(motion=True)
    button(page).click()
    reason = page.get_by_role("alert").get_by_text("First frame: choose a picture.")
    expect(reason).to_be_in_viewport()
    page.wait_for_function(
        "() => document.activeElement.closest('[data-testid=stFileUploader]') !== null"
    )


def test_one_key_orders_what_has_just_been_typed_and_once(
    visit: Callable[..., Page], server: Server
) -> None:
    page = visit()
    from_text(page, "A quiet sea")
    page.get_by_label("Prompt", exact=True).fill("A quiet lake")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    expect(page.get_by_text("#1 is on its way.")).to_be_visible()
    settled(page)
    assert [prompt for _status, prompt in rows(server)] == ["A quiet lake"]


def test_words_are_counted_while_they_are_typed_and_outlive_a_reload(
    look: Callable[..., Page],
) -> None:
    page = look()
    from_text(page, "A quiet")
    page.get_by_label("Prompt", exact=True).press("End")
    page.keyboard.type(" sea 🌊")
    expect(page.get_by_text("14 of 1,000 characters")).to_be_visible()
    expect(page.get_by_label("Prompt", exact=True)).to_be_focused()
    page.reload()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A quiet sea 🌊")
    expect(page.get_by_text("14 of 1,000 characters")).to_be_visible()


SEND_AND_GO_ON = """field => {
    const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set;
    const type = (words) => {
        field.focus();
        set.call(field, words);
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    };
    type('A quiet');
    field.blur();
    type('A quiet sea');
}"""


def test_words_that_follow_sent_ones_outlive_a_reload_before_the_server_has_answered(
    look: Callable[..., Page],
) -> None:
    page = look()
    from_text(page, "A lake")
    settled(page)
    page.get_by_label("Prompt", exact=True).evaluate(SEND_AND_GO_ON)
    page.goto("about:blank")
    page.go_back()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A quiet sea")


def test_a_picture_is_pasted_and_another_dropped_anywhere_takes_its_place(
    look: Callable[..., Page],
) -> None:
    page = look()
    form_is_there(page)
    page.evaluate(PASTE)
    expect(page.get_by_text("pasted.png").locator("visible=true")).to_be_visible()
    expect(page.get_by_alt_text("First frame")).to_be_visible()  # it has arrived, too
    settled(page)
    page.evaluate(DROP)
    expect(page.get_by_text("dropped.png").locator("visible=true")).to_be_visible()
    expect(page.get_by_role("radio", name="9:16")).to_be_checked()
    expect(page.get_by_text("pasted.png").locator("visible=true")).to_have_count(0)


@pytest.mark.made(seconds=1)
def test_a_clip_that_plays_stays_on_the_stage_when_another_is_finished(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    from_text(page, "First")
    generate(page)
    play(page)
    source = page.locator("video").get_attribute("src")
    from_text(page, "Second")
    generate(page)
    expect(tile(page, 2)).to_have_accessible_name(re.compile("^Done"))
    expect(page.get_by_text("#2 · Gen-4.5: done")).to_be_visible()
    assert page.locator("video").get_attribute("src") == source
    assert not page.locator("video").evaluate("v => v.paused")
    tile(page, 2).click()
    expect(page.locator("video")).not_to_have_attribute("src", str(source))
    page.wait_for_function("v => !v.paused", arg=page.locator("video").element_handle())


def test_what_failed_or_was_cancelled_does_not_take_the_stage(visit: Callable[..., Page]) -> None:
    page = visit()
    from_text(page, "First")
    generate(page)
    page.locator("video").wait_for()
    from_text(page, "Second #fail-output")
    generate(page)
    expect(tile(page, 2)).to_have_accessible_name(re.compile("^Failed"))
    from_text(page, "Third")
    generate(page)
    expect(tile(page, 3)).to_have_accessible_name(AT_PROVIDER)
    page.get_by_role("button", name="Cancel #3").click()
    page.get_by_role("button", name="No refund").click()
    expect(tile(page, 3)).to_have_accessible_name(re.compile("^Cancelled"))
    expect(page.locator("video")).to_be_visible()
    tile(page, 2).click()
    expect(page.get_by_text("Edit and try again")).to_be_visible()


@pytest.mark.made(seconds=1)
def test_the_player_goes_by_keys_and_remembers_how_a_person_watches(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    from_text(page, "A quiet sea")
    generate(page)
    page.locator("video").wait_for()
    page.get_by_text("#1 · Gen-4.5 ·").click()  # the focus is on no field
    page.keyboard.press(".")  # a new clip plays by itself: this stops it
    page.wait_for_function("v => v.paused && !v.seeking && v.readyState > 0", arg=video(page))
    at = "v => Math.round(v.currentTime * 24)"
    first = video(page).evaluate(at)
    for key, further in ((".", 1), (".", 2), (",", 1)):
        page.keyboard.press(key)
        page.wait_for_function(f"v => ({at})(v) === {first + further}", arg=video(page))
    page.keyboard.press("m")
    page.keyboard.press("l")
    page.wait_for_function("v => v.muted && !v.paused", arg=video(page))
    page.keyboard.press("l")
    page.wait_for_function("v => v.playbackRate === 2", arg=video(page))
    page.keyboard.press("k")
    page.wait_for_function("v => v.paused", arg=video(page))
    page.reload()
    page.wait_for_function("v => v.readyState > 0", arg=video(page))
    assert video(page).evaluate("v => [v.muted, v.loop, v.playbackRate]") == [True, True, 1]


def video(page: Page) -> Any:
    return page.locator("video").element_handle()


@pytest.mark.made("First", seconds=90)
def test_focus_selection_words_and_a_playing_clip_survive_while_another_gets_on(
    visit: Callable[..., Page],
) -> None:
    page = visit()
    from_text(page, "First")
    settled(page)
    play(page)
    playing = video(page)
    page.get_by_label("Prompt", exact=True).fill("Second")
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    tile(page, 2).wait_for()
    settled(page)
    page.get_by_label("Prompt", exact=True).press("End")
    page.keyboard.type(" and more")
    for _ in "more":
        page.keyboard.press("Shift+ArrowLeft")
    page.get_by_text(re.compile(r"^Rendering [1-9]\d %$")).wait_for(timeout=60_000)
    expect(page.get_by_label("Prompt", exact=True)).to_be_focused()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("Second and more")
    assert page.evaluate("() => getSelection().toString()") == "more"
    assert playing.evaluate("v => v.isConnected && !v.paused")


@pytest.mark.made(seconds=1)
def test_a_take_is_seen_to_end_where_nobody_can_ask_for_it(visit: Callable[..., Page]) -> None:
    page = visit()
    page.route("**/app/static/in_flight", lambda route: route.fulfill(status=204))
    from_text(page, "A quiet sea")
    page.evaluate(HURRY)
    generate(page)
    expect(tile(page, 1)).to_have_accessible_name(re.compile("^Done"))


@pytest.mark.made(seconds=1)
def test_a_hostile_prompt_is_text_on_the_strip_and_the_stage(visit: Callable[..., Page]) -> None:
    page = visit()
    from_text(page, HOSTILE)
    generate(page)
    page.locator("video").wait_for()
    expect(tile(page, 1)).to_have_attribute("title", HOSTILE[:160])
    assert page.locator("img[src*='evil'], a[href*='evil']").count() == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_hardly_anything_moves_while_clips_are_made(visit: Callable[..., Page], width: int) -> None:
    takes = 5
    page = visit(width=width, motion=True)
    from_text(page, "Take 1")  # to choose a start is to ask for another form
    settled(page)
    page.evaluate(SHIFTS)
    for number in range(1, takes + 1):
        from_text(page, f"Take {number}")
        generate(page)
        tile(page, number).wait_for()
    expect(tile(page, takes)).to_have_accessible_name(re.compile("^Done"))
    page.locator("video").wait_for()
    shifts = page.evaluate("() => window.shifts")
    assert sum(moved for moved, *_ in shifts) < 0.1, shifts


@pytest.mark.parametrize("width", [1440, 390])
def test_generate_stays_where_it_is_when_it_is_pressed(
    visit: Callable[..., Page], width: int
) -> None:
    page = visit(width=width, motion=True)
    from_text(page, "Take 1")
    generate(page)
    tile(page, 1).wait_for()
    settled(page)
    page.evaluate(PLACES)
    for number in (2, 3):
        from_text(page, f"Take {number}")
        generate(page)
        tile(page, number).wait_for()
    settled(page)
    assert len(page.evaluate("() => [...window.places]")) == 1


def test_on_a_phone_a_take_shows_beside_generate_and_is_watched_from_there(
    visit: Callable[..., Page],
) -> None:
    page = visit(width=390, motion=True)
    from_text(page, "A quiet sea")
    generate(page)
    expect(tile(page, 1)).to_be_in_viewport(ratio=1)
    page.locator("video").wait_for()
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    page.get_by_role("button", name="Watch", exact=True).click()
    expect(page.locator("video")).to_be_in_viewport(ratio=1)
    expect(button(page)).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.get_by_label("Prompt", exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Watch", exact=True)).to_be_visible()


@pytest.mark.made(seconds=600)
def test_ten_takes_in_flight_are_seen_whole_beside_a_batch(visit: Callable[..., Page]) -> None:
    page = visit()
    for number in range(1, 11):
        from_text(page, f"Take {number}")
        generate(page)
        tile(page, number).wait_for()
    several = page.get_by_label("How many")
    several.fill("3")
    several.press("Enter")
    page.get_by_role("button", name="Generate 3").click()
    expect(page.get_by_role("link", name="Take 10 × 3")).to_be_visible()
    for width, height in (*SIZES[:2], (1280, 800), (1366, 768)):
        page.set_viewport_size({"width": width, "height": height})
        for number in range(1, 11):
            expect(tile(page, number)).to_be_in_viewport(ratio=1)
