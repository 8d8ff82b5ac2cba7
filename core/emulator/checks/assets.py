"""Files that come with a request: what they are by content, and their measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.catalog.prices import Given
from core.emulator.checks.refusals import Refusal
from core.sandbox.child import Ended
from core.sandbox.processes import Absent, Worker

_probe = Worker("core.emulator.footage.probe")
_TAKEN = {
    "image": "a JPEG, PNG or WebP image",
    "video": "an MP4, MOV, MKV, WebM, 3GP or OGG video",
    "audio": "an MP3, WAV, FLAC, AAC or OGG sound",
}


@dataclass(frozen=True)
class Asset:
    """One input and its measures. Size in pixels as shown, 0 for a sound; seconds and frames per
    second, 0 for a picture.

    `file` is in the emulator's folder; for an HTTPS URL it is that URL, and the measures are those
    of its stand-in.
    """

    role: str
    medium: str
    file: str
    width: int = 0
    height: int = 0
    seconds: float = 0
    frame_rate: float = 0
    has_sound: bool = False

    @property
    def stands_in(self) -> bool:
        return self.file.startswith("https:")

    @property
    def given(self) -> Given:
        return Given(
            self.role,
            self.medium,
            self.width or None,
            self.height or None,
            self.seconds or None,
            self.frame_rate or None,
        )


def stand_in(role: str, medium: str, address: str) -> Asset:
    if medium == "image":
        return Asset(role, medium, address, 1280, 720)
    if medium == "audio":
        return Asset(role, medium, address, seconds=5, has_sound=True)
    return Asset(role, medium, address, 1280, 720, 5, 24)


def measured(role: str, media: Sequence[str], path: Path, name: str) -> Asset:
    """Raises a refusal for a file that is none of `media`, or cannot be read."""
    try:
        found = dict(_probe.ask("measure", path=str(path), media=list(media)).found)
    except (Ended, Absent):
        raise Refusal(400, "The asset could not be read.") from None
    if "refused" in found:
        raise Refusal(400, found["refused"]) if found["refused"] else _unsupported(media)
    return Asset(role=role, file=name, **found)


def _unsupported(media: Sequence[str]) -> Refusal:
    kinds = " or ".join(_TAKEN[medium] for medium in media)
    return Refusal(400, f"Unsupported asset type. Use {kinds}.")
