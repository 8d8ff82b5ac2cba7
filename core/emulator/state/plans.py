"""From an order and its inputs to a job: length, size, sound, format, what is seen."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from core.catalog.model import Model
from core.catalog.slots import Slot
from core.emulator.checks.assets import Asset
from core.emulator.checks.validation import Order
from core.emulator.render_job import FPS, Job

MOST_PIXELS = 40_000_000
"""The largest picture; a larger one is scaled down to this."""
_USUAL_SECONDS = 5.0
_MOST_INSETS = 4
_MOST_RATE = 120
_COUNTS = ("outputCount", "numVariants")
_DRAFT_SIDE = 1080
"""Shorter side, in pixels, of a finished draft (runwayml 5.24.0, draft_task_id)."""


def settings(order: Order) -> dict[str, Any]:
    return order.model.defaults | order.params


def length_is_open(order: Order) -> bool:
    return isinstance(settings(order).get("duration"), str) and not _shots(order)


def seconds(order: Order, assets: Sequence[Asset]) -> float:
    """The length of the output: as requested, or that of its shots or its input, or what the
    model would choose."""
    if shots := _shots(order):
        return float(sum(shot["duration"] for shot in shots))
    asked = settings(order).get("duration")
    if isinstance(asked, int | float):
        return float(asked)
    video = _leading(assets, order)
    natural = video.seconds if video else _USUAL_SECONDS
    setting = order.model.setting("duration")
    if setting is None:
        return natural
    numbers = [choice for choice in setting.choices if isinstance(choice, int)]
    low, high = setting.range or (min(numbers, default=0), max(numbers, default=natural))
    return float(min(max(round(natural), low), high))


def job(order: Order, assets: Sequence[Asset]) -> Job:
    params, model = settings(order), order.model
    width, height = _size(model, params, _seen(assets, order))
    output = model.output(params)
    return Job(
        width=width,
        height=height,
        seconds=seconds(order, assets),
        makes=model.makes,
        encoding=next(name for name, form in model.formats.items() if form is output),
        suffix=output.suffix,
        media_type=output.media_type,
        profile=str(params.get("proresProfile", "")),
        count=next((int(params[name]) for name in _COUNTS if name in params), 1),
        rate=_rate(params, _leading(assets, order)),
        prompt=order.prompt or " / ".join(shot["prompt"] for shot in _shots(order)),
        seed=_seed(model, params),
        sound=_sound(model, params, _leading(assets, order)),
        plain=not model.prompt.offered,
        transparent=params.get("background") == "transparent",
        colours=tuple(params.get("colors", ())),
        ground=str(params.get("backgroundColor", "")),
        **_sights(order, assets),
    )


def _seed(model: Model, params: Mapping[str, Any]) -> int:
    """Models show the same words differently, also with the same seed."""
    return zlib.crc32(f"{model.id} {int(params.get('seed', 0))}".encode())


def finished(draft: Job) -> Job:
    larger = _DRAFT_SIDE / min(draft.width, draft.height)
    width, height = (2 * round(side * larger / 2) for side in (draft.width, draft.height))
    return replace(draft, width=width, height=height)


def _leading(assets: Sequence[Asset], order: Order) -> Asset | None:
    videos = [a for a in _mains(assets, order) if a.medium == "video"]
    return videos[-1] if videos else None


def _mains(assets: Sequence[Asset], order: Order) -> list[Asset]:
    slots = [s for s in order.model.input if s.wire != "list" and _needed(order, s)]
    slots.sort(key=lambda slot: "image" not in slot.media)
    return [asset for slot in slots for asset in assets if asset.role == slot.role]


def _needed(order: Order, slot: Slot) -> bool:
    return slot.required or any(slot.role in group for group in order.model.any_of)


def _seen(assets: Sequence[Asset], order: Order) -> list[Asset]:
    first = [*_mains(assets, order), *_frames(assets, order)]
    return first + [asset for asset in assets if asset not in first]


def _frames(assets: Sequence[Asset], order: Order) -> list[Asset]:
    place = {"first": 0, "last": 2}
    slots = {slot.role: slot for slot in order.model.input if slot.position}
    frames = [asset for asset in assets if asset.role in slots and asset.medium == "image"]
    return sorted(frames, key=lambda asset: place.get(slots[asset.role].position, 1))


def _sights(order: Order, assets: Sequence[Asset]) -> dict[str, Any]:
    mains, frames = _mains(assets, order), _frames(assets, order)
    video, pictures, performance = "", [asset.file for asset in frames], ""
    if mains:
        lead, *others = mains
        if lead.medium == "video" and not lead.stands_in:
            video, pictures = lead.file, []
        elif lead.medium != "audio":
            pictures = [lead.file]
        performance = next((a.file for a in others if a.medium == "video"), "")
    shown = {video, performance, *pictures}
    beside = [a.file for a in assets if a.medium != "audio" and a.file not in shown]
    return {
        "video": video,
        "pictures": tuple(pictures),
        "performance": performance,
        "insets": tuple(dict.fromkeys(beside))[:_MOST_INSETS],
    }


def _size(model: Model, params: Mapping[str, Any], assets: Sequence[Asset]) -> tuple[int, int]:
    seen = [asset for asset in assets if asset.medium != "audio"]
    width, height = model.frame(params, [asset.given for asset in seen])
    if seen and "scaleFactor" in params:
        factor = params["scaleFactor"]
        width, height = seen[0].width * factor, seen[0].height * factor
    fit = min(1.0, math.sqrt(MOST_PIXELS / (width * height)))
    if model.makes == "image" and fit == 1:
        return width, height
    return 2 * round(width * fit / 2), 2 * round(height * fit / 2)  # 4:2:0 needs even sides


def _rate(params: Mapping[str, Any], video: Asset | None) -> str:
    """Frames per second, as a fraction: 23_98 is 24000/1001."""
    target = str(params.get("targetFramerate", ""))
    if "_" in target:
        return str(Fraction(1000 * round(float(target.replace("_", "."))), 1001))
    if target:
        return target
    if video is None or not video.frame_rate or "duration" in params:
        return str(FPS)
    rate = Fraction(video.frame_rate).limit_denominator(1001) * (1 + bool(params.get("fpsBoost")))
    return str(min(rate, Fraction(_MOST_RATE)))


def _sound(model: Model, params: Mapping[str, Any], video: Asset | None) -> str:
    if model.makes == "audio":
        return "made"
    if model.setting("audio"):
        return "made" if params.get("audio") else ""
    keep = next((v for name, v in params.items() if name.endswith("keepOriginalSound")), True)
    if video and video.has_sound and keep:
        return "kept"
    return "made" if model.sound else ""


def _shots(order: Order) -> list[dict[str, Any]]:
    shots = [order.params.get(p.name) for p in order.model.param if p.kind == "shots"]
    return next(filter(None, shots), [])
