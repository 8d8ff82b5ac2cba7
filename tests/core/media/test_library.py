"""Files on disk: downloads that resume, clips that are looked into, pictures kept once."""

from __future__ import annotations

import hashlib
import io
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.decoders.findings import UNREADABLE
from core.errors import DownloadError, StaleDownload, TooLarge, UnexpectedContent, UnreadableAnswer
from core.files import Output
from core.generations import Generation, Request, Status
from core.media.library import DRAFTED, KINDS, Media
from core.outbound.downloads import CHUNK, Download
from core.runway.client import Client
from core.settings import Settings
from tests.conftest import NOON, ROOT, MakePicture
from tests.core.conftest import Act, Wire, say
from tests.footage import DRAWING, archive, film, prores, sound, still

CLIP = "GET /clip"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A clip of two seconds, 320 x 180, 24 frames a second."""
    return film(tmp_path_factory.mktemp("film") / "film.mp4")


@pytest.fixture(scope="module")
def heavy_clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A clip that comes in several pieces."""
    path = tmp_path_factory.mktemp("film") / "heavy.mp4"
    content = film(path, seconds=1, size=(640, 360), noise=True)
    assert len(content) > 3 * CHUNK
    return content


@pytest.fixture
def folder(tmp_path: Path) -> Media:
    """An empty data folder."""
    return Media(tmp_path / "data")


@pytest.fixture
def client(wire: Wire, key: str) -> Iterator[Client]:
    """A client that downloads from the wire."""
    opened = Client(Settings(api_key=key, base_url=wire.url))
    yield opened
    opened.close()


@pytest.fixture
def generation() -> Generation:
    """A generation whose output is to be kept."""
    request = Request("text_to_video", "plume_2")
    return Generation(7, "k", Status.DOWNLOADING, request, False, NOON, NOON)


@pytest.fixture
def fetch(
    folder: Media, client: Client, wire: Wire, generation: Generation
) -> Callable[..., Output]:
    """One attempt to fetch the clip, as the tracker makes it."""

    def attempt(expected: str = "video", seen: str = "") -> Output:
        part = folder.part(generation, 0)
        with client.download(f"{wire.url}/clip", part.size, part.etag) as download:
            folder.receive(part, download)
        return folder.keep(part, generation, 0, expected, seen)

    return attempt


def whole(content: bytes, etag: str = '"e1"', kind: str = "video/mp4") -> Act:
    return say(200, content, {"ETag": etag, "Content-Type": kind})


def cut(content: bytes, at: int, etag: str = '"e1"') -> Act:
    """The whole length announced, `at` bytes sent."""
    return say(200, content[:at], {"ETag": etag, "Content-Length": str(len(content))})


def rest(content: bytes, start: int, etag: str = '"e1"') -> Act:
    span = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return say(206, content[start:], {"ETag": etag, "Content-Range": span})


def half(content: bytes) -> int:
    return len(content) // 2


# -- downloads ------------------------------------------------------------------------------------


def test_a_clip_is_kept_with_what_the_file_itself_says(
    folder: Media, wire: Wire, clip: bytes, fetch: Callable[..., Output]
) -> None:
    wire.on(CLIP, whole(clip))
    output = fetch()
    assert output == Output(
        position=0,
        file="00000007-8254c329a928-0.mp4",
        media_type="video/mp4",
        bytes=len(clip),
        sha256=hashlib.sha256(clip).hexdigest(),
        width=320,
        height=180,
        duration=2.0,
        frame_rate=24.0,
        poster="00000007-8254c329a928-0.jpg",
        codec="h264",
        depth=8,
    )
    assert folder.output(output).read_bytes() == clip
    with Image.open(folder.poster(output)) as poster:
        assert (poster.format, poster.size) == ("JPEG", (320, 180))
        assert np.asarray(poster).max() < 20, "the first frame is black"
    assert sorted(p.name for p in folder.folder.rglob("*.*")) == [
        "00000007-8254c329a928-0.jpg",
        "00000007-8254c329a928-0.mp4",
    ]


@pytest.mark.slow
def test_a_cut_download_goes_on_from_its_last_byte(
    folder: Media,
    wire: Wire,
    heavy_clip: bytes,
    fetch: Callable[..., Output],
    generation: Generation,
) -> None:
    clip = heavy_clip
    wire.on(CLIP, cut(clip, half(clip)))
    with pytest.raises(UnreadableAnswer):
        fetch()
    kept = folder.part(generation, 0)
    assert 0 < kept.size <= half(clip)
    assert kept.path.read_bytes() == clip[: kept.size]
    wire.on(CLIP, rest(clip, kept.size))
    assert fetch().sha256 == hashlib.sha256(clip).hexdigest()
    assert wire.heard[1].headers["Range"] == f"bytes={kept.size}-"
    assert wire.heard[1].headers["If-Range"] == '"e1"'


