"""The demo: without a key, an emulator on this machine stands in for Runway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.settings import Settings

if TYPE_CHECKING:
    from core.emulator import Emulator

CREDITS = 1_000_000


def emulator(settings: Settings) -> Emulator:
    """Start it; what it makes is kept beside the history, so that a demo survives a restart."""
    from core.emulator import Emulator  # a server with a key never needs it

    started = Emulator(
        tempo=f"seconds:{settings.demo_seconds}" if settings.demo_seconds else "instant",
        credits=CREDITS,
        folder=settings.data_dir / "emulator",
    )
    return started.start()


def connected(settings: Settings, emulator: Emulator | None) -> Settings:
    """The settings with which to speak to Runway, or to what stands in for it."""
    if emulator is None:
        return settings
    return replace(settings, base_url=emulator.url, api_key="key_of_the_demo")
