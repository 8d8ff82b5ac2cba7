"""The text that a file carries with it: in a picture's own place, or as a clip's comment."""

from __future__ import annotations

from pathlib import Path

from core.decoders.clips import av_comments
from core.decoders.pictures import picture_strip, picture_texts
from core.errors import Untaggable

MOST = 64 * 1024
"""Bytes of a text. The longest prompt of any model has a tenth of it."""


def put(path: Path, text: str, out: Path) -> None:
    """Write a copy that carries the text. Raises Untaggable, Unplayable."""
    if len(text.encode()) > MOST:
        raise Untaggable("This text is too long.")
    if picture_texts.is_picture(path):
        out.write_bytes(picture_texts.with_text(path, text))
    else:
        av_comments.write(path, text, out)


def strip(path: Path, out: Path) -> None:
    """Write a copy without any text, whoever put it there. Raises Untaggable, Unplayable."""
    if picture_texts.is_picture(path):
        out.write_bytes(picture_strip.without_words(path))
    else:
        av_comments.strip(path, out)


def find(path: Path) -> str:
    """The text; empty if there is none, or too much. Raises Untaggable, Unplayable."""
    if picture_texts.is_picture(path):
        return picture_texts.text_of(path, MOST)
    return av_comments.read(path, MOST)