@pytest.fixture
def started(folder: Media, clip: bytes, generation: Generation) -> int:
    """Half a clip is on disk, from an earlier attempt; its size."""
    part = folder.part(generation, 0)
    short = Download(iter([clip[: half(clip)]]), 0, len(clip), "video/mp4", '"e1"')
    with pytest.raises(DownloadError, match=f"with {half(clip)} of {len(clip)} bytes"):
        folder.receive(part, short)
    return half(clip)


KILLED_WHILE_KEEPING = """
import os, sys
from pathlib import Path
from core.generations import Generation, Request, Status
from core.media.library import Media
from tests.conftest import NOON, ROOT

left = int(sys.argv[3])
def deadly(call):
    def count(*arguments, **options):
        global left
        left -= 1
        if not left:
            os._exit(9)
        return call(*arguments, **options)
    return count

folder = Media(Path(sys.argv[1]))
request = Request("text_to_video", "plume_2")
generation = Generation(7, "k", Status.DOWNLOADING, request, False, NOON, NOON)
part = folder.part(generation, 0)
part.path.write_bytes(Path(sys.argv[2]).read_bytes())
part.path.with_suffix(".etag").write_text("e1")
os.replace, os.unlink = deadly(os.replace), deadly(os.unlink)
folder.keep(part, generation, 0, "video")
"""


@pytest.mark.parametrize("moment", [1, 2, 3, 4])
@pytest.mark.slow
def test_a_kill_while_a_clip_is_kept_leaves_nothing_astray(
    moment: int, folder: Media, wire: Wire, clip: bytes, fetch: Callable[[], Output], tmp_path: Path
) -> None:
    source = tmp_path / "source.mp4"
    source.write_bytes(clip)
    program = [sys.executable, "-c", KILLED_WHILE_KEEPING, str(folder.folder), str(source)]
    died = subprocess.run([*program, str(moment)], cwd=ROOT, check=False)
    assert died.returncode == 9, "it did not come so far"
    wire.on(CLIP, whole(clip))
    output = fetch()
    left = {path.name for path in folder.folder.rglob("*") if path.is_file()}
    assert left == {output.file, output.poster}


KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from core.media import atomic_files
with atomic_files.draft(Path(sys.argv[1])) as beside:
    beside.write_bytes(b"half")
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    print("writing", flush=True)
    sys.stdin.read()
