"""Looking into what people bring.

Measured: milliseconds from the file on the disk to its measures and its still, in the child process
that every server keeps warm; the quickest of runs, for what else goes on can only add to it.
Baseline: the same code, called in this process. Its runs take turns with the others'.
Bar: at most 1.2 times the baseline.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from core.decoders import admission
from core.sandbox import inspection
from tests.benchmarks.figures import Figure
from tests.footage import film

MOST_TIMES = 1.2
RUNS, SHORT_RUNS = 15, 1
MEDIA = ["image", "video", "audio"]


def measure(short: bool) -> Iterator[Figure]:
    """Pictures and a clip, as people bring them."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "out"
        files = {
            "a JPEG of 12 megapixels": photo(folder / "photo.jpg", (4000, 3000)),
            "a PNG of 2 megapixels": photo(folder / "still.png", (1920, 1080)),
            "a clip of 5 s in 1080p": clip(folder / "clip.mp4"),
        }
        for title, path in files.items():
            pairs = list(turns(path, out, SHORT_RUNS if short else RUNS))
            bare, ours = (min(times) for times in zip(*pairs, strict=True))
            yield Figure(title, ours, bare, "ms", most_times=MOST_TIMES)


def turns(path: Path, out: Path, runs: int) -> Iterator[tuple[float, float]]:
    """Milliseconds in this process and in the child, in turn, once both are warm."""
    for run in range(runs + 1):
        here = milliseconds(lambda: admission.take(path, MEDIA))
        there = milliseconds(lambda: inspection.take(path, MEDIA, out))
        if run:
            yield here, there


def milliseconds(look: Callable[[], object]) -> float:
    """What one look takes."""
    began = time.perf_counter()
    look()
    return (time.perf_counter() - began) * 1000


def photo(path: Path, size: tuple[int, int]) -> Path:
    """A picture with as much in it as a photo."""
    grain = Image.effect_noise((size[0] // 8, size[1] // 8), 60).resize(size)
    out = io.BytesIO()
    picture = Image.merge("RGB", [grain, grain.rotate(180), grain])
    picture.save(out, "JPEG" if path.suffix == ".jpg" else "PNG")
    path.write_bytes(out.getvalue())
    return path


def clip(path: Path) -> Path:
    """A clip as a model makes it."""
    film(path, seconds=5, size=(1920, 1080))
    return path
