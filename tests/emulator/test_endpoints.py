"""Every endpoint: the SDK, strict, creates and reads, and the files are what was asked for."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest
import requests
from PIL import Image
from runwayml import RunwayML

from core.catalog import by_provider
from core.catalog.catalog import Catalog
from core.catalog.loader import ENDPOINTS, SHARED
from core.catalog.model import Model
from core.catalog.slots import Slot
from core.emulator import Emulator
from core.emulator.checks.assets import stand_in
from core.generations import Input, Request
from tests.emulator.media import record

HERE = Path(__file__).parent
CATALOG = HERE.parents[1] / "data" / "catalog"
MODELS = list(by_provider.only(Catalog.load(CATALOG), "runway"))
AWAY = "https://files.example.com/a"


@dataclass
class Made:
    """What a task gave: its status, its cost, and each file with its media type."""

    files: list[bytes]
    media_types: list[str]
    cost: int
    id: str = ""


@dataclass
class Seen:
    """What is in a video or a sound."""

    size: tuple[int, int]
    frames: int
    rate: str
    seconds: float
    streams: str


def look(data: bytes) -> Seen:
    """Measure a video or a sound."""
    with av.open(io.BytesIO(data)) as container:
        streams = "+".join(sorted(stream.type for stream in container.streams))
        seconds = (container.duration or 0) / 1e6
        if not container.streams.video:
            return Seen((0, 0), 0, "", seconds, streams)
        video = container.streams.video[0]
        frames = len(list(container.decode(video)))
        size = (video.width, video.height)
        return Seen(size, frames, str(video.average_rate), seconds, streams)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator with a small, short model on each endpoint."""
    folder = tmp_path_factory.mktemp("catalog")
    for source in (CATALOG / ENDPOINTS, CATALOG / SHARED, HERE / "stage.toml"):
        shutil.copy(source, folder)
    with Emulator(catalog_dir=folder) as emulator:
        yield emulator


@pytest.fixture
def emulator(stage: Emulator) -> Emulator:
    """The emulator of this module, afresh."""
    stage.reset()
    return stage


@pytest.fixture
def sent(client: RunwayML, tmp_path: Path, picture: Callable[..., bytes]) -> Callable[..., str]:
    """Uploads a video, or a picture where its name says so."""

    def upload(name: str = "a.mp4", size: tuple[int, int] = (320, 180), **made: Any) -> str:
        if name.endswith(".png"):
            content = picture(size)
        else:
            content = record(tmp_path / name, size=size, **made).read_bytes()
        return client.uploads.create_ephemeral(file=(name, content)).uri

    return upload


@pytest.fixture
def made(client: RunwayML) -> Callable[..., Made]:
    """Creates on an endpoint, reads the task and fetches all that it made."""

    def make(endpoint: str, **asked: Any) -> Made:
        created = getattr(client, endpoint).create(model="stage", **asked)
        begun = client.tasks.retrieve(created.id)
        # On a busy machine the answer does not wait for every clip.
        task = begun.wait_for_task_output(timeout=120) if begun.status == "RUNNING" else begun
        assert task.status == "SUCCEEDED", task
        answers = [requests.get(url, timeout=30) for url in task.output]
        media_types = [answer.headers["content-type"] for answer in answers]
        return Made([a.content for a in answers], media_types, task.cost.credits, created.id)

    return make


Make = Callable[..., Made]
Send = Callable[..., str]


def test_two_frames_make_a_clip_with_sound(made: Make, sent: Send) -> None:
    frames = [
        {"uri": sent("a.png"), "position": "last"},
        {"uri": sent("b.png", (400, 300)), "position": "first"},
    ]
    result = made("image_to_video", prompt_image=frames, duration=2, ratio="180:320")
    assert result.media_types == ["video/mp4"]
    seen = look(result.files[0])
    assert (seen.size, seen.frames, seen.streams) == ((180, 320), 48, "audio+video")


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("mp4", "video/mp4"), ("mov", "video/quicktime"), ("prores", "video/quicktime")],
)
def test_words_make_a_clip_in_the_format_that_was_asked_for(
    made: Make, form: str, media_type: str
) -> None:
    result = made("text_to_video", prompt_text="A quiet sea", output_format=form)
    assert result.media_types == [media_type]
    assert look(result.files[0]).frames == 24


@pytest.mark.parametrize(("form", "kind"), [("png_sequence", "png"), ("hdr_exr_sequence", "exr")])
def test_words_make_an_archive_of_frames(made: Make, form: str, kind: str) -> None:
    result = made("text_to_video", prompt_text="A quiet sea", output_format=form)
    assert result.media_types == ["application/zip"]
    with zipfile.ZipFile(io.BytesIO(result.files[0])) as archive:
        assert [name.endswith(kind) for name in archive.namelist()] == [True] * 24


def test_a_draft_comes_back_larger(made: Make) -> None:
    draft = made("text_to_video", prompt_text="A quiet sea", ratio="180:320")
    finished = made("text_to_video", draft_task_id=draft.id)
    assert look(draft.files[0]).size == (180, 320)
    assert look(finished.files[0]).size == (1080, 1920)


def test_a_retired_model_still_changes_a_video(made: Make, sent: Send) -> None:
    video = sent(size=(320, 240), seconds=1.5, fps=30, sound=True)
    result = made("video_to_video", video_uri=video, references=[{"uri": AWAY}])
    seen = look(result.files[0])
    assert (seen.size, seen.frames, seen.rate) == ((320, 240), 45, "30")
    assert seen.streams == "audio+video"


