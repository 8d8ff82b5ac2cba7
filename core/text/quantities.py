"""A figure with its unit, as a sentence has it."""

from __future__ import annotations


def counted(figure: float, units: str) -> str:
    """`1 second`, `2.5 seconds`, `1,200 pixels`."""
    text = f"{figure:,}" if isinstance(figure, int) else f"{figure:g}"
    return f"{text} {units.removesuffix('s') if text == '1' else units}".rstrip()


def in_bytes(count: int) -> str:
    """`812 bytes`, `31 KB`, `4.2 GB`."""
    figure = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if figure < 1024 or unit == "GB":
            break
        figure /= 1024
    return f"{figure:,.0f} {unit}" if unit in ("bytes", "KB") else f"{figure:,.1f} {unit}"
