"""Files that are made to do harm: none of them reaches past the child that opens it."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image

from core.decoders.findings import UNREADABLE
from core.decoders.pictures.images import MAX_PIXELS
from core.errors import InvalidUpload, Unplayable
from core.sandbox import inspection
from core.sandbox.child import Ended, Limits
from core.sandbox.inspection import LOOK, TAKEN
from core.sandbox.processes import Worker
from tests.bombs import BOMBS
from tests.conftest import ROOT
from tests.footage import DRAWING, film, still

EVERY = ("image", "video", "audio")
Put = Callable[[bytes], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """A file with that content."""

    def one(content: bytes) -> Path:
        path = tmp_path / "foreign"
        path.write_bytes(content)
        return path

    return one


@pytest.fixture
def worker() -> Iterator[Worker]:
    """A child of this test alone, with little time."""
    one = Worker("core.sandbox.inspector", Limits(processor=2, clock=8.0))
    yield one
    one.close()


def children() -> list[psutil.Process]:
    """The processes that this one has started and that live."""
    return [
        child
        for child in psutil.Process().children()
        if "core.sandbox.inspector" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE
    ]


# -- what a file may do ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["filter.svg", "svg, clips in a row", "svg, a long text"],
    ids=["time", "stack", "memory"],
)
@pytest.mark.slow
def test_a_drawing_that_ends_its_process_is_kept_under_its_name_and_never_shown(
    put: Put, name: str
) -> None:
    look, poster = inspection.look(put(BOMBS[name]()))
    assert (look.media_type, look.suffix, look.note) == (
        "application/octet-stream",
        "svg",
        UNREADABLE,
    )
    assert poster == b""
    look, poster = inspection.look(put(DRAWING))
    assert look.media_type == "image/svg+xml", "the next file finds the next process"
    assert poster


@pytest.mark.slow
def test_a_file_made_to_do_harm_has_no_recipe_and_costs_little(put: Put, tmp_path: Path) -> None:
    for name, make in BOMBS.items():
        path = put(make())
        assert inspection.find_text(path) == b"", name
        inspection.put_text(path.rename(tmp_path / "foreign.mp4"), "x", tmp_path / "out")
    path = put(still())
    assert inspection.put_text(path, "x", tmp_path / "out"), "the next file is as any other"


@pytest.mark.parametrize(
    ("name", "kind", "width"),
    [
        ("n500.svg", "image/svg+xml", 10),
        ("svg, 100,000 groups", "image/svg+xml", 90),
        ("png_rgba.zip", "application/zip", 0),
        ("zip, a vast tiff", "application/zip", 0),
        ("zip, 1 GB of zeros", "application/zip", 0),
        ("png, 30,000 a side", "application/octet-stream", 0),
        ("stsz_u.mp4", "application/octet-stream", 0),
        ("mov, a png of 15,000 a side", "application/octet-stream", 0),
    ],
)
@pytest.mark.slow
def test_what_is_vast_or_deep_is_not_decoded(put: Put, name: str, kind: str, width: int) -> None:
    before = children()
    look, poster = inspection.look(put(BOMBS[name]()))
    assert (look.media_type, look.width, poster) == (kind, width, b"")
    assert set(before) <= set(children()), "no process ended"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("stsz_u.mp4", "This is a video or a sound; a picture is needed."),
        ("mov, a png of 15,000 a side", "This is a video or a sound; a picture is needed."),
        ("mp3, a vast tag", "This is a sound; a picture is needed."),
        ("flac, a vast picture", "This is a sound; a picture is needed."),
        ("wav, four gigabytes", "This is a sound; a picture is needed."),
        ("n500.svg", "This is not a PNG, JPEG, WebP, HEIC or AVIF picture."),
    ],
)
def test_the_picture_field_refuses_by_the_head(
    put: Put, tmp_path: Path, content: str, said: str
) -> None:
    with pytest.raises(InvalidUpload) as refused:
        inspection.take(put(BOMBS[content]()), ("image",), tmp_path / "out")
    assert refused.value.message == said


@pytest.mark.parametrize(
    "name",
    ["mov, a png of 15,000 a side", "mov, 15,000 a side and so said", "mkv, 60,000 a side",
     "mkv, 16,000 by 9,000"],
)  # fmt: skip
def test_a_vast_video_is_refused_before_it_is_decoded(put: Put, tmp_path: Path, name: str) -> None:
    before = children()
    with pytest.raises(InvalidUpload, match="damaged or cut short"):
        inspection.take(put(BOMBS[name]()), EVERY, tmp_path / "out")
    assert set(before) <= set(children()), "no process ended"


@pytest.mark.slow
def test_the_largest_photo_that_is_taken_fits(put: Put, tmp_path: Path) -> None:
    out = io.BytesIO()
    turned = Image.Exif()
    turned[0x0112] = 6
    width = 7_900
    photo = Image.linear_gradient("L").resize((width, MAX_PIXELS // width)).convert("RGB")
    photo.save(out, "JPEG", quality=90, exif=turned)
    taken, jpeg = inspection.take(put(out.getvalue()), ("image",), tmp_path / "out")
    assert (taken.width, taken.height) == (MAX_PIXELS // width, width)
    with Image.open(io.BytesIO(jpeg)) as small:
        assert max(small.size) == 480


@pytest.mark.slow
def test_a_vast_photo_of_a_phone_fits_after_a_clip(tmp_path: Path) -> None:
    clip, photo = tmp_path / "clip.mp4", tmp_path / "photo.heic"
    film(clip, seconds=1, size=(1920, 1080))
    turned = Image.Exif()
    turned[0x0112] = 6
    width = 8_000
    image = Image.linear_gradient("L").resize((width, MAX_PIXELS // width)).convert("RGB")
    image.save(photo, quality=70, exif=turned.tobytes(), enc_params={"preset": "ultrafast"})
    for _ in range(3):
        inspection.see(clip)
        taken, _jpeg = inspection.take(photo, ("image",), tmp_path / "out")
        assert (taken.width, taken.height) == (MAX_PIXELS // width, width)


def test_a_frame_of_a_bomb_is_no_frame(put: Put, tmp_path: Path) -> None:
    path = put(BOMBS["stsz_u.mp4"]())
    with pytest.raises(Unplayable):
        inspection.frame(path, "video/mp4", "last", tmp_path / "out")
    assert not (tmp_path / "out").exists()


# -- the process ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_process_knows_no_key_and_dumps_no_memory(worker: Worker, put: Put) -> None:
    before = set(children())
    worker.ask("look", path=str(put(DRAWING)))
    (child,) = set(children()) - before
    assert child.environ().keys() <= {"PYTHONUTF8", "LC_CTYPE"}
    limits = Path(f"/proc/{child.pid}/limits").read_text()
    assert "Max core file size        0" in limits


@pytest.mark.slow
def test_one_process_serves_many_files(worker: Worker, put: Put) -> None:
    before = set(children())
    path = str(put(still((640, 360))))
    served = {child.pid for _ in range(5) if worker.ask("look", path=path)
              for child in set(children()) - before}  # fmt: skip
    assert len(served) == 1


@pytest.mark.slow
def test_a_clip_takes_the_memory_that_the_last_one_left(worker: Worker, tmp_path: Path) -> None:
    before = set(children())
    clip = tmp_path / "clip.mp4"
    film(clip, seconds=1, size=(1920, 1080))
    for _ in range(3):
        worker.ask("see", path=str(clip))
    (child,) = set(children()) - before
    fetched = pages_fetched(child)
    worker.ask("see", path=str(clip))
    assert pages_fetched(child) - fetched < 1_000, "a frame alone has 760"


def pages_fetched(process: psutil.Process) -> int:
    """Pages of memory that the system has had to give it, see proc(5)."""
    stat = Path(f"/proc/{process.pid}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[7])


@pytest.mark.slow
def test_a_process_that_others_kill_costs_no_file(worker: Worker, put: Put) -> None:
    before = set(children())
    path = str(put(still((640, 360))))
    worker.ask("look", path=path)
    (child,) = set(children()) - before
    child.kill()
    assert worker.ask("look", path=path).found["width"] == 640


@pytest.mark.slow
def test_a_computation_without_end_ends(worker: Worker, put: Put) -> None:
    with pytest.raises(Ended):
        worker.ask("look", path=str(put(BOMBS["filter.svg"]())))


@pytest.mark.slow
def test_the_processes_end_with_the_server(put: Put) -> None:
    path = put(BOMBS["filter.svg"]())
    server = (
        "import sys; from pathlib import Path; from core.sandbox import inspection\n"
        "inspection.warm(); print('warm', flush=True); inspection.look(Path(sys.argv[1]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", server, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"warm\n"
        started = psutil.Process(process.pid).children()
        busy = next_busy(started)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert busy
    _gone, alive = psutil.wait_procs(started, timeout=5)
    assert alive == []


def next_busy(processes: list[psutil.Process]) -> psutil.Process:
    """The one that is at work on the file, once it is: it has used a processor for a while."""
    for _ in range(1200):
        for one in processes:
            if one.cpu_times().user > 1.5:
                return one
        time.sleep(0.05)
    raise AssertionError("none was at work within a minute")


# -- what it answers is data ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"media_type": "video/mp4", "suffix": "../../x"},
        {"media_type": "text/html", "suffix": "html"},
        {"media_type": "video/mp4", "suffix": "mp4", "width": -1},
        {"media_type": "video/mp4", "suffix": "mp4", "width": 10**30},
        {"media_type": "video/mp4", "suffix": "mp4", "duration": float("nan")},
        {"media_type": "video/mp4", "suffix": "mp4", "codec": "a\u202eb"},
        {"media_type": "video/mp4", "suffix": "mp4", "note": "x" * 5_000},
        {"media_type": ["video/mp4"], "suffix": "mp4"},
        {},
    ],
)
def test_facts_that_cannot_be_true_are_not_believed(said: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        LOOK.validate_python(said)


def test_an_input_is_of_a_kind_that_runway_takes() -> None:
    with pytest.raises(ValueError, match="no possible media type"):
        TAKEN.validate_python({"media_type": "image/svg+xml"})


LIARS = {
    "no answer": "",
    "no JSON": "say(b'hello\\n')",
    "a pickle": "import pickle; say(pickle.dumps(print))",
    "another shape": "say(b'[]\\n')",
    "no end": "say(b'{' * 10_000_000)",
    "a vast promise": 'say(b\'{"found": {}, "size": 99999999999}\\n\')',
    "no size": "say(b'{\"found\": {}}\\n')",
    "a negative size": 'say(b\'{"found": {}, "size": -1}\\n\')',
    "a size too many": 'say(b\'{"found": {}, "size": 9}\\n123\')',
}


@pytest.mark.parametrize("lie", LIARS)
@pytest.mark.slow
def test_an_answer_that_makes_no_sense_ends_the_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    (tmp_path / "liar.py").write_text(
        "import sys\n"
        "def say(content):\n"
        "    sys.stdout.buffer.write(content)\n"
        "    sys.stdout.buffer.flush()\n"
        "say(b'ready\\n')\n"
        f"sys.stdin.buffer.readline()\n{LIARS[lie]}\n"
    )
    monkeypatch.setattr("core.sandbox.child.ROOT", tmp_path)
    liar = Worker("liar", Limits(clock=5.0))
    try:
        with pytest.raises(Ended):
            liar.ask("look", path="a")
    finally:
        liar.close()


@pytest.mark.slow
def test_nothing_foreign_is_opened_in_the_server(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(still((64, 64)) + bytes(512))
    film(tmp_path / "a.mp4")
    (tmp_path / "a.svg").write_bytes(DRAWING)
    server = """
import json, sys
from datetime import datetime, UTC
from pathlib import Path
import core.studio
from core.media.library import Media
from core.generations import Generation, Request, Status
folder, now = Path(sys.argv[1]), datetime.now(UTC)
media = Media(folder / "data")
for name in ("a.png", "a.mp4"):
    upload, _ = media.uploads.keep(name, (folder / name).read_bytes(), now)
    media.uploads.still(upload)
    if name == "a.png":
        media.uploads.crop(upload, 4, 3)
row = Generation(1, "k", Status.DOWNLOADING, Request("a", "b"), False, now, now)
for place, name in enumerate(("a.png", "a.mp4", "a.svg")):
    part = media.part(row, place)
    part.path.write_bytes((folder / name).read_bytes())
    output = media.keep(part, row, place, "")
    media.uploads.adopt("again", output, media.output(output), now)
    if place == 1:
        media.uploads.cut("frame", media.output(output), output.media_type, "last", now)
print(json.dumps(sorted(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", server, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.split(".")[0] for name in json.loads(run.stdout)}
    assert loaded & {"PIL", "av", "resvg_py", "pillow_heif"} == set()