def test_a_character_acts_for_as_long_as_the_performance(made: Make, sent: Send) -> None:
    result = made(
        "character_performance",
        character={"type": "image", "uri": sent("a.png", (300, 300))},
        reference={"type": "video", "uri": sent(seconds=2, sound=True)},
    )
    seen = look(result.files[0])
    assert (seen.size, seen.frames, seen.streams) == ((320, 180), 48, "audio+video")


def test_an_upscaled_video_is_larger_and_else_the_same(made: Make, sent: Send) -> None:
    video = sent(size=(180, 320), seconds=1, fps=25)
    seen = look(made("video_upscale", video_uri=video, resolution="480p").files[0])
    assert (seen.size, seen.frames, seen.rate) == ((480, 854), 25, "25")


def test_a_smoother_video_has_more_frames_and_the_same_length(made: Make, sent: Send) -> None:
    video = sent(seconds=1)
    seen = look(made("video_upscale", video_uri=video, target_framerate="29_97").files[0])
    assert (seen.size, seen.frames, seen.rate) == ((320, 180), 30, "30000/1001")
    assert seen.seconds == pytest.approx(1, abs=0.05)


def test_an_hdr_video_has_ten_bits(made: Make, sent: Send) -> None:
    result = made("video_to_hdr", video_uri=sent(seconds=1))
    with av.open(io.BytesIO(result.files[0])) as container:
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p10le"


@pytest.mark.parametrize(
    ("form", "media_type"),
    [({}, "audio/mpeg"), ({"format": "wav"}, "audio/wav"), ({"format": "flac"}, "audio/flac")],
)
def test_sounds_for_a_video_come_as_many_as_asked_for(
    made: Make, sent: Send, form: dict[str, str], media_type: str
) -> None:
    result = made("video_to_audio", video_uri=sent(), duration=2.5, num_variants=2, **form)
    assert result.media_types == [media_type] * 2
    assert result.files[0] != result.files[1]
    for data in result.files:
        seen = look(data)
        assert (seen.streams, round(seen.seconds, 1)) == ("audio", 2.5)
    assert result.cost == 60


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("png", "image/png"), ("jpeg", "image/jpeg"), ("webp", "image/webp")],
)
def test_words_make_pictures_as_many_as_asked_for(
    made: Make, sent: Send, form: str, media_type: str
) -> None:
    result = made(
        "text_to_image",
        prompt_text="A quiet sea",
        ratio="1000:600",
        reference_images=[{"uri": sent("a.png")}],
        extra_body={"outputFormat": form, "outputCount": 3},
    )
    assert result.media_types == [media_type] * 3
    assert len({*result.files}) == 3
    for data in result.files:
        assert Image.open(io.BytesIO(data)).size == (1000, 600)
    assert result.cost == 30


def test_a_vector_is_served_as_svg(made: Make) -> None:
    result = made("text_to_image", prompt_text="A sea", ratio="320:200", output_format="svg")
    assert result.media_types[0].startswith("image/svg+xml")
    assert b"A sea" in result.files[0]


def test_an_upscaled_picture_is_larger(made: Make, sent: Send) -> None:
    picture = sent("a.png", (150, 101))
    result = made("image_upscale", image_uri=picture, extra_body={"scaleFactor": 4})
    assert Image.open(io.BytesIO(result.files[0])).size == (600, 404)


@pytest.mark.parametrize("endpoint", ["video_to_video", "video_upscale", "video_to_hdr"])
def test_a_video_on_the_internet_gets_a_stand_in(made: Make, endpoint: str) -> None:
    seen = look(made(endpoint, video_uri=AWAY).files[0])
    assert (seen.size, seen.frames) == ((1280, 720), 120)


# -- the whole catalogue --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that stands for everything that would be made."""
    return record(tmp_path_factory.mktemp("sample") / "a.mp4", seconds=1)


@pytest.fixture(scope="module")
def shop(sample: Path) -> Iterator[RunwayML]:
    """The SDK, strict, on an emulator of the real catalogue that renders nothing."""
    with (
        Emulator(tempo="polls:2", samples=[sample], credits=10**6) as emulator,
        RunwayML(
            base_url=emulator.url, api_key="k", _strict_response_validation=True, max_retries=0
        ) as client,
    ):
        yield client


def needed(model: Model) -> list[Slot]:
    """The inputs that a model cannot do without."""
    required = [slot for slot in model.input if slot.required]
    groups = [group for group in model.any_of if not {s.role for s in required}.intersection(group)]
    return required + [slot for group in groups if (slot := model.slot(group[0]))]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: f"{m.endpoint}-{m.id}")
def test_every_model_of_the_catalogue_can_be_created_with_its_defaults(
    shop: RunwayML, model: Model
) -> None:
    prompt = "A quiet sea" if model.prompt.required else ""
    inputs = tuple(
        Input(slot.role, url=AWAY, medium=slot.media[0])
        for slot in needed(model)
        for _ in range(max(1, slot.count[0]))
    )
    request = Request(model.endpoint, model.id, prompt, model.defaults, inputs)
    body = model.body(request, [item.url for item in inputs])
    snake = {re.sub("[A-Z]", lambda m: f"_{m[0].lower()}", name): v for name, v in body.items()}
    answer = getattr(shop, model.endpoint).create(**snake)
    seen = [stand_in(item.role, item.medium, AWAY).given for item in inputs]
    assert model.quote(model.defaults, seen) in (None, answer.estimated_cost.credits)
    assert answer.estimated_cost.credits >= 1
    assert [shop.tasks.retrieve(answer.id).status for _ in range(2)] == ["PENDING", "SUCCEEDED"]
