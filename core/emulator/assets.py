"""Pictures as a request names them: which addresses are allowed, and what lies behind them."""

from __future__ import annotations

import base64
import binascii
import io
import re
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

from core.emulator.answers import Refusal

DATA_URI_CHARS = 5_242_880
_URL_CHARS = 2048
_UPLOAD_URI_CHARS = 5000
_LONGEST_SIDE = 8000
_FORMATS = ("PNG", "JPEG", "WEBP")
_DATA_URI = re.compile(r"data:image/(?:png|jpe?g|webp);base64,", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z]")
_ORIENTATION = 0x0112
_BROKEN = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def complaint(uri: str) -> str:
    """Why this cannot be the address of a picture; empty when it can."""
    if uri.startswith("data:"):
        if len(uri) > DATA_URI_CHARS:
            return f"Data URIs must be at most {DATA_URI_CHARS} characters long"
        return "" if _DATA_URI.match(uri) else "Data URIs must be base64-encoded PNG, JPEG or WebP"
    if uri.startswith("runway://"):
        return "" if len(uri) <= _UPLOAD_URI_CHARS else "Runway URIs are at most 5000 characters"
    return _url_complaint(uri)


def _url_complaint(uri: str) -> str:
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        return "Invalid URL"
    if parts.scheme != "https":
        return "Only HTTPS URLs, Runway URIs and data URIs are allowed"
    if len(uri) > _URL_CHARS:
        return f"URLs must be at most {_URL_CHARS} characters long"
    return "" if _DOMAIN.fullmatch(host.lower()) else "URLs must use a domain name"


def decode(uri: str) -> bytes:
    """The bytes of a data URI. Refuses what is not base64."""
    try:
        return base64.b64decode(uri.partition(",")[2], validate=True)
    except binascii.Error:
        raise Refusal(400, "Invalid data URI: the data is not base64.") from None


def shape(data: bytes) -> float:
    """Width through height of a picture, as it is seen. Refuses what is no picture Runway takes."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if max(width, height) > _LONGEST_SIDE:
                raise Refusal(400, f"Invalid asset dimensions. No side may exceed {_LONGEST_SIDE}.")
            turned = picture.getexif().get(_ORIENTATION, 1) >= 5
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombWarning):
        raise Refusal(400, "Unsupported asset type. Use a JPEG, PNG or WebP image.") from None
    except _BROKEN:
        raise Refusal(400, "The asset could not be read as an image.") from None
    return height / width if turned else width / height


def check_aspect(aspect: float, allowed: tuple[float, float] | None) -> None:
    """Refuse a picture that is too wide or too tall for the model."""
    low, high = allowed or (0, float("inf"))
    if not low <= aspect <= high:
        raise Refusal(
            400,
            "Invalid asset aspect ratio. width / height ratio must be "
            f"between {low:g} and {high:g}. Got {aspect:.3f}.",
        )
