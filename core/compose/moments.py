"""Where in a video a file belongs: checked as far as the length of the video is known."""

from __future__ import annotations

import math
from collections.abc import Callable

from core.catalog.slots import Moment, Slot
from core.files import Upload
from core.generations import Input, Request
from core.text.quantities import counted

Time = float | None
"""Seconds from the start of a video; None if unknown or not given."""


def video_length(slot: Slot, request: Request, find_upload: Callable[[str], Upload | None]) -> Time:
    video = request.input(slot.moment.video) if slot.moment else None
    upload = find_upload(video.sha256) if video else None
    return upload.duration if upload and upload.duration else None


def complaint(slot: Slot, item: Input, length: Time) -> str:
    """A value that is wrong in itself is for its setting to report."""
    if slot.moment is None:
        return ""
    at, start, end = _times(slot.moment, item, length)
    return _late(at, start, end, length) or _outside(at, start, end)


def _times(moment: Moment, item: Input, length: Time) -> tuple[Time, Time, Time]:
    def number(name: str) -> Time:
        value = item.settings.get(name)
        return value if isinstance(value, (int, float)) else None

    at, part = number(moment.seconds), number(moment.part)
    if at is None and part is not None and length is not None:
        at = part * length
    return at, number(moment.start), number(moment.end)


def _late(at: Time, start: Time, end: Time, length: Time) -> str:
    if length is None:
        return ""
    after = f"after the end of the video, which lasts {counted(length, 'seconds')}."
    if at is not None and at > length:
        return f"its moment is {after}"
    if start is not None and start >= length:
        return f"the stretch begins {after}"
    if end is not None and end > math.ceil(
        length
    ):  # in whole seconds; the last one may be cut short
        return f"the stretch ends {after}"
    return ""


def _outside(at: Time, start: Time, end: Time) -> str:
    if start is None or end is None:
        return ""
    if start >= end:
        return f"the stretch must end later than second {start:g}, where it begins."
    if at is not None and not start <= at < end:
        return f"its moment, second {at:g}, is outside the stretch from {start:g} to {end:g}."
    return ""