"""


def writer(path: Path, end: str = "") -> subprocess.Popen[str]:
    """A process that is writing `path`, or is killed while it does."""
    program = [sys.executable, "-c", KILLED_WHILE_WRITING, str(path), end]
    pipe = subprocess.PIPE
    return subprocess.Popen(program, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


@pytest.mark.parametrize("kind", DRAFTED)
def test_what_a_killed_server_left_half_written_goes_at_the_next_start(
    kind: str, folder: Media
) -> None:
    kept = folder.folder / kind / "kept.json"
    kept.write_bytes(b"whole")
    with writer(folder.folder / kind / "one.json", "killed") as dead:
        assert dead.wait(60) == -9
    assert len(list(kept.parent.iterdir())) == 2, "it left something"
    assert folder.sweep()
    assert list(kept.parent.iterdir()) == [kept]


def test_what_a_living_process_writes_is_not_swept_away(folder: Media) -> None:
    path = folder.folder / "recipes" / "one.json"
    with writer(path) as alive:
        assert alive.stdout
        assert alive.stdout.readline() == "writing\n"
        assert not folder.sweep()
        alive.communicate("")
    assert path.read_bytes() == b"half"
    assert folder.sweep()


def test_half_a_clip_is_not_swept_away(folder: Media, generation: Generation) -> None:
    part = folder.part(generation, 0)
    part.path.write_bytes(b"half")
    assert folder.sweep()
    assert part.path.exists(), "its download goes on"


def test_another_version_of_the_file_is_fetched_from_its_start(
    wire: Wire, clip: bytes, fetch: Callable[..., Output], started: int
) -> None:
    wire.on(CLIP, whole(clip, '"e2"'))
    assert fetch().sha256 == hashlib.sha256(clip).hexdigest()
    assert wire.heard[0].headers["Range"] == f"bytes={started}-"


def test_a_shorter_version_leaves_nothing_of_the_longer_one(
    wire: Wire, heavy_clip: bytes, clip: bytes, folder: Media, generation: Generation,
    fetch: Callable[..., Output],
) -> None:  # fmt: skip
    assert len(clip) < CHUNK
    long = Download(iter([heavy_clip[:CHUNK]]), 0, len(heavy_clip), "video/mp4", '"e1"')
    with pytest.raises(DownloadError):
        folder.receive(folder.part(generation, 0), long)
    wire.on(CLIP, whole(clip, '"e2"'))
    assert fetch().bytes == len(clip)


def test_a_full_disk_is_said_and_what_came_is_kept(
    folder: Media, wire: Wire, heavy_clip: bytes, fetch: Callable[..., Output]
) -> None:
    wire.on(CLIP, whole(heavy_clip))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (CHUNK, hard))
    try:
        with pytest.raises(DownloadError, match=r"cannot be written to the disk \(File too large"):
            fetch()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    wire.on(CLIP, rest(heavy_clip, CHUNK))
    assert fetch().sha256 == hashlib.sha256(heavy_clip).hexdigest()


def test_a_part_without_an_etag_is_never_continued(
    folder: Media, clip: bytes, generation: Generation, started: int
) -> None:
    assert folder.part(generation, 0).size == started
    folder.part(generation, 0).path.with_suffix(".etag").unlink()
    assert folder.part(generation, 0).size == 0


@pytest.mark.parametrize("act", ["wrong byte", "too long", "416"])
def test_a_part_that_does_not_fit_is_stale(
    wire: Wire, clip: bytes, fetch: Callable[..., Output], started: int, act: str
) -> None:
    acts = {
        "wrong byte": rest(clip, started - 9),
        "too long": say(
            206,
            clip,
            {"ETag": '"e1"', "Content-Range": f"bytes {started}-{len(clip) - 1}/{len(clip)}"},
        ),
        "416": say(416, b""),
    }
    wire.on(CLIP, acts[act])
    with pytest.raises(StaleDownload):
        fetch()


def test_a_forgotten_part_leaves_nothing(
    folder: Media, generation: Generation, started: int
) -> None:
    folder.forget(folder.part(generation, 0))
    folder.forget(folder.part(generation, 0))
    assert list((folder.folder / "videos").iterdir()) == []


def test_a_clip_that_is_too_large_is_refused_before_and_while_it_comes(
    tmp_path: Path, generation: Generation
) -> None:
    folder = Media(tmp_path / "data", largest=1024**2)
    part = folder.part(generation, 0)
    announced = Download(iter([b"x"]), 0, 1024**2 + 1, "video/mp4", "")
    endless = Download(iter([b"x", bytes(1024**2)]), 0, None, "video/mp4", "")
    for download in (announced, endless):
        with pytest.raises(TooLarge, match=r"At most 1 MB of one file are kept here"):
            folder.receive(part, download)
    assert part.path.stat().st_size <= 1
    folder.receive(part, Download(iter([bytes(1024**2)]), 0, 1024**2, "video/mp4", ""))
    assert part.path.stat().st_size == 1024**2


@pytest.mark.slow
def test_a_file_at_which_servers_end_is_kept_unseen(
    folder: Media, generation: Generation, clip: bytes, tmp_path: Path
) -> None:
    part = folder.part(generation, 0)
    part.path.write_bytes(clip)
    ending = (
        "import os, sys; from pathlib import Path; from core.media.looks import looking_into\n"
        "with looking_into(Path(sys.argv[1])) as worn: os._exit(worn)"
    )
    command = [sys.executable, "-c", ending, str(part.path)]
    ended = [subprocess.run(command, cwd=ROOT, check=False).returncode for _ in range(11)]
    assert ended == [*10 * [0], 1]
    output = folder.keep(part, generation, 0, "video")
    assert (output.media_type, output.note) == ("application/octet-stream", UNREADABLE)
    assert folder.output(output).read_bytes() == clip
    assert [path.name for path in (folder.folder / "videos").iterdir()] == [output.file]


def test_a_clip_that_is_read_after_all_leaves_nothing_of_what_was_unread(
    fetch: Callable[..., Output], folder: Media, generation: Generation, wire: Wire, clip: bytes
) -> None:
    """A server that was killed ten times while it looked kept the file unseen, and was killed once
    more before the history knew of it."""
    wire.on(CLIP, whole(clip), whole(clip))
    folder.part(generation, 0).path.with_suffix(".looks").write_bytes(b"." * 10)
    assert (folder.folder / "videos" / fetch().file).suffix == ".bin"
    output = fetch()
    assert [path.name for path in (folder.folder / "videos").iterdir()] == [output.file]


@pytest.mark.parametrize("kind", ["html", "empty", "list"])
def test_a_message_of_a_server_on_the_way_is_never_kept(
    folder: Media,
    wire: Wire,
    clip: bytes,
    fetch: Callable[..., Output],
    tmp_path: Path,
    kind: str,
) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(clip)
    contents = {
        "html": b"<html>Log in</html>" * 100,
        "empty": b"",
        "list": b"#EXTM3U\n#EXTINF:2,\n" + str(secret).encode() + b"\n#EXT-X-ENDLIST\n",
    }
    wire.on(CLIP, whole(contents[kind]))
    for _ in range(3):
        with pytest.raises(DownloadError, match=r"text came|is empty"):
            fetch(seen=hashlib.sha256(contents[kind]).hexdigest())
    assert list((folder.folder / "videos").iterdir()) == []
    assert list((folder.folder / "posters").iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ("noise", "does not know"),
        ("head", "does not open"),
        ("png", "A video was to be made; this is a picture"),
        ("sound", "A video was to be made; this is a sound"),
    ],
)
def test_a_strange_file_is_refused_once_and_kept_when_it_comes_again(
    folder: Media,
    wire: Wire,
    clip: bytes,
    fetch: Callable[..., Output],
    picture: MakePicture,
    tmp_path: Path,
    kind: str,
    note: str,
) -> None:
    content = {
        "noise": bytes(range(256)) * 40,
        "head": clip[:2000],
        "png": picture(),
        "sound": sound(tmp_path / "sound.mp4"),
    }[kind]
    wire.on(CLIP, whole(content))
    with pytest.raises(UnexpectedContent, match=note) as refused:
        fetch()
    assert list((folder.folder / "videos").iterdir()) == []
    with pytest.raises(UnexpectedContent):
        fetch(seen="0" * 64)
    kept = fetch(seen=refused.value.sha256)
    assert note in kept.note
    assert folder.output(kept).read_bytes() == content


def test_made_files_of_every_kind_are_kept_with_the_right_name_and_poster(
    folder: Media, wire: Wire, fetch: Callable[..., Output], tmp_path: Path
) -> None:
    made = {
        "image png": still((640, 360)),
        "image webp": still((640, 360), form="WEBP"),
        "image svg": DRAWING,
        "audio mp3": sound(tmp_path / "a.mp3"),
        "video mov": prores(tmp_path / "a.mov"),
        "application zip": archive({"1.png": still()}),
    }
    wire.on(CLIP, *(whole(content, "", "binary/octet-stream") for content in made.values()))
    for name, content in made.items():
        expected, suffix = name.split()
        kept = fetch(expected)
        assert (kept.file, kept.note) == (f"00000007-8254c329a928-0.{suffix}", "")
        assert folder.output(kept).read_bytes() == content
        assert (kept.poster == "") == (expected == "audio")
        assert not kept.poster or folder.poster(kept).exists()


def test_a_poster_of_a_picture_with_holes_shows_white_there(
    folder: Media, wire: Wire, fetch: Callable[..., Output]
) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (90, 90), (0, 0, 0, 0)).save(out, "PNG")
    wire.on(CLIP, whole(out.getvalue()))
    with Image.open(folder.poster(fetch("image"))) as poster:
        assert np.asarray(poster).min() > 250


@pytest.mark.parametrize("kind", ["video/quicktime", "image/svg+xml", "binary/octet-stream", ""])
def test_the_content_gives_a_file_its_ending_not_what_the_server_calls_it(
    wire: Wire, clip: bytes, fetch: Callable[..., Output], kind: str
) -> None:
    wire.on(CLIP, whole(clip, kind=kind))
    output = fetch()
    assert (output.file, output.media_type) == ("00000007-8254c329a928-0.mp4", "video/mp4")


def test_every_output_has_its_own_file(
    folder: Media, wire: Wire, client: Client, clip: bytes, generation: Generation
) -> None:
    wire.on(CLIP, whole(clip))
    for position in (0, 1):
        part = folder.part(generation, position)
        with client.download(f"{wire.url}/clip") as download:
            folder.receive(part, download)
        folder.keep(part, generation, position, "video")
    assert len(list((folder.folder / "videos").iterdir())) == 2


# -- the folder ----------------------------------------------------------------------------------


def test_sizes_count_files_and_bytes_by_kind(folder: Media, picture: MakePicture) -> None:
    upload, _ = folder.uploads.keep("a.png", picture(), NOON)
    (folder.folder / "history.db").write_bytes(b"1234")
    (folder.folder / "history.db-wal").write_bytes(b"12")
    sizes = folder.sizes()
    assert set(sizes) == {*KINDS, "history"}
    assert sizes["uploads"] == (1, upload.bytes)
    assert sizes["videos"] == (0, 0)
    assert sizes["history"] == (2, 6)
