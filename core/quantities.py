"""A figure with its unit, as a sentence has it."""

from __future__ import annotations


def counted(figure: float, units: str) -> str:
    """`1 second`, `2.5 seconds`, `1,200 pixels`."""
    text = f"{figure:,}" if isinstance(figure, int) else f"{figure:g}"
    return f"{text} {units.removesuffix('s') if text == '1' else units}".rstrip()
