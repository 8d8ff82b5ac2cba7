"""Clips in their order as an edit list, so that an editing program opens the selection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

USUAL_RATE = 24.0
ROUNDED = 0.002
"""How far a rate of three digits may be off."""


@dataclass(frozen=True)
class Clip:
    """A file beside the list: its path there, its number, seconds, and frames a second."""

    path: str
    number: int
    seconds: float
    rate: float


def otio(name: str, clips: Sequence[Clip]) -> bytes:
    return _written(name, clips, [_rate(clip) for clip in clips], "otio_json")


def edl(name: str, clips: Sequence[Clip]) -> bytes:
    """CMX 3600, which counts in one rate: the one that most of the clips have."""
    rates = Counter(_timecode_rate(_rate(clip)) for clip in clips)
    rate = rates.most_common(1)[0][0] if rates else USUAL_RATE
    title = "".join(c if c.isascii() and c.isprintable() else " " for c in name)[:70]
    same = [rate] * len(
        clips
    )  # with different rates, source and record would be rounded differently
    return _written(title.strip() or "Dailies", clips, same, "cmx_3600", rate=rate)


def _written(
    name: str, clips: Sequence[Clip], rates: Sequence[float], form: str, **options: Any
) -> bytes:
    import opentimelineio

    text = opentimelineio.adapters.write_to_string(_timeline(name, clips, rates), form, **options)
    return str(text).encode()


def _timeline(name: str, clips: Sequence[Clip], rates: Sequence[float]) -> Any:
    from opentimelineio.opentime import RationalTime, TimeRange
    from opentimelineio.schema import Clip as Shot
    from opentimelineio.schema import ExternalReference, Timeline, Track

    track = Track(name="V1", kind="Video")
    for clip, rate in zip(clips, rates, strict=True):
        length = TimeRange(RationalTime(0, rate), RationalTime(round(clip.seconds * rate), rate))
        track.append(
            Shot(
                name=clip.path.rpartition("/")[2],
                source_range=length,
                media_reference=ExternalReference(quote(clip.path), available_range=length),
                metadata={
                    "dailies": {"generation": clip.number},
                    "cmx_3600": {"reel": f"{clip.number % 10**8:05d}"},
                },
            )
        )
    timeline = Timeline(name=name)
    timeline.tracks.append(track)
    return timeline


def _rate(clip: Clip) -> float:
    """The clip's own rate; one that was rounded, such as 23.976, is 24000/1001."""
    whole = round(clip.rate)
    is_ntsc = abs(clip.rate - whole * 1000 / 1001) < ROUNDED < abs(clip.rate - whole)
    return (whole * 1000 / 1001 if is_ntsc else clip.rate) or USUAL_RATE


def _timecode_rate(rate: float) -> float:
    from opentimelineio.opentime import RationalTime

    return float(RationalTime.nearest_smpte_timecode_rate(rate)) or USUAL_RATE
