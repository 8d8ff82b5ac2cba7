"""Which takes stand beside each other, from an address or a selection."""

from __future__ import annotations

from collections.abc import Iterable

from core.generations import Generation
from core.studio import Studio
from core.studio.desk.comparisons import output_of
from pages.ui import components

FEWEST, MOST = 2, 4


def read(text: str) -> list[int]:
    """The numbers of an address such as `3,7,9`, each once, at most as many as can be compared."""
    numbers = (components.number(part.strip()) for part in text.split(",")[: 4 * MOST])
    return list(dict.fromkeys(filter(None, numbers)))[:MOST]


def address(numbers: Iterable[int]) -> dict[str, str]:
    return {"ids": ",".join(map(str, numbers))}


def found(studio: Studio, numbers: Iterable[int]) -> list[Generation]:
    known = map(studio.generations.find, numbers)
    return [generation for generation in known if generation and output_of(generation)]
