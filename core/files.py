"""Files that belong to generations: what people bring along, and what was made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.media_types import PLAYED, STRIPPABLE

PLAYED_VIDEO = frozenset({"video/mp4", "video/webm", "video/quicktime"})


@dataclass(frozen=True)
class Upload:
    """A picture, video or sound kept on our disk under its SHA-256.

    `name` is its owner's. Size in pixels, 0 for a sound; duration in seconds and frames per second,
    0 for a picture.
    """

    sha256: str
    name: str
    media_type: str
    bytes: int
    width: int
    height: int
    created_at: datetime
    duration: float = 0.0
    frame_rate: float = 0.0
    codec: str = ""

    @property
    def medium(self) -> str:
        return self.media_type.partition("/")[0]

    @property
    def is_played(self) -> bool:
        return self.media_type in PLAYED_VIDEO and self.codec in PLAYED


STORYBOARD = 11
"""Frames."""
MAX_SHOWN_PIXELS = 40_000_000
"""Pixels of a storyboard: a browser needs four bytes for each."""
LARGEST_COPY = 2 * 1024**3
"""Largest file that is copied to change or remove its text."""


@dataclass(frozen=True)
class Output:
    """A file that was made, on our disk, measured from the file itself.

    Size in pixels, 0 for a sound; duration in seconds and frames per second, 0 for a picture.
    `poster` is empty if there is nothing to see. `depth` in bits per colour; `frames` counts those
    of an archive, whose `codec` is their type; `note` says what is odd about the file. After
    `removed_at` only poster and preview are left; `removed_by` is the rule in words.
    """

    position: int
    file: str
    media_type: str
    bytes: int
    sha256: str
    width: int
    height: int
    duration: float
    frame_rate: float
    poster: str
    codec: str = ""
    depth: int = 0
    frames: int = 0
    note: str = ""
    removed_at: datetime | None = None
    removed_by: str = ""

    @property
    def medium(self) -> str:
        return self.media_type.partition("/")[0]

    @property
    def removal(self) -> str:
        """Since when and why there is no original, as a sentence; empty while there is one."""
        if self.removed_at is None:
            return ""
        return (
            f"The original was removed on {self.removed_at:%-d %B %Y} by the rule"
            f" “{self.removed_by}”; poster and preview are kept."
        )

    @property
    def moments(self) -> tuple[float, ...]:
        """The seconds of its storyboard: evenly from the first frame to the last."""
        return tuple(round(self.duration * n / (STORYBOARD - 1), 3) for n in range(STORYBOARD))

    @property
    def is_strippable(self) -> bool:
        return self.media_type in STRIPPABLE and self.bytes <= LARGEST_COPY

    @property
    def is_played(self) -> bool:
        """True if every browser can show it. Older clips have no recorded codec; all are H.264."""
        if self.medium == "video":
            known = self.codec in PLAYED and not (self.codec == "h264" and self.depth > 8)
            return self.media_type in PLAYED_VIDEO and (known or not self.codec)
        if self.medium == "image":
            shown = self.media_type != "image/heic" and self.note == ""
            return shown and self.width * self.height <= MAX_SHOWN_PIXELS
        return self.medium == "audio"
