"""Outputs: a clip that plays, at an address that lives for a while."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import requests
from PIL import Image, ImageDraw
from runwayml import RunwayML

from core.catalog.catalog import Catalog
from core.emulator import Emulator
from core.emulator.checks.validation import Order
from core.emulator.drawing.title_card import TitleCard
from core.emulator.footage.process import render
from core.emulator.render_job import Job
from core.emulator.state import plans
from core.emulator.state.records import Folder
from core.emulator.state.renders import Renders
from core.settings import ROOT

Call = Callable[..., requests.Response]
SMALL = {"width": 320, "height": 180, "seconds": 1}


@pytest.fixture
def clip(tmp_path: Path) -> Callable[..., Path]:
    """Renders a job, small unless told otherwise."""

    def make(**job: Any) -> Path:
        target = tmp_path / f"{len(list(tmp_path.glob('*.mp4')))}.mp4"
        render(Job(**(SMALL | job)), tmp_path, target)
        return target

    return make


@pytest.fixture
def painted(tmp_path: Path) -> Callable[..., str]:
    """A picture in the emulator's folder, of one colour or of noise."""

    def make(name: str, colour: str = "", size: tuple[int, int] = (640, 360)) -> str:
        picture = Image.new("RGB", size, colour) if colour else Image.effect_noise(size, 90)
        picture.save(tmp_path / name, "PNG")
        return name

    return make


