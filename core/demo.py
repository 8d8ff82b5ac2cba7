"""The demo: without a key, an emulator on this machine stands in for Runway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.settings import Settings

if TYPE_CHECKING:
    from core.emulator import Emulator

CREDITS = 1_000_000


def emulator(settings: Settings) -> Emulator:
    """Start it. Its files are kept beside the history, so that a demo survives a restart."""
    from core.emulator import Emulator  # a server with a key never needs it

    started = Emulator(
        tempo=f"seconds:{settings.demo_seconds}" if settings.demo_seconds else "instant",
        credits=CREDITS,
        folder=settings.data_dir / "emulator",
    )
    started.start()
    # So that it names the price of a cancelled task: in a demo nobody could look it up elsewhere.
    started.configure(cancelled_visible=True)
    return started


def connected(settings: Settings, emulator: Emulator | None) -> Settings:
    if emulator is None:
        return settings
    return replace(settings, base_url=emulator.url, api_key="key_of_the_demo")
