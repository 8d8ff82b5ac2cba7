"""Small copies of what was made: small indeed, made once, and never in the way of a clip."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from core.decoders.clips.previews import LARGEST_BYTES
from core.errors import Unplayable
from core.files import STORYBOARD, Output
from core.generations import Generation, Request, Status
from core.media.disk_space import Disk
from core.media.library import Media
from core.media.previews import SIZES
from core.worker.previewer import Previewer
from tests.conftest import NOON
from tests.footage import film, prores, sound, still

Keep = Callable[[bytes], Output]


@pytest.fixture
def media(tmp_path: Path) -> Media:
    return Media(tmp_path / "data")


@pytest.fixture
def keep(media: Media) -> Keep:
    """Keeps a file as if Runway had made it."""
    generation = Generation(
        7, "k", Status.DOWNLOADING, Request("text_to_video", "plume_2"), False, NOON, NOON
    )

    def put(content: bytes) -> Output:
        part = media.part(generation, 0)
        part.path.write_bytes(content)
        return media.keep(part, generation, 0, "")

    return put


def stem(output: Output) -> str:
    return Path(output.poster).stem


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1280, 720), (360, 640), (500, 500), (322, 178)])
def test_a_clip_has_a_few_quiet_seconds_that_are_small(
    media: Media, keep: Keep, tmp_path: Path, size: tuple[int, int]
) -> None:
    output = keep(film(tmp_path / "film.mp4", seconds=5, size=size, noise=size[0] < 400))
    media.previews.make(stem(output))
    path = media.previews.clip(output)
    assert path
    assert path.stat().st_size <= LARGEST_BYTES
    with av.open(str(path)) as made:
        assert [stream.type for stream in made.streams] == ["video"]
        frames = [frame.to_image() for frame in made.decode(video=0)]
        assert made.streams.video[0].codec_context.name == "h264"
    assert 29 <= len(frames) <= 30
    width, height = frames[0].size
    assert max(width, height) <= 360
    assert abs(width / height - size[0] / size[1]) < 0.02
    if size == (1280, 720):  # from black towards white, as the film goes
        grey = [frame.resize((1, 1)).convert("L").getpixel((0, 0)) for frame in frames]
        assert grey == sorted(grey)
        assert grey[-1] > 100


def test_what_browsers_do_not_play_has_a_preview_all_the_same(
    media: Media, keep: Keep, tmp_path: Path
) -> None:
    output = keep(prores(tmp_path / "master.mov"))
    assert not output.is_played
    media.previews.make(stem(output))
    assert media.previews.clip(output)


@pytest.mark.slow
def test_stills_are_as_small_as_their_place(media: Media, keep: Keep, tmp_path: Path) -> None:
    output = keep(film(tmp_path / "film.mp4", size=(1280, 720)))
    assert media.previews.still(output, 320) == media.poster(output)
    media.previews.make(stem(output))
    for longest in SIZES:
        with Image.open(media.previews.still(output, longest)) as picture:
            assert picture.size == (longest, longest * 9 // 16)
            assert picture.format == "WEBP"


def test_a_picture_has_stills_and_nothing_that_moves(media: Media, keep: Keep) -> None:
    output = keep(still())
    media.previews.make(stem(output))
    assert media.previews.clip(output) is None
    assert media.previews.still(output, 320).suffix == ".webp"
    assert list(media.previews.missing()) == []


def test_a_sound_has_none(media: Media, keep: Keep, tmp_path: Path) -> None:
    output = keep(sound(tmp_path / "sound.mp3"))
    assert media.previews.clip(output) is None
    assert list(media.previews.missing()) == []


def test_what_cannot_be_read_leaves_the_poster_and_is_not_tried_again(
    media: Media, keep: Keep, tmp_path: Path
) -> None:
    output = keep(film(tmp_path / "film.mp4"))
    content = media.output(output).read_bytes()
    media.output(output).write_bytes(content[: len(content) // 3])
    media.poster(output).write_bytes(b"no picture")
    media.previews.make(stem(output))
    assert media.previews.clip(output) is None
    assert media.previews.still(output, 640) == media.poster(output)
    assert list(media.previews.missing()) == []


def test_a_full_disk_takes_none_and_they_come_later(
    tmp_path: Path, keep: Keep, media: Media
) -> None:
    output = keep(film(tmp_path / "film.mp4"))
    full = Media(media.folder, Disk(media.folder, 2**62))
    previewer = Previewer(full.previews)
    previewer.soon(output)
    previewer.step()
    assert media.previews.clip(output) is None
    assert list(media.previews.missing()) == [stem(output)]


@pytest.mark.slow
def test_older_clips_get_theirs_in_the_background(media: Media, keep: Keep, tmp_path: Path) -> None:
    output = keep(film(tmp_path / "film.mp4"))
    previewer = Previewer(media.previews)
    previewer.start()
    deadline = time.monotonic() + 30
    while media.previews.clip(output) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    previewer.stop()
    assert media.previews.clip(output)


def test_a_poster_of_another_kind_is_not_opened_as_one(media: Media, keep: Keep) -> None:
    output = keep(still())
    out = io.BytesIO()
    Image.new("RGB", (64, 64)).save(out, "PNG")
    media.poster(output).write_bytes(out.getvalue())
    media.previews.make(stem(output))
    assert media.previews.still(output, 320) == media.poster(output)


# -- storyboards ----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1280, 720), (360, 640)])
def test_a_storyboard_shows_the_very_frames_that_can_be_had_in_full(
    media: Media, keep: Keep, tmp_path: Path, size: tuple[int, int]
) -> None:
    output = keep(film(tmp_path / "film.mp4", seconds=5, size=size))
    path = media.previews.storyboard(output)
    assert path.stat().st_size < 4 * LARGEST_BYTES
    with Image.open(path) as strip:
        wide = strip.width // STORYBOARD
        cells = [
            strip.crop((n * wide, 0, n * wide + wide, strip.height)) for n in range(STORYBOARD)
        ]
    assert max(cells[0].size) == SIZES[0]
    seen = []
    for number, cell in enumerate(cells):
        with Image.open(media.previews.frame(output, number)) as frame:
            assert frame.size == size
            full = frame.convert("RGB").resize(cell.size)
        differences = [
            sum(ImageStat.Stat(ImageChops.difference(full, other)).mean) for other in cells
        ]
        seen.append(differences.index(min(differences)))
        assert differences[number] <= min(differences) + 1
    assert len(set(seen)) > STORYBOARD // 2  # a film that moves, not one picture


def test_a_storyboard_is_made_once_and_goes_with_its_clip(
    media: Media, keep: Keep, tmp_path: Path
) -> None:
    output = keep(film(tmp_path / "film.mp4", seconds=1))
    made = media.previews.storyboard(output).stat().st_mtime_ns
    assert media.previews.storyboard(output).stat().st_mtime_ns == made
    media.previews.frame(output, 10)
    media.discard(output)
    assert list((media.folder / "previews").iterdir()) == []
    with pytest.raises(Unplayable, match="no longer"):
        media.previews.storyboard(output)


def test_what_has_no_frames_has_no_storyboard(media: Media, keep: Keep) -> None:
    output = keep(still())
    with pytest.raises(Unplayable):
        media.previews.storyboard(output)
    assert list((media.folder / "previews").iterdir()) == []
