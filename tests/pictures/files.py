"""Pictures as files that are quick to load: WebP, at the best quality that fits."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

STILL_BYTES = 300_000
FILM_BYTES = 2_500_000
QUALITIES = (90, 84, 78, 72, 66, 60, 50, 40, 30)


def write_still(screenshot: bytes, path: Path) -> None:
    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    for quality in QUALITIES:
        if _saved(image, path, quality=quality, method=6) <= STILL_BYTES:
            return
    raise ValueError(f"{path.name} does not fit into {STILL_BYTES} bytes")


def write_film(frames: Sequence[tuple[Image.Image, int]], path: Path) -> None:
    """Each frame with the milliseconds that it stays."""
    images = [image for image, _milliseconds in frames]
    stay = [milliseconds for _image, milliseconds in frames]
    for quality in QUALITIES[1:]:
        size = _saved(
            images[0], path, quality=quality, method=4,
            save_all=True, append_images=images[1:], duration=stay, loop=0,
        )  # fmt: skip
        if size <= FILM_BYTES:
            return
    raise ValueError(f"{path.name} does not fit into {FILM_BYTES} bytes")


def _saved(image: Image.Image, path: Path, **options: object) -> int:
    image.save(path, "WEBP", **options)
    return path.stat().st_size
