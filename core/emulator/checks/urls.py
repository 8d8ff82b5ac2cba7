"""Input URLs: which ones Runway accepts, before anybody looks at the file behind them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from core.emulator.checks.refusals import Refusal

DATA_URI_CHARS = 5_242_880
_URL_CHARS = 2048
_UPLOAD_URI_CHARS = 5000
_DATA_URI = re.compile(r"data:(?P<medium>image|video|audio)/[\w.+-]+;base64,", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|webp);", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z]")


def complaint(uri: str, media: Sequence[str]) -> str:
    if uri.startswith("data:"):
        return _data_complaint(uri, media)
    if uri.startswith("runway://"):
        return "" if len(uri) <= _UPLOAD_URI_CHARS else "Runway URIs are at most 5000 characters"
    return _url_complaint(uri)


def _data_complaint(uri: str, media: Sequence[str]) -> str:
    if len(uri) > DATA_URI_CHARS:
        return f"Data URIs must be at most {DATA_URI_CHARS} characters long"
    found = _DATA_URI.match(uri)
    medium = found["medium"].lower() if found else ""
    if medium not in media or (medium == "image" and not _PICTURE.match(uri)):
        kinds = " or ".join({"image": "PNG, JPEG or WebP"}.get(name, name) for name in media)
        return f"Data URIs must be base64-encoded {kinds}"
    return ""


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
    """Raises a refusal if it is not base64."""
    try:
        return base64.b64decode(uri.partition(",")[2], validate=True)
    except binascii.Error:
        raise Refusal(400, "Invalid data URI: the data is not base64.") from None