def frames(path: Path) -> list[np.ndarray]:
    """Every frame as RGB."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def loudness(path: Path) -> float:
    """The loudest sample of the sound track, 0 to 1."""
    with av.open(str(path)) as container:
        return max(float(np.abs(f.to_ndarray()).max()) for f in container.decode(audio=0))


# -- over the wire --------------------------------------------------------------------------------


def test_the_output_plays_as_asked(client: RunwayML, text: Callable[..., str]) -> None:
    url = client.tasks.retrieve(text()).output[0]
    answer = requests.get(url, timeout=30)
    assert answer.headers["content-type"] == "video/mp4"
    data = answer.content
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert (stream.width, stream.height) == (1280, 720)
        assert stream.average_rate == 24
        assert not container.streams.audio
        assert len(list(container.decode(video=0))) == 48
        assert stream.duration
        assert stream.time_base
        assert float(stream.duration * stream.time_base) == 2


def test_a_model_that_always_has_sound_is_heard(client: RunwayML, text: Callable[..., str]) -> None:
    task = client.tasks.retrieve(text(model="kling_4", duration=3))
    answer = requests.get(task.output[0], timeout=30)
    with av.open(io.BytesIO(answer.content)) as container:
        (heard,) = container.streams.audio
        assert max(np.abs(frame.to_ndarray()).max() for frame in container.decode(heard)) > 0.01


def test_a_part_of_the_output_can_be_fetched(client: RunwayML, text: Callable[..., str]) -> None:
    url = client.tasks.retrieve(text()).output[0]
    whole = requests.get(url, timeout=30)
    part = requests.get(url, headers={"Range": "bytes=100-199"}, timeout=30)
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    assert part.headers["etag"] == whole.headers["etag"]
    same = {"Range": "bytes=100-", "If-Range": whole.headers["etag"]}
    assert requests.get(url, headers=same, timeout=30).content == whole.content[100:]
    other = {"Range": "bytes=100-", "If-Range": '"other"'}
    assert requests.get(url, headers=other, timeout=30).status_code == 200
    beyond = {"Range": f"bytes={len(whole.content)}-"}
    assert requests.get(url, headers=beyond, timeout=30).status_code == 416


def test_an_output_address_expires_and_the_task_gives_a_fresh_one(
    emulator: Emulator, client: RunwayML, text: Callable[..., str], clock: Any
) -> None:
    emulator.configure(url_ttl=60)
    task_id = text()
    url = client.tasks.retrieve(task_id).output[0]
    clock.advance(59)
    assert requests.get(url, timeout=30).status_code == 200
    clock.advance(1)
    assert requests.get(url, timeout=30).status_code == 403
    fresh = client.tasks.retrieve(task_id).output[0]
    assert requests.get(fresh, timeout=30).status_code == 200


def test_an_address_opens_one_output_only(client: RunwayML, text: Callable[..., str]) -> None:
    first, second = (client.tasks.retrieve(text()).output[0] for _ in range(2))
    wrong = f"{first.partition('?')[0]}?{second.partition('?')[2]}"
    bare = first.partition("?")[0]
    forged = f"{first[:-4]}AAAA"
    statuses = [requests.get(url, timeout=30).status_code for url in (first, wrong, bare, forged)]
    assert statuses == [200, 403, 403, 403]


def test_a_picture_becomes_its_clip(
    client: RunwayML, data_uri: Callable[..., str], entry: Callable[[str], dict[str, Any]]
) -> None:
    task = client.image_to_video.create(
        model="gen4_turbo", prompt_image=data_uri(), ratio="832:1104", duration=2
    )
    url = client.tasks.retrieve(task.id).output[0]
    with av.open(io.BytesIO(requests.get(url, timeout=30).content)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.frames) == (832, 1104, 48)
    assert "base64" not in entry(task.id)["request"]["promptImage"][40:]


def test_a_render_that_fails_fails_the_task_and_refunds_it(
    client: RunwayML, text: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.emulator.state.renders._FOOTAGE", ("false",))
    task = client.tasks.retrieve(text("Not to be found in any cache"))
    assert (task.status, task.failure_code) == ("FAILED", "INTERNAL.BAD_OUTPUT.01")
    assert task.cost.credits == 0


def test_shared_clips_are_seen_alike_and_are_files_of_their_own(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    renders = Renders(folder, shared=True)
    first = Job(320, 180, 1, prompt="Sea")
    jobs = [first, replace(first, prompt="Wood"), replace(first, seconds=2)]
    for job in jobs:
        renders.order(job).result(60)
    renders.stop()
    sea, wood, longer = (folder.clip(job.names[0]) for job in jobs)
    assert np.array_equal(frames(sea), frames(wood))
    assert sea.read_bytes() != wood.read_bytes()
    assert len(frames(longer)) == 48


# -- footage --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (200, 200), (394, 166)])
def test_a_clip_has_its_size_and_its_frames(
    clip: Callable[..., Path], size: tuple[int, int]
) -> None:
    seen = frames(clip(width=size[0], height=size[1], prompt="Rain on neon"))
    assert len(seen) == 24
    assert seen[0].shape == (size[1], size[0], 3)


def test_a_large_frame_is_enlarged_to_its_exact_size(clip: Callable[..., Path]) -> None:
    seen = frames(clip(width=1280, height=2048, prompt="Rain on neon"))
    assert seen[0].shape == (2048, 1280, 3)
    assert len(seen) == 24


def test_sound_is_there_when_asked_for_and_neither_silent_nor_loud(
    clip: Callable[..., Path],
) -> None:
    assert 0.02 < loudness(clip(prompt="Rain", sound="made", seconds=2)) < 0.5


def test_the_same_seed_gives_the_same_clip_and_another_seed_another(
    clip: Callable[..., Path],
) -> None:
    one, again, other = (frames(clip(prompt="Rain on neon", seed=seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert np.abs(one[0].astype(int) - other[0]).mean() > 4


def test_nothing_that_is_drawn_names_the_model_which_has_a_look_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Catalog.load(ROOT / "data" / "catalog")
    models = [one for one in known if one.endpoint.startswith("text_to_")]
    drawn: list[str] = []
    draw = ImageDraw.ImageDraw.text

    def heard(self: ImageDraw.ImageDraw, place: Any, text: str, **how: Any) -> None:
        drawn.append(text)
        draw(self, place, text, **how)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", heard)
    seeds = set()
    for model in models:
        for prompt in ("Rain on neon", ""):
            job = replace(plans.job(Order(model, prompt, {}), []), width=320, height=180)
            if job.makes == "audio":
                continue
            target = tmp_path / f"a{job.suffix}"
            if job.makes == "image":
                render(job, tmp_path, target)
            else:
                TitleCard(job, (320, 180))
            seeds.add((model.id, job.seed))
            words = "".join(drawn) + (target.read_text() if job.suffix == ".svg" else "")
            assert "Rain" in words if prompt else "Untitled" in words
            assert model.name.lower() not in words.lower()
            assert model.id not in words
            drawn.clear()
    assert len(seeds) == len({seed for _model, seed in seeds}) > 10


@pytest.mark.parametrize(
    "prompt",
    ["🎬🐦 日本の海", "", " \n ", "x" * 3000, "word " * 3000, "a\u0000b", "\u202e‮", "ąß Ж ﷽"],
)
def test_any_prompt_can_be_drawn(clip: Callable[..., Path], prompt: str) -> None:
    assert len(frames(clip(prompt=prompt))) == 24


def test_words_are_on_the_card_from_the_first_frame(clip: Callable[..., Path]) -> None:
    first, last = (frames(clip(prompt="Rain on neon"))[i] for i in (0, -1))
    brightest = [frame[60:120, 80:240].mean(axis=2).max() for frame in (first, last)]
    assert 150 < brightest[0] < brightest[1]


def test_a_picture_moves(clip: Callable[..., Path], painted: Callable[..., str]) -> None:
    seen = frames(clip(pictures=[painted("noise")]))
    assert np.abs(seen[0].astype(int) - seen[-1]).mean() > 5


def test_two_pictures_dissolve_from_the_first_into_the_last(
    clip: Callable[..., Path], painted: Callable[..., str]
) -> None:
    pictures = [painted("red", "red"), painted("blue", "blue")]
    seen = [frame[40:140].mean(axis=(0, 1)) for frame in frames(clip(pictures=pictures))]
    assert seen[0][0] > 200 > 60 > seen[0][2]
    assert seen[-1][2] > 200 > 60 > seen[-1][0]
    assert min(seen[12][0], seen[12][2]) > 60


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "CMYK", "1", "I;16"])
def test_a_picture_of_any_kind_can_be_moved(
    clip: Callable[..., Path], tmp_path: Path, mode: str
) -> None:
    plain = Image.new("L", (200, 100), 90)
    picture = Image.new(mode, (200, 100)) if mode == "I;16" else plain.convert(mode)
    picture.save(tmp_path / "odd", "TIFF")
    assert len(frames(clip(pictures=["odd"]))) == 24


def test_an_address_on_the_internet_gets_a_drawing_of_its_own(clip: Callable[..., Path]) -> None:
    one, other = (
        frames(clip(pictures=[f"https://{name}.example.com/a.jpg"]))[0] for name in ("one", "other")
    )
    assert np.abs(one.astype(int) - other).mean() > 4
