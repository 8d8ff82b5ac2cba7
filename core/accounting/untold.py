"""Generations whose cost only a person can tell."""

from __future__ import annotations

from core.catalog.suppliers import Supplier
from core.generations import Generation, Status

ENDED = (Status.FAILED, Status.CANCELLED)
"""After these even a provider that tells costs may tell none."""


def is_untold(generation: Generation, supplier: Supplier) -> bool:
    """Where a provider tells no cost, a success has our own price, unless it was imported."""
    if generation.credits_charged is not None:
        return False
    is_made = generation.status is Status.SUCCEEDED
    return generation.status in ENDED or (is_made and not supplier.tells_cost)
