"""What was found out about a file from outside: facts, and whether they can be true."""

from __future__ import annotations

from dataclasses import dataclass

from core.media_types import PICTURES, RECORDINGS, SUFFIXES, UNKNOWN_TYPE

WIDEST = 1_000_000
LONGEST_SECONDS = 10_000_000.0
FASTEST = 1_000_000.0
MOST_FRAMES = 10_000_000
LONGEST_TEXT = 300
UNREADABLE = "This file cannot be read here. It is kept as it came."
UNDRAWN = (UNKNOWN_TYPE, "svg")
"""A drawing that could not be looked into: named as what it is, served as nothing that a browser
opens."""
NAMES = {"video": "video", "image": "picture", "audio": "sound", "application": "zip archive"}


@dataclass(frozen=True)
class Look:
    """What an output says about itself. Size in pixels, seconds, frames per second, bits per
    colour; `frames` counts those of an archive. `note` says what is odd."""

    media_type: str
    suffix: str
    width: int = 0
    height: int = 0
    duration: float = 0.0
    frame_rate: float = 0.0
    codec: str = ""
    depth: int = 0
    frames: int = 0
    note: str = ""

    def __post_init__(self) -> None:
        own = SUFFIXES.get(self.media_type) == self.suffix
        _check(own or (self.media_type, self.suffix) == UNDRAWN, "suffix")
        _check_measures(self.width, self.height, self.duration, self.frame_rate)
        _check(0 <= self.depth <= 64 and 0 <= self.frames <= MOST_FRAMES, "count")
        _check_texts(self.codec, self.note)

    @property
    def medium(self) -> str:
        return self.media_type.partition("/")[0]

    def unexpected(self, expected: str) -> str:
        if not expected or self.medium == expected or self.note:
            return ""
        return f"A {NAMES[expected]} was to be made; this is a {NAMES[self.medium]}."


@dataclass(frozen=True)
class Taken:
    """What an input is, as it will be sent. `changed`: not as uploaded; `notices` say how."""

    media_type: str
    width: int = 0
    height: int = 0
    duration: float = 0.0
    frame_rate: float = 0.0
    codec: str = ""
    changed: bool = False
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self.media_type in PICTURES or self.media_type in RECORDINGS, "media type")
        _check_measures(self.width, self.height, self.duration, self.frame_rate)
        _check(len(self.notices) <= 10, "notices")
        _check_texts(self.codec, *self.notices)


def unreadable(*, drawing: bool = False) -> Look:
    kind = UNDRAWN if drawing else (UNKNOWN_TYPE, SUFFIXES[UNKNOWN_TYPE])
    return Look(*kind, note=UNREADABLE)


def _check_measures(width: int, height: int, duration: float, frame_rate: float) -> None:
    _check(0 <= width <= WIDEST and 0 <= height <= WIDEST, "size")
    _check(0 <= duration <= LONGEST_SECONDS, "duration")
    _check(0 <= frame_rate <= FASTEST, "frame rate")


def _check_texts(*texts: str) -> None:
    _check(all(len(text) <= LONGEST_TEXT and text.isprintable() for text in texts), "text")


def _check(true: bool, what: str) -> None:
    if not true:
        raise ValueError(f"no possible {what}")
