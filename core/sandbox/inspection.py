"""Inspects files from outside without opening them here: child processes do.

Uploads have a child of their own, so that people never wait for outputs; previews too, for which
nobody waits; and copies with their recipe or without any text, which are as large as what they are
made of.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from core.decoders.findings import LONGEST_TEXT, Look, Taken, unreadable
from core.errors import DailiesError, DownloadError, InvalidUpload, Uninspected, Unplayable
from core.files import LARGEST_COPY
from core.sandbox.child import Answer, Ended, Limits, Refused
from core.sandbox.processes import Absent, Worker

log = logging.getLogger(__name__)

CHILD = "core.sandbox.inspector"
Which = str | float
LOOK, TAKEN = TypeAdapter(Look), TypeAdapter(Taken)
AGAIN = "Export it again and upload that."
MEGABYTE = 1024**2
_brought = Worker(CHILD, Limits(memory=448 * MEGABYTE))
_made = Worker(CHILD, Limits(memory=384 * MEGABYTE))
_shown = Worker(CHILD, Limits(memory=384 * MEGABYTE))
_copied = Worker(CHILD, Limits(memory=384 * MEGABYTE, processor=60, clock=180.0, file=LARGEST_COPY))
"""Copies a file of that size, which takes as long as the disk needs."""


def warm() -> None:
    _brought.warm()
    _made.warm()


def look(path: Path) -> tuple[Look, bytes]:
    """What an output is, and its poster as JPEG if it has one. A file that cannot be inspected is
    also an answer, with a note.

    Raises DownloadError for what cannot be an output, such as a text; Uninspected.
    """
    try:
        answer = _made.ask("look", path=str(path))
        return LOOK.validate_python(answer.found), answer.content
    except Refused as refused:
        raise _error(refused, DownloadError) from None
    except Absent:
        raise Uninspected from None
    except (Ended, ValidationError) as error:
        _tell(path, error)
        return unreadable(drawing=_begins_as_drawing(path)), b""


def take(path: Path, media: Sequence[str], out: Path) -> tuple[Taken, bytes]:
    """What an input of one of these media is, and its still as JPEG if it has one.

    `out` receives what is to be sent, if that is not the file itself. Raises InvalidUpload.
    """
    answer = _ask(path, InvalidUpload, "take", media=list(media), out=str(out))
    return _taken(path, answer), answer.content


def see(path: Path) -> tuple[Taken, bytes]:
    answer = _ask(path, InvalidUpload, "see")
    return _taken(path, answer), answer.content


def draw(path: Path, longest: int, out: Path) -> None:
    """Rasterize a drawing as PNG, `longest` pixels on its longer side. Raises InvalidUpload."""
    _ask(path, InvalidUpload, "draw", longest=longest, out=str(out))


def frame(path: Path, media_type: str, which: Which, out: Path) -> None:
    """Save a frame of a video or archive as PNG: first, last, or at a second. Raises Unplayable."""
    _ask(path, Unplayable, "frame", media_type=media_type, which=which, out=str(out))


def crop(path: Path, width: int, height: int) -> bytes:
    """The picture as Runway crops it to width:height, as a small JPEG. Raises InvalidUpload."""
    return _ask(path, InvalidUpload, "crop", width=width, height=height).content


def storyboard(path: Path, moments: Sequence[float], longest: int) -> bytes:
    """The frames of a clip at these seconds side by side, as WebP, each so many pixels at its
    longer side. Raises Unplayable."""
    return _ask(path, Unplayable, "storyboard", moments=list(moments), longest=longest).content


def preview(path: Path) -> bytes:
    """The beginning of a made clip as a small MP4 without sound; empty where there can be none.

    Raises Uninspected.
    """
    return _small(path, "preview")


def shrink(path: Path, longest: int) -> bytes:
    """A poster as a WebP of so many pixels at its longer side; empty where it cannot be read.

    Raises Uninspected.
    """
    return _small(path, "shrink", longest=longest)


def put_text(path: Path, text: str, out: Path) -> bool:
    """Write a copy that carries the text. False if this file cannot, and never will.

    Raises Uninspected.
    """
    return _copy(path, "put_text", text=text, out=str(out))


def strip(path: Path, out: Path) -> bool:
    """Write a copy without any text in it. False if this file cannot be without, and never will.

    Raises Uninspected.
    """
    return _copy(path, "strip", out=str(out))


def find_text(path: Path) -> bytes:
    """The text that a file from outside carries, unchecked; empty if it has none."""
    try:
        return _brought.ask("find_text", path=str(path)).content
    except (Refused, Absent):
        return b""
    except Ended as error:
        _tell(path, error)
        return b""


def contact_sheet(title: str, cells: Sequence[Mapping[str, str]], pdf: Path, picture: Path) -> bool:
    """Draw posters with their captions; whether that worked. Each cell has `poster`, a path,
    `caption` and `words`."""
    given = [dict(cell) for cell in cells]
    try:
        _copied.ask("draw_sheet", title=title, cells=given, pdf=str(pdf), picture=str(picture))
    except (Absent, Refused, Ended) as error:
        log.warning("no contact sheet (%s)", type(error).__name__)
        return False
    return True


def rest() -> None:
    """End the child that makes previews until there is another one to make."""
    _shown.close()


def _copy(path: Path, operation: str, **order: str) -> bool:
    try:
        _copied.ask(operation, path=str(path), **order)
    except Refused:
        return False
    except Absent:
        raise Uninspected from None
    except Ended as error:
        _tell(path, error)
        return False
    return True


def _small(path: Path, operation: str, **order: Any) -> bytes:
    try:
        return _shown.ask(operation, path=str(path), **order).content
    except Refused:
        return b""
    except Absent:
        raise Uninspected from None
    except Ended as error:
        _tell(path, error)
        return b""


def _ask(path: Path, kind: type[DailiesError], operation: str, **order: Any) -> Answer:
    try:
        return _brought.ask(operation, path=str(path), **order)
    except Refused as refused:
        raise _error(refused, kind) from None
    except Absent:
        raise kind("Files cannot be looked into at the moment.", "Try again.") from None
    except Ended as error:
        _tell(path, error)
        raise kind("This file cannot be read.", AGAIN) from None


def _begins_as_drawing(path: Path) -> bool:
    """Asks a new child, which reads only the file's beginning."""
    try:
        return _made.ask("is_drawing", path=str(path)).found.get("is_drawing") is True
    except (Refused, Absent, Ended):
        return False


def _taken(path: Path, answer: Answer) -> Taken:
    try:
        return TAKEN.validate_python(answer.found)
    except ValidationError as error:
        _tell(path, error)
        raise InvalidUpload("This file cannot be read.", AGAIN) from None


def _error(refused: Refused, kind: type[DailiesError]) -> DailiesError:
    return kind(_text(refused.said, "message"), _text(refused.said, "hint"))


def _text(said: Mapping[str, Any], name: str) -> str:
    text = str(said.get(name, ""))[:LONGEST_TEXT]
    return text if text.isprintable() else ""


def _tell(path: Path, error: Exception) -> None:
    why = str(error) if isinstance(error, Ended) else "its measures cannot be true"
    log.warning("a file could not be looked into: %s", why, extra={"file": path.name})
