"""The demo: without a key, emulators on this machine stand in for the providers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.settings import Settings

if TYPE_CHECKING:
    from core.emulator import Emulator
    from core.emulator.kie.server import KieEmulator

CREDITS, KIE_CREDITS = 1_000_000, 500_000
KEY = "key_of_the_demo"


class Demo:
    """Emulators that run until they are stopped. Their files are kept beside the history, so that a
    demo survives a restart."""

    def __init__(self, settings: Settings) -> None:
        # A server with a key never needs them.
        from core.emulator import Emulator
        from core.emulator.kie.server import KieEmulator

        tempo = f"seconds:{settings.demo_seconds}" if settings.demo_seconds else "instant"
        folder = settings.data_dir / "emulator"
        self._runway: Emulator = Emulator(tempo=tempo, credits=CREDITS, folder=folder).start()
        # With prices even of cancelled tasks, as in a demo nobody could look them up
        # elsewhere.
        self._runway.configure(cancelled_visible=True)
        self._kie: KieEmulator = KieEmulator(
            tempo=tempo, credits=KIE_CREDITS, folder=folder / "kie"
        ).start()

    def connected(self, settings: Settings) -> Settings:
        return replace(
            settings,
            base_url=self._runway.url,
            api_key=KEY,
            kie_base_url=self._kie.url,
            kie_upload_url=self._kie.url,
            kie_api_key=KEY,
        )

    def stop(self) -> None:
        self._runway.stop()
        self._kie.stop()
