"""A moving picture out of screenshots: what happens is real, how long each frame stays is told."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page

SIZE = (960, 600)
PATIENCE = 300  # seconds
STEPS = 7  # of the pointer on its way
ARROW = ((0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (13, 12))


class Film:
    """Frames of a page, with a pointer drawn where the mouse is."""

    def __init__(self, page: Page) -> None:
        self.frames: list[tuple[Image.Image, int]] = []
        self._page = page
        width, height = SIZE
        self._pointer = (width * 0.6, height * 0.9)

    def shoot(self, milliseconds: int) -> None:
        seen = Image.open(io.BytesIO(self._page.screenshot())).convert("RGB")
        self._add(seen.resize(SIZE, Image.Resampling.LANCZOS), milliseconds)

    def _add(self, seen: Image.Image, milliseconds: int) -> None:
        frame = seen.copy()
        x, y = self._pointer
        outline = [(x + across, y + down) for across, down in ARROW]
        ImageDraw.Draw(frame).polygon(outline, fill="white", outline="black")
        self.frames.append((frame, milliseconds))

    def write(self, field: Locator, words: str, letters: int = 4) -> None:
        """Type some letters a frame."""
        self.click(field)
        for start in range(0, len(words), letters):
            field.press_sequentially(words[start : start + letters])
            self.shoot(70)

    def click(self, target: Locator) -> None:
        """Go there with the pointer, and click."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        view = self._page.viewport_size
        assert box is not None
        assert view is not None
        there = (box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5)
        scale = SIZE[0] / view["width"]
        self._go(there[0] * scale, there[1] * scale)
        self._page.mouse.move(*there)
        self.shoot(250)
        target.click()

    def _go(self, x: float, y: float) -> None:
        seen = Image.open(io.BytesIO(self._page.screenshot())).convert("RGB")
        seen = seen.resize(SIZE, Image.Resampling.LANCZOS)
        from_x, from_y = self._pointer
        for step in range(1, STEPS + 1):
            part = step / STEPS
            part = part * part * (3 - 2 * part)
            self._pointer = (from_x + (x - from_x) * part, from_y + (y - from_y) * part)
            self._add(seen, 45)

    def watch(self, ended: Callable[[], bool], every: int = 2000, shown: int = 140) -> None:
        """A frame in so many milliseconds until it has ended, each shown much shorter."""
        deadline = time.monotonic() + PATIENCE
        while not ended():
            assert time.monotonic() < deadline, "what is filmed does not end"
            self.shoot(shown)
            self._page.wait_for_timeout(every)

    def play(self, video: Locator, seconds: float, rate: int = 12) -> None:
        """The clip frame by frame, whatever the machine manages in real time."""
        video.evaluate("v => { v.muted = true; v.play() }")
        for number in range(round(seconds * rate)):
            video.evaluate(
                "(v, at) => new Promise(seen => { v.onseeked = seen; v.currentTime = at })",
                number / rate,
            )
            self.shoot(round(1000 / rate))
