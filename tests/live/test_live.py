"""Against Runway itself: what the emulator cannot prove. Costs as little as possible.

`RUNWAYML_API_SECRET=key_… python -m pytest -m live` asks for the account and has a request refused,
which is free. With DAILIES_LIVE_CLIP=yes as well, it makes one clip of two seconds: 10 credits.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from core.errors import NotAuthorized, NotFound, ProviderError
from core.generations import Input, Request, Status, Value
from core.providers import receipts
from core.providers.submitters import Submitters
from core.runway.client import Client
from core.runway.provider import call_to
from core.settings import Settings
from core.studio import Studio

KEY = os.environ.get("RUNWAYML_API_SECRET", "")  # read before the fence around each test
MAKE_A_CLIP = os.environ.get("DAILIES_LIVE_CLIP") == "yes"

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not KEY, reason="RUNWAYML_API_SECRET is not set"),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Runway's own address with the real key."""
    return Settings(data_dir=tmp_path / "data", api_key=KEY)


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    """A client of the real account."""
    opened = Client(settings)
    yield opened
    opened.close()


def test_the_account_can_be_read(client: Client) -> None:
    account = client.organization()
    assert account.credit_balance >= 0
    assert account.limits


def test_a_wrong_key_is_not_accepted() -> None:
    client = Client(Settings(api_key="key_" + "0" * 128))
    with pytest.raises(NotAuthorized):
        client.organization()
    client.close()


def test_an_unknown_task_is_unknown(client: Client) -> None:
    with pytest.raises((NotFound, ProviderError)):
        client.task("00000000-0000-4000-8000-000000000000")


def test_a_request_without_a_ratio_is_refused_and_costs_nothing(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    before = client.organization().credit_balance
    body = {"model": "gen4.5", "promptText": "A quiet sea", "duration": 2, "ratio": "1:2"}
    call = call_to(settings.base_url, "text_to_video", body, settings.api_version)
    fd = receipts.allocate(tmp_path / "receipt.json")
    submitters = Submitters()
    submitters.send(call, KEY, fd).has_ended(90)
    submitters.stop()
    os.close(fd)
    receipt = receipts.read(tmp_path / "receipt.json")
    assert receipt
    assert receipt.status == 400
    assert "ratio" in receipt.body
    assert client.organization().credit_balance == before


@pytest.mark.skipif(not MAKE_A_CLIP, reason="DAILIES_LIVE_CLIP=yes makes a clip for 10 credits")
def test_a_picture_becomes_a_clip_at_the_price_on_the_button(settings: Settings) -> None:
    out = io.BytesIO()
    Image.effect_noise((1280, 720), 40).convert("RGB").save(out, "JPEG")
    studio = Studio(settings)
    studio.start()
    try:
        upload, _ = studio.uploads.add("noise.jpg", out.getvalue())
        inputs = (Input("first", sha256=upload.sha256),)
        params: dict[str, Value] = {"ratio": "1280:720", "duration": 2}
        request = Request("image_to_video", "gen4_turbo", "Slow drift", params, inputs)
        generation, _ = studio.compose.submit(request, "live")
        pause = threading.Event()
        while not studio.generations.get(generation.id).status.is_final:
            pause.wait(1)
        done = studio.generations.get(generation.id)
    finally:
        studio.close()
    assert done.status is Status.SUCCEEDED, done.reason
    assert done.credits_charged == done.credits_quoted
    assert done.main
    assert done.main.frame_rate == 24.0
