"""Clips in step: after a seek, while they play and after a pause; the divider; words as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.made_clips import HOSTILE, WANTED, folder_with
from tests.browser.serving import Server

pytestmark = pytest.mark.browser

SECONDS = (6, 6, 3)
FRAME = 0.042
PLAYERS = """
    const host = [...document.querySelectorAll('*')].find(one =>
        one.shadowRoot?.querySelector('.compare'));
    const videos = [...host.shadowRoot.querySelectorAll('video')];
"""
LOADED = f"() => {{ {PLAYERS} return videos.every(video => video.readyState >= 3) }}"
STANDS = f"() => {{ {PLAYERS} return videos.every(one => one.paused && !one.seeking) }}"
TIMES = f"() => {{ {PLAYERS} return videos.map(one => one.currentTime) }}"
RUNNING = f"""async seconds => {{ {PLAYERS}
    const apart = [], end = performance.now() + 1000 * seconds;
    while (performance.now() < end) {{
        await new Promise(requestAnimationFrame);
        const left = videos.filter(one => !one.paused && !one.ended && !one.seeking);
        const times = left.map(one => one.currentTime);
        if (left.length > 1) apart.push(Math.max(...times) - Math.min(...times));
    }}
    return apart;
}}"""
"""How far apart the players' clocks are at each drawing of the page."""


@pytest.fixture
def server(shared: Callable[[Callable[[Path], object]], Server]) -> Server:
    """A server with three clips, the last of them shorter, with a hostile prompt."""
    return shared(three_clips)


def three_clips(folder: Path) -> None:
    clips = [(f"{WANTED.prompt} {number}", seconds) for number, seconds in enumerate(SECONDS, 1)]
    clips[-1] = (HOSTILE, SECONDS[-1])
    folder_with(folder, clips)


@pytest.fixture
def compared(visit: Callable[..., Page]) -> Callable[..., Page]:
    def open_one(ids: str, **look: object) -> Page:
        page = visit(f"/compare?ids={ids}", **look)
        page.locator(".compare video").first.wait_for()
        page.wait_for_function(LOADED)
        page.locator(".compare").focus()
        return page

    return open_one


def apart(page: Page) -> float:
    page.wait_for_function(STANDS)
    times: list[float] = page.evaluate(TIMES)
    return max(times) - min(times)


def seek(page: Page, part: float) -> None:
    page.get_by_label("Position of all").evaluate(
        "(at, part) => { at.value = part; at.dispatchEvent(new Event('input')) }", part
    )


def test_players_are_in_step_after_a_seek_while_they_run_and_after_a_pause(
    compared: Callable[..., Page],
) -> None:
    page = compared("1,2")
    for part in (0.3, 0.8, 0.1):
        seek(page, part)
        page.wait_for_function(f"() => {{ {PLAYERS} return videos[0].currentTime > 0 }}")
        assert apart(page) < 0.001
    page.keyboard.press("k")
    seen: list[float] = page.evaluate(RUNNING, 5)
    settled = seen[len(seen) // 3 :]
    assert sorted(settled)[len(settled) // 2] < FRAME
    page.keyboard.press("k")
    assert apart(page) < 0.001
    before: list[float] = page.evaluate(TIMES)
    page.keyboard.press(".")
    page.wait_for_function(
        f"was => {{ {PLAYERS} return videos[1].currentTime > was }}", arg=before[1]
    )
    assert apart(page) < 0.001
    after: list[float] = page.evaluate(TIMES)
    assert after[0] - before[0] == pytest.approx(1 / 24, abs=0.002)


def test_who_falls_behind_or_runs_ahead_comes_back_into_step(
    compared: Callable[..., Page],
) -> None:
    page = compared("1,2")
    page.keyboard.press("r")  # else they would be together again at the next beginning
    for by in (-0.1, 0.1, 1):
        seek(page, 0)
        assert apart(page) < 0.001
        page.keyboard.press("k")
        page.wait_for_function(f"() => {{ {PLAYERS} return videos[1].currentTime > 0.2 }}")
        page.evaluate(f"by => {{ {PLAYERS} videos[1].currentTime += by }}", by)
        page.wait_for_function(
            f"""() => {{ {PLAYERS}
                const [one, two] = videos;
                const together = Math.abs(one.currentTime - two.currentTime) < 0.013;
                return together && videos.every(one => !one.paused && !one.seeking);
            }}"""
        )
        page.keyboard.press("k")


def test_a_shorter_clip_holds_its_last_frame_and_the_longest_repeats(
    compared: Callable[..., Page],
) -> None:
    page = compared("1,3")
    seek(page, 0.95)
    page.wait_for_function(f"() => {{ {PLAYERS} return videos[0].currentTime > 5 }}")
    longer, shorter = page.evaluate(TIMES)
    assert (longer, shorter) == (pytest.approx(5.7, abs=0.05), pytest.approx(3, abs=0.01))
    page.keyboard.press("k")
    page.wait_for_function(
        f"() => {{ {PLAYERS} return videos.every(one => one.currentTime < 2 && !one.paused) }}"
    )


def test_one_is_heard_and_keys_choose_which(compared: Callable[..., Page]) -> None:
    page = compared("1,2,3")
    muted = f"() => {{ {PLAYERS} return videos.map(one => one.muted) }}"
    assert page.evaluate(muted) == [False, True, True]
    page.keyboard.press("2")
    assert page.evaluate(muted) == [True, False, True]
    page.keyboard.press("m")
    assert page.evaluate(muted) == [True, True, True]


def test_the_divider_is_dragged_and_moved_by_keys(compared: Callable[..., Page]) -> None:
    page = compared("1,2", width=390)
    page.get_by_role("button", name="One picture with a divider").click()
    divider = page.get_by_role("slider", name="Divider")
    box = page.locator(".compare .panes").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 40)
    page.mouse.up()
    expect(divider).to_have_attribute("aria-valuenow", "25")
    divider.focus()
    page.keyboard.press("ArrowRight")
    expect(divider).to_have_attribute("aria-valuenow", "27")
    assert page.evaluate("() => document.documentElement.scrollWidth <= 390")


def test_hostile_words_are_text(compared: Callable[..., Page]) -> None:
    page = compared("1,3")
    told = page.locator(".differences")
    expect(told.get_by_text(HOSTILE, exact=True)).to_be_visible()
    assert told.locator("img, a").count() == 0
