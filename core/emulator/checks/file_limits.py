"""What a model requires of the files themselves: a 400 before anything is billed."""

from __future__ import annotations

from collections.abc import Sequence

from core.catalog.slots import Slot
from core.emulator.checks.assets import Asset
from core.emulator.checks.refusals import Refusal

_LONGEST_SIDE = 8000
_SLACK = 0.1
"""Seconds by which a container may outlast its pictures."""
_RATE_SLACK = 0.01


def check(asset: Asset, slot: Slot) -> None:
    """A stand-in is never refused."""
    if asset.stands_in:
        return
    if asset.medium == "image" and max(asset.width, asset.height) > _LONGEST_SIDE:
        raise Refusal(400, f"Invalid asset dimensions. No side may exceed {_LONGEST_SIDE}.")
    if asset.medium != "audio":
        _check_sides(asset, slot)
        _check_aspect(asset, slot)
    if asset.medium != "image":
        _check_length(asset, slot)
    if slot.frame_rate and asset.frame_rate > slot.frame_rate + _RATE_SLACK:
        raise Refusal(
            400,
            "Invalid asset frame rate. It must be at most "
            f"{slot.frame_rate:g} fps. Got {asset.frame_rate:.2f}.",
        )


def check_total(assets: Sequence[Asset], slot: Slot) -> None:
    counted = [asset for asset in assets if asset.role == slot.role and not asset.stands_in]
    seconds = sum(asset.seconds for asset in counted)
    limit = slot.total_seconds
    if limit and seconds > limit + _SLACK:
        raise Refusal(
            400,
            f"Invalid asset duration. All assets of '{slot.field}' together must be at most "
            f"{limit:g} seconds. Got {seconds:.2f}.",
        )


def _check_sides(asset: Asset, slot: Slot) -> None:
    low, high = slot.side or (0, float("inf"))
    sides = (asset.width, asset.height)
    if not (low <= min(sides) and max(sides) <= high):
        raise Refusal(
            400,
            "Invalid asset dimensions. Each side must be "
            f"between {low:g} and {high:g} pixels. Got {asset.width}x{asset.height}.",
        )


def _check_aspect(asset: Asset, slot: Slot) -> None:
    low, high = slot.aspect or (0, float("inf"))
    aspect = asset.width / asset.height
    if not low <= aspect <= high:
        raise Refusal(
            400,
            "Invalid asset aspect ratio. width / height ratio must be "
            f"between {low:g} and {high:g}. Got {aspect:.3f}.",
        )


def _check_length(asset: Asset, slot: Slot) -> None:
    low, high = slot.seconds or (0, float("inf"))
    if not low - _SLACK <= asset.seconds <= high + _SLACK:
        raise Refusal(
            400,
            "Invalid asset duration. It must be "
            f"between {low:g} and {high:g} seconds. Got {asset.seconds:.2f}.",
        )
