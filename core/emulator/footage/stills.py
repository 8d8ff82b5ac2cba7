"""Stills: a landscape with the prompt as its title, or an enlarged picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from core.emulator.drawing import lettering, vectors, watermark
from core.emulator.drawing.landscape import Landscape, Look
from core.emulator.drawing.sources import flat, picture
from core.emulator.render_job import Job

_FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    ".png": ("PNG", {"compress_level": 1}),
    ".jpg": ("JPEG", {"quality": 88}),
    ".webp": ("WEBP", {"quality": 86, "method": 0}),
}
_INSET = 0.17
"""Height of a reference, relative to the shorter side."""
_SHADE = 150


def write_still(job: Job, folder: Path, target: Path) -> None:
    if job.suffix == ".svg":
        target.write_text(vectors.poster(job), encoding="utf-8")
        return
    size = (job.width, job.height)
    image = _enlarged(job, folder, size) if job.pictures else _poster(job, folder, size)
    form, options = _FORMATS[job.suffix]
    if form == "JPEG":
        image = flat(image)
    image.save(target, form, **options)


def _enlarged(job: Job, folder: Path, size: tuple[int, int]) -> Image.Image:
    source = picture(job.pictures[0], folder, size)
    image = ImageOps.fit(source, size, Image.Resampling.BICUBIC)
    image.paste((225, 225, 225), (0, 0), watermark.mask(size))
    return image


def _poster(job: Job, folder: Path, size: tuple[int, int]) -> Image.Image:
    look = Look(job.prompt, job.seed, job.colours, job.ground)
    image = Landscape(look, size[0] / size[1]).paint(size, clear=job.transparent)
    if not job.transparent:
        image.paste((8, 8, 12), (0, 0), _shade(size))
    image.paste((246, 244, 240), (0, 0), lettering.poster(job.prompt, size))
    image.paste((225, 225, 225), (0, 0), watermark.mask(size))
    _add_references(image, job, folder)
    return image


def _shade(size: tuple[int, int]) -> Image.Image:
    ramp = Image.linear_gradient("L").crop((0, 0, 1, 256))
    return ramp.point(lambda level: max(0, level - 110) * _SHADE // 145).resize(size)


def _add_references(image: Image.Image, job: Job, folder: Path) -> None:
    edge = lettering.margin(image.size)
    height = max(8, round(min(image.size) * _INSET))
    right = image.width - edge
    for name in job.insets:
        seen = flat(picture(name, folder, (480, 480)))
        width = round(height * min(16 / 9, max(9 / 16, seen.width / seen.height)))
        small = ImageOps.fit(seen, (width, height), Image.Resampling.LANCZOS)
        framed = ImageOps.expand(small, max(1, height // 60), (246, 244, 240))
        image.paste(framed, (right - framed.width, edge))
        right -= framed.width + edge // 3
