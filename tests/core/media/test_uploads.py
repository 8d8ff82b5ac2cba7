"""Files that people bring: known by content, kept once, refused in a sentence."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import av
import pytest
from PIL import Image

from core.decoders import admission
from core.errors import InvalidUpload
from core.files import Output
from core.media.disk_space import MEGABYTE, Disk
from core.media.uploads import MAX_BYTES, Uploads
from tests.conftest import NOON, ROOT, MakePicture
from tests.footage import Track, displayed, film, half, sound, tracks


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    """Empty folders."""
    for name in ("uploads", "thumbnails"):
        (tmp_path / "data" / name).mkdir(parents=True)
    return Uploads(tmp_path / "data", Disk(tmp_path, 0))


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], list[str]]:
    """The names of all that has been kept."""
    return lambda: sorted(p.name for p in (tmp_path / "data").rglob("*") if p.is_file())


def made(path: Path, media_type: str) -> Output:
    """An output by its facts."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return Output(0, path.name, media_type, len(content), digest, 0, 0, 0.0, 0.0, "")


def test_a_picture_is_kept_once_under_its_hash_with_a_thumbnail(
    uploads: Uploads, picture: MakePicture, files: Callable[[], list[str]]
) -> None:
    content = picture((1000, 500))
    first, notices = uploads.keep("../../etc/pass wd\x00.png", content, NOON)
    again, _ = uploads.keep("other.png", content, NOON)
    assert notices == ()
    assert first.sha256 == again.sha256 == hashlib.sha256(content).hexdigest()
    assert uploads.path(first).read_bytes() == content
    assert uploads.path(first).name == f"{first.sha256}.png"
    with Image.open(uploads.still(first)) as small:
        assert small.size == (480, 240)
    assert len(files()) == 2


def test_a_turned_picture_is_kept_as_it_is_seen(uploads: Uploads, picture: MakePicture) -> None:
    exif = Image.Exif()
    exif[0x0112] = 8
    upload, _ = uploads.keep("a.jpg", picture((320, 180), "JPEG", exif=exif), NOON)
    assert (upload.width, upload.height) == (180, 320)
    with Image.open(uploads.path(upload)) as image:
        assert image.size == (180, 320)
    assert upload.bytes == uploads.path(upload).stat().st_size


@pytest.mark.slow
@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_a_photo_of_a_phone_is_a_picture_whatever_its_name(
    uploads: Uploads, picture: MakePicture, form: str, tmp_path: Path
) -> None:
    content = picture((640, 360), form)
    upload, notices = uploads.keep("IMG_0001.jpg", content, NOON, ("image", "video"))
    assert (upload.media_type, upload.width, upload.height) == ("image/jpeg", 640, 360)
    assert upload.sha256 == hashlib.sha256(uploads.path(upload).read_bytes()).hexdigest()
    assert "Turned from" in notices[0]
    with pytest.raises(InvalidUpload, match="This is a picture; a video is needed"):
        uploads.keep("IMG_0001.mp4", content, NOON, ("video",))
    path = tmp_path / "data" / "out"
    path.write_bytes(content)
    kind = {"HEIF": "image/heic", "AVIF": "image/avif"}[form]
    assert uploads.adopt("made", made(path, kind), path, NOON).sha256 == upload.sha256


def test_a_video_is_kept_with_its_facts_and_a_still(uploads: Uploads, tmp_path: Path) -> None:
    content = film(tmp_path / "a.mov")
    upload, notices = uploads.keep("holiday.mp4", io.BytesIO(content), NOON)
    assert notices == ()
    assert (upload.media_type, upload.medium, upload.codec) == ("video/quicktime", "video", "h264")
    assert (upload.width, upload.height) == (320, 180)
    assert (upload.duration, upload.frame_rate, upload.bytes) == (2.0, 24.0, len(content))
    assert (upload.name, upload.created_at) == ("holiday.mp4", NOON)
    assert uploads.path(upload).read_bytes() == content
    assert uploads.path(upload).suffix == ".mov"
    with Image.open(uploads.still(upload)) as still:
        assert still.size == (320, 180)


