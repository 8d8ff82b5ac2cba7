"""KIE's emulator, and studios that reach it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.emulator.kie.server import KieEmulator
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, OpenStudio
from tests.footage import film


@pytest.fixture(scope="session")
def the_kie(the_clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KieEmulator]:
    """One for the whole run, whose clips are copies of one."""
    sample = tmp_path_factory.mktemp("kie") / "sample.mp4"
    film(sample)
    with KieEmulator(clock=the_clock.now, samples=[sample]) as emulator:
        yield emulator


@pytest.fixture
def kie(the_kie: KieEmulator) -> KieEmulator:
    """The emulator as if it had just started."""
    the_kie.reset()
    return the_kie


@pytest.fixture
def with_kie(settings: Settings, kie: KieEmulator, key: str) -> Settings:
    """A server with a key of KIE's alone."""
    return replace(
        settings, api_key="", kie_api_key=key, kie_base_url=kie.url, kie_upload_url=kie.url
    )


@pytest.fixture
def studio(open_studio: OpenStudio, with_kie: Settings) -> Studio:
    return open_studio(with_kie)


@pytest.fixture
def data_folder(with_kie: Settings) -> Path:
    return with_kie.data_dir


@pytest.fixture
def both(settings: Settings, with_kie: Settings) -> Settings:
    """A server with a key of each."""
    return replace(with_kie, api_key=settings.api_key)
