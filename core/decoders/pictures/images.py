"""Uploaded pictures: checked, turned upright, stripped of metadata, cropped."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from core.decoders.pictures import heif
from core.errors import InvalidUpload

FORMATS = ("PNG", "JPEG", "WEBP")
MAX_BYTES = 64 * 1024 * 1024
"""Pictures are held in memory whole; Runway itself accepts more (docs, assets/uploads)."""
MIN_BYTES = 512
MAX_SIDE = 8000
MAX_PIXELS = 33_000_000
"""Memory guard: 33 MP is an 8K frame, 100 MB when decoded."""
THUMBNAIL = 480, 480

DAMAGED = "The picture is damaged or cut short.", "Export it again and upload that."
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Picture:
    """A picture ready to be sent. `notices` say in sentences what was changed."""

    content: bytes
    media_type: str
    width: int
    height: int
    notices: tuple[str, ...] = ()


def check(content: bytes) -> Picture:
    """The picture, upright and without metadata. Raises InvalidUpload with a sentence.

    Limits are Runway's (docs, inputs): PNG, JPEG or WebP, up to 8000 px a side, and at least 512
    bytes. HEIC and AVIF are converted. The header is judged before anything is decoded.
    """
    if len(content) > MAX_BYTES:
        most = MAX_BYTES // 1024**2
        raise InvalidUpload(f"The picture has more than {most} MB.", "Make it smaller first.")
    picture = _clean(_decoded(_judged(content)), content)
    if len(picture.content) < MIN_BYTES:
        raise InvalidUpload("The picture is too small: Runway takes files of 512 bytes and more.")
    return picture


def look(path: Path) -> Image.Image:
    """Raises InvalidUpload."""
    return _decoded(_judged(path.read_bytes()))


def _judged(content: bytes) -> Image.Image:
    image = _open(content)
    _check_header(image)
    return image


def _decoded(image: Image.Image) -> Image.Image:
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, RuntimeError) as error:
        raise InvalidUpload(*DAMAGED) from error
    return image


def _open(content: bytes) -> Image.Image:
    is_photo = heif.is_photo(content[: heif.HEAD])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", Image.DecompressionBombWarning
            )  # we check this ourselves below
            return Image.open(io.BytesIO(content), formats=heif.FORMATS if is_photo else FORMATS)
    except Image.DecompressionBombError as error:
        raise InvalidUpload(f"The picture has too many pixels; {_limit()}") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, RuntimeError) as error:
        if is_photo:
            raise InvalidUpload(*DAMAGED) from error
        raise InvalidUpload(
            "This is not a PNG, JPEG, WebP, HEIC or AVIF picture.",
            "The content counts, not the name of the file.",
        ) from error


def _check_header(image: Image.Image) -> None:
    width, height = image.size
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise InvalidUpload(f"The picture has {width} x {height} pixels; {_limit()}")
    if image.format not in ("MPO", "HEIF") and getattr(image, "n_frames", 1) > 1:
        raise InvalidUpload("The picture is animated.", "Upload a single frame of it.")


def _limit() -> str:
    return f"at most {MAX_SIDE} a side and {MAX_PIXELS // 1_000_000} million in all are taken."


def _clean(image: Image.Image, content: bytes) -> Picture:
    """Keep the file if nothing has to change, else encode it again. To save memory there are
    never more than two copies of the pixels."""
    if image.format in heif.FORMATS:
        return _developed(image, content)
    second = image.format == "MPO"  # a phone's JPEG, followed by a preview or a depth map
    media_type = "image/jpeg" if second else Image.MIME[image.format or "PNG"]
    if image.mode in ("RGB", "RGBA") and not second and not _has_metadata(image):
        return Picture(content, media_type, *image.size)
    cmyk = "Converted from CMYK to RGB: colours may differ slightly."
    notices = (cmyk,) if image.mode == "CMYK" else ()
    profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA", "P") else None
    image = _eight_bits(upright(image, image))
    mode = "RGBA" if image.has_transparency_data else "RGB"
    image = image if image.mode == mode else image.convert(mode)
    return Picture(_encode(image, media_type, profile), media_type, *image.size, notices)


def _developed(image: Image.Image, content: bytes) -> Picture:
    name = "AVIF" if image.format == "AVIF" else "HEIC"
    shown = upright(heif.in_srgb(image, content), image)
    kind = "PNG" if shown.mode == "RGBA" else "JPEG"
    notice = f"Turned from {name} into {kind}: Runway takes no {name}."
    return Picture(_encode(shown, Image.MIME[kind], None), Image.MIME[kind], *shown.size, (notice,))


def upright(image: Image.Image, noted: Image.Image) -> Image.Image:
    turn = _turn(noted)
    return image if turn is None else image.transpose(turn)


def _has_metadata(image: Image.Image) -> bool:
    said = image.info.keys() & {"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop"}
    return bool(said or _turn(image) is not None or getattr(image, "text", None))


def _turn(image: Image.Image) -> Image.Transpose | None:
    try:
        return TURNS.get(image.getexif().get(ORIENTATION, 1))
    except (OSError, SyntaxError, ValueError, TypeError, struct.error):
        return None


def _encode(image: Image.Image, media_type: str, profile: bytes | None) -> bytes:
    out = io.BytesIO()
    image.info = {}
    if media_type == "image/png":
        image.save(out, "PNG", icc_profile=profile)
    elif media_type == "image/webp":
        image.save(out, "WEBP", quality=95, icc_profile=profile)
    else:
        image.save(out, "JPEG", quality=95, subsampling=0, icc_profile=profile)
    return out.getvalue()


def crop(content: bytes, width: int, height: int, longest: int = 960) -> bytes:
    """The middle of a picture in the shape width:height, as Runway crops it; JPEG for a preview."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        scale = min(1.0, longest / max(width, height))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        image.draft("RGB", size)
        return jpeg(ImageOps.fit(image.convert("RGB"), size))


def thumbnail(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        image.draft("RGB", THUMBNAIL)
        small = image.convert("RGB")
        small.thumbnail(THUMBNAIL)
        return jpeg(small)


def flat(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if not image.has_transparency_data:
        return _eight_bits(image).convert("RGB")
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return paper.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Plain conversion would show all but the darkest of 16-bit values as white."""
    if not image.mode.startswith("I;16"):
        return image
    return image.point(lambda value: value * (1 / 256)).convert("L")


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    out = io.BytesIO()
    flat(image).save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