def test_a_sound_is_kept_without_a_still(uploads: Uploads, tmp_path: Path) -> None:
    upload, _ = uploads.keep("voice", sound(tmp_path / "a.mp3"), NOON)
    assert (upload.medium, upload.codec, upload.width, upload.height) == ("audio", "mp3", 0, 0)
    assert upload.duration == pytest.approx(1.0, abs=0.06)
    assert uploads.path(upload).exists()
    assert not uploads.still(upload).exists()


@pytest.mark.parametrize(
    ("kind", "media", "sentence"),
    [
        ("text", ("video",), "not a MP4, MOV, MKV, WebM, 3GP or OGG video"),
        ("text", ("image",), "not a PNG, JPEG, WebP, HEIC or AVIF picture"),
        ("text", ("image", "video", "audio"), "picture, or a MP4, .* video, or a MP3, .* sound"),
        ("sound", ("video",), "no picture in this file, only sound; a video is needed"),
        ("sound", ("image",), "This is a video or a sound; a picture is needed"),
        ("video", ("image",), "This is a video or a sound; a picture is needed"),
        ("video", ("audio",), "This is a video; a sound is needed"),
        ("picture", ("video", "audio"), "This is a picture; a video or a sound is needed"),
        ("cut", ("video",), "damaged or cut short"),
        ("cut early", ("video",), "cut short: it ends before its index"),
        ("cut picture", ("image",), "damaged or cut short"),
        ("empty", ("video",), "is empty"),
        ("tiny", ("video",), "too small"),
        ("gif", ("image", "video"), "not a PNG"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence_and_leaves_nothing(
    uploads: Uploads,
    picture: MakePicture,
    tmp_path: Path,
    files: Callable[[], list[str]],
    kind: str,
    media: tuple[str, ...],
    sentence: str,
) -> None:
    whole = partial(film, tmp_path / "a.mp4", noise=True)
    made: dict[str, Callable[[], bytes]] = {
        "text": lambda: b"just text, saved as video.mp4\n" * 40,
        "sound": lambda: sound(tmp_path / "sound.mp4"),
        "video": whole,
        "picture": picture,
        "cut": lambda: half(whole()),
        "cut early": lambda: tracks(tmp_path / "b.mp4", Track())[:900],
        "cut picture": lambda: picture()[:5000],
        "empty": lambda: b"",
        "tiny": lambda: b"x" * 511,
        "gif": lambda: picture((64, 64), "GIF"),
    }
    content = made[kind]()
    with pytest.raises(InvalidUpload, match=sentence):
        uploads.keep("video.mp4", content, NOON, media)
    assert files() == []


def test_a_file_that_is_too_large_is_refused_before_it_fills_the_disk(
    uploads: Uploads, files: Callable[[], list[str]]
) -> None:
    class Vast(io.RawIOBase):
        """A gigabyte that takes no room."""

        taken = 0

        def read(self, size: int = -1) -> bytes:
            self.taken += size
            return bytes(size)

        def seekable(self) -> bool:
            return True

        def seek(self, offset: int, whence: int = 0) -> int:
            return 2**30

    vast = Vast()
    with pytest.raises(InvalidUpload, match="has 1024 MB; at most 200 MB"):
        uploads.keep("vast.mp4", vast, NOON)  # type: ignore[arg-type]
    assert vast.taken <= MAX_BYTES + 2**21
    assert files() == []


# -- made files as inputs -------------------------------------------------------------------------


def test_a_made_file_becomes_an_upload_without_a_second_copy(
    uploads: Uploads, tmp_path: Path
) -> None:
    path = tmp_path / "data" / "out.mp4"
    content = film(path)
    upload = uploads.adopt("clip 7", made(path, "video/mp4"), path, NOON)
    assert (upload.sha256, upload.bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (upload.width, upload.duration, upload.codec) == (320, 2.0, "h264")
    assert uploads.path(upload).samefile(path)
    assert uploads.still(upload).exists()
    path.unlink()
    assert uploads.path(upload).read_bytes() == content
    assert uploads.keep("mine.mp4", content, NOON)[0].sha256 == upload.sha256


def test_a_made_picture_is_used_as_it_is_metadata_and_all(
    uploads: Uploads, picture: MakePicture, tmp_path: Path
) -> None:
    path = tmp_path / "data" / "out.jpg"
    path.write_bytes(picture((640, 360), "JPEG", comment=b"made by a model"))
    upload = uploads.adopt("still 7", made(path, "image/jpeg"), path, NOON)
    assert (upload.media_type, upload.width, upload.height) == ("image/jpeg", 640, 360)
    assert uploads.path(upload).samefile(path)
    with Image.open(uploads.still(upload)) as still:
        assert still.size == (480, 270)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gone", "zip", "wide"])
def test_a_made_file_that_cannot_be_an_input_is_refused_in_a_sentence(
    uploads: Uploads, picture: MakePicture, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "data" / "out"
    path.write_bytes(picture((9000, 100)) if kind == "wide" else b"PK\x03\x04" + bytes(900))
    output = made(path, "image/png")
    if kind == "gone":
        path.unlink()
    sentences = {"gone": "no longer on this server", "zip": "not a PNG", "wide": "9000 x 100"}
    with pytest.raises(InvalidUpload, match=sentences[kind]):
        uploads.adopt("x", output, path, NOON)


# -- the disk -------------------------------------------------------------------------------------


@pytest.mark.point(9)
def test_below_the_floor_no_file_is_taken_and_that_is_said(
    uploads: Uploads, picture: MakePicture, files: Callable[[], list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "made.mp4"
    film(path)
    full = Disk(tmp_path, 100, lambda _: (1000 * MEGABYTE, 950 * MEGABYTE, 50 * MEGABYTE))
    low = Uploads(tmp_path / "data", full)
    with pytest.raises(InvalidUpload, match=r"The disk has 0\.0 GB free") as caught:
        low.keep("a.png", picture(), NOON)
    assert "Make room" in caught.value.hint
    with pytest.raises(InvalidUpload, match="The disk has"):
        low.adopt("a", made(path, "video/mp4"), path, NOON)
    with pytest.raises(InvalidUpload, match="The disk has"):
        low.cut("a.png", path, "video/mp4", "first", NOON)
    assert files() == []


KEEP_WHERE_NOTHING_FITS = """
import resource, signal, sys
from pathlib import Path
from core.media.disk_space import Disk
from core.errors import InvalidUpload
from core.media.uploads import Uploads
from tests.conftest import NOON, ROOT
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
folder = Path(sys.argv[1])
try:
    Uploads(folder, Disk(folder, 0)).keep("a.png", b"x" * 100_000, NOON)
except InvalidUpload as error:
    print(error.message, error.hint)
"""


@pytest.mark.point(9)
@pytest.mark.slow
def test_a_disk_that_is_full_is_said_in_a_sentence(
    uploads: Uploads, files: Callable[[], list[str]], tmp_path: Path
) -> None:
    program = [sys.executable, "-c", KEEP_WHERE_NOTHING_FITS, str(tmp_path / "data")]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("The file cannot be written to the disk (File too large). Make")
    assert files() == []


# -- where a file was made ------------------------------------------------------------------------

EIFFEL = "+48.8577+002.2950/"


def placed(path: Path, key: str = "location", **options: str) -> bytes:
    """A film or sound that says where it was made."""
    film(path) if path.suffix in (".mp4", ".mov", ".3gp") else sound(path)
    told = path.with_stem("told")
    with av.open(str(path)) as source, av.open(str(told), "w", options=options) as target:
        target.metadata[key] = EIFFEL
        target.metadata["title"] = "Holiday"
        stream = source.streams[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                target.mux(packet)
    return told.read_bytes()


def facts(path: Path) -> tuple[dict[str, str], list[bytes]]:
    """What the file says of itself, and all that is shown or heard of it."""
    with av.open(str(path)) as container:
        said = dict(container.metadata)
        return said, [bytes(packet) for packet in container.demux()]


@pytest.mark.parametrize(
    ("name", "key", "options"),
    [
        ("a.mov", "location", {}),
        ("a.mov", "com.apple.quicktime.location.ISO6709", {"movflags": "use_metadata_tags"}),
        ("a.mov", "com.apple.quicktime.location.name", {"movflags": "use_metadata_tags"}),
        ("a.mp4", "location", {}),
        ("a.mp4", "location", {"movflags": "+faststart"}),
        ("a.3gp", "location", {}),
        ("a.m4a", "location", {}),
    ],
)
def test_a_place_is_taken_out_and_nothing_else_of_the_file_changes(
    uploads: Uploads, tmp_path: Path, name: str, key: str, options: dict[str, str]
) -> None:
    path = tmp_path / name
    content = placed(path, key, **options)
    assert any(EIFFEL in value for value in facts(path.with_stem("told"))[0].values())
    upload, notices = uploads.keep(name, content, NOON)
    assert notices == (admission.PLACE_GONE,)
    kept = uploads.path(upload).read_bytes()
    assert upload.sha256 == hashlib.sha256(kept).hexdigest()
    assert upload.bytes == len(kept) == len(content)
    assert b"48.8577" not in kept
    said, shown = facts(uploads.path(upload))
    before, as_before = facts(path.with_stem("told"))
    assert shown == as_before
    assert {k: v for k, v in before.items() if EIFFEL not in v}.items() <= said.items()
    assert not any(EIFFEL in value for value in said.values())


def test_a_turned_film_stays_turned_when_its_place_is_taken_out(
    uploads: Uploads, tmp_path: Path
) -> None:
    content = displayed(placed(tmp_path / "a.mov"), 0, 1, -1, 0)
    upload, notices = uploads.keep("a.mov", content, NOON)
    assert notices
    assert (upload.width, upload.height) == (180, 320)
    with Image.open(uploads.still(upload)) as still:
        assert still.size == (180, 320)


def test_a_film_without_a_place_is_kept_byte_by_byte(uploads: Uploads, tmp_path: Path) -> None:
    content = film(tmp_path / "a.mov")
    upload, notices = uploads.keep("a.mov", content, NOON)
    assert (uploads.path(upload).read_bytes(), notices) == (content, ())


@pytest.mark.parametrize("box", [b"\xa9xyz", b"loci", b"uuid"])
def test_a_place_is_found_in_every_box_that_cameras_use(
    uploads: Uploads, tmp_path: Path, box: bytes
) -> None:
    said = b"x" * 16 + b'exif:GPSLatitude="48,51.46N"' if box == b"uuid" else b"\0" * 20
    inner = (len(said) + 8).to_bytes(4, "big") + box + said
    if box != b"uuid":
        inner = (len(inner) + 8).to_bytes(4, "big") + b"udta" + inner
    film(tmp_path / "a.mp4")
    with (
        av.open(str(tmp_path / "a.mp4")) as source,
        av.open(str(tmp_path / "b.mp4"), "w") as target,
    ):
        copy = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = copy
                target.mux(packet)
    plain = (tmp_path / "b.mp4").read_bytes()
    moov = plain.rindex(b"moov") - 4
    size = int.from_bytes(plain[moov : moov + 4], "big")
    assert moov + size == len(plain), "the index stands last"
    content = plain[:moov] + (size + len(inner)).to_bytes(4, "big") + plain[moov + 4 :] + inner
    upload, notices = uploads.keep("a.mp4", content, NOON)
    assert notices == (admission.PLACE_GONE,)
    kept = uploads.path(upload).read_bytes()
    assert box not in kept[moov:]
    assert b"GPSLatitude" not in kept
