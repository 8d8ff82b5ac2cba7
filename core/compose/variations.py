"""Several of the same: each with a seed of its own, as far as the model has one."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from core.catalog.model import Model
from core.generations import Request


def variations(
    model: Model,
    request: Request,
    count: int,
    draw: Callable[[int, int], int] = random.randint,
) -> list[Request]:
    """The first one keeps a seed that was asked for. `draw` returns a whole number between two
    others, both included. Without a setting for seeds all are the same, and Runway varies them."""
    seed = model.setting_with_role("seed")
    if seed is None or seed.range is None or not seed.offered(request.params):
        return [request] * count
    low, high = (int(limit) for limit in seed.range)
    asked = request.params.get(seed.name)
    seeds = [asked] if isinstance(asked, int) else []
    while len(seeds) < count:
        if (drawn := draw(low, high)) not in seeds:
            seeds.append(drawn)
    return [replace(request, params={**request.params, seed.name: one}) for one in seeds]
