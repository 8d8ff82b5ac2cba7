"""Inputs as pictures: a file in the folder, the first frame of a video, or a drawing in place of
a URL."""

from __future__ import annotations

from pathlib import Path

import av
from PIL import Image, ImageOps, UnidentifiedImageError

from core.decoders.clips import display_matrix
from core.emulator.drawing.landscape import draw_landscape

Size = tuple[int, int]


def picture(name: str, folder: Path, size: Size) -> Image.Image:
    if name.startswith("https:"):
        return draw_landscape(name, size)
    try:
        with Image.open(folder / name) as image:
            upright = ImageOps.exif_transpose(image)
            clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
            return upright.convert("RGBA" if clear else "RGB")
    except UnidentifiedImageError:
        return _first_frame(folder / name)


def flat(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    return Image.alpha_composite(Image.new("RGBA", image.size, "black"), image).convert("RGB")


def _first_frame(path: Path) -> Image.Image:
    with av.open(str(path)) as container:
        stream = display_matrix.track(container)
        assert stream is not None, "it was measured as a video"
        return display_matrix.image(next(container.decode(stream)), stream)
