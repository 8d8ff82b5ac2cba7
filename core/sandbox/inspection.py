"""Looks into files that came from outside, without opening them here: children do.

One child is for what people bring, so that they never wait for what was made.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from core.decoders.findings import LONGEST_TEXT, Look, Taken, unreadable
from core.errors import DailiesError, DownloadError, InvalidUpload, Uninspected, Unplayable
from core.sandbox.processes import Absent, Answer, Ended, Limits, Refused, Worker

log = logging.getLogger(__name__)

CHILD = "core.sandbox.inspector"
Fact = TypeVar("Fact", Look, Taken)
Which = str | float
LOOK, TAKEN = TypeAdapter(Look), TypeAdapter(Taken)
AGAIN = "Export it again and upload that."
MEGABYTE = 1024**2
_brought = Worker(CHILD, Limits(memory=448 * MEGABYTE))
_made = Worker(CHILD, Limits(memory=384 * MEGABYTE))


def warm() -> None:
    """Let the children come up before anybody waits for one."""
    _brought.warm()
    _made.warm()


def look(path: Path) -> tuple[Look, bytes]:
    """What a made file is, and its poster as JPEG where it has one. A file that cannot be looked
    into is a find too, with a note.

    Raises DownloadError for what was never made, such as a text; Uninspected.
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
        return unreadable(), b""


def take(path: Path, media: Sequence[str], out: Path) -> tuple[Taken, bytes]:
    """What an input of one of these media is, and its still as JPEG where it has one. At `out` lies
    what is to be sent, where that is not the file itself. Raises InvalidUpload."""
    answer = _ask(path, InvalidUpload, "take", media=list(media), out=str(out))
    return _fact(path, TAKEN, answer), answer.content


def see(path: Path) -> tuple[Taken, bytes]:
    """As `take`, of a file that is sent as it is."""
    answer = _ask(path, InvalidUpload, "see")
    return _fact(path, TAKEN, answer), answer.content


def draw(path: Path, longest: int, out: Path) -> None:
    """Make a drawing a PNG at `out`, `longest` pixels at its longer side. Raises InvalidUpload."""
    _ask(path, InvalidUpload, "draw", longest=longest, out=str(out))


def frame(path: Path, media_type: str, which: Which, out: Path) -> None:
    """Make a frame of a made video or archive a PNG at `out`: first, last, or that of a second.

    Raises Unplayable.
    """
    _ask(path, Unplayable, "frame", media_type=media_type, which=which, out=str(out))


def crop(path: Path, width: int, height: int) -> bytes:
    """The picture as Runway crops it to width:height, as a small JPEG. Raises InvalidUpload."""
    return _ask(path, InvalidUpload, "crop", width=width, height=height).content


def _ask(path: Path, kind: type[DailiesError], operation: str, **order: Any) -> Answer:
    """What the child that looks after people's files says. Raises `kind` for all that it does not
    do."""
    try:
        return _brought.ask(operation, path=str(path), **order)
    except Refused as refused:
        raise _error(refused, kind) from None
    except Absent:
        raise kind("Files cannot be looked into at the moment.", "Try again.") from None
    except Ended as error:
        _tell(path, error)
        raise kind("This file cannot be read.", AGAIN) from None


def _fact(path: Path, adapter: TypeAdapter[Fact], answer: Answer) -> Fact:
    try:
        return adapter.validate_python(answer.found)
    except ValidationError as error:
        _tell(path, error)
        raise InvalidUpload("This file cannot be read.", AGAIN) from None


def _error(refused: Refused, kind: type[DailiesError]) -> DailiesError:
    """The child's sentence, as the error that was to be expected of it."""
    return kind(_text(refused.said, "message"), _text(refused.said, "hint"))


def _text(said: Mapping[str, Any], name: str) -> str:
    text = str(said.get(name, ""))[:LONGEST_TEXT]
    return text if text.isprintable() else ""


def _tell(path: Path, error: Exception) -> None:
    why = str(error) if isinstance(error, Ended) else "its measures cannot be true"
    log.warning("a file could not be looked into: %s", why, extra={"file": path.name})
