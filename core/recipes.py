"""Recipes: each generation as a file of its own, kept beside the history in case that is lost.

A recipe is written when a request is written down, when it is sent, when its task is known and when
it has ended. Together with the receipts and the clips the recipes are the history once more.
"""

from __future__ import annotations

import logging
from datetime import datetime
from functools import cache
from pathlib import PurePath
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from core.database import HistoryFile
from core.errors import BadRecipe, StoreError
from core.generations import Generation, Request, Status
from core.media import Media
from core.rows import TIMES
from core.store import LARGEST_ID, Store

log = logging.getLogger(__name__)

KEPT = frozenset(Status) - {Status.THROTTLED, Status.RUNNING, Status.DOWNLOADING}
"""Statuses worth a recipe; of what lies between, Runway knows more than we."""


def write(generation: Generation) -> bytes:
    """The generation as JSON that a person can read."""
    return _adapter().dump_json(generation, indent=1)


def read(content: bytes) -> Generation:
    """The generation that `write` wrote. Raises BadRecipe, and nothing else, for anything else."""
    try:
        found = _adapter().validate_json(content)
        times = [getattr(found, name) for name in TIMES]
        names = [name for output in found.outputs for name in (output.file, output.poster) if name]
        sound = (
            0 < found.id <= LARGEST_ID
            and all(time is None or time.tzinfo for time in times)
            and all(PurePath(name).name == name and "\0" not in name for name in names)
            and found.stem.isascii()
        )
        Request.from_json(found.request.to_json())
    except (ValidationError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise BadRecipe("This file is no recipe of a generation.") from error
    if not sound:
        raise BadRecipe("This recipe names what no generation has.")
    return found


@cache
def _adapter() -> TypeAdapter[Generation]:
    return TypeAdapter(Generation)


class RecordedStore(Store):
    """A store that keeps the recipes up to date."""

    def __init__(self, file: HistoryFile, media: Media) -> None:
        super().__init__(file)
        self._media = media

    def add(self, request: Request, **facts: Any) -> tuple[Generation, bool]:
        """As Store.add."""
        generation, new = super().add(request, **facts)
        if new:
            self.record(generation)
        return generation, new

    def add_task(self, request: Request, task_id: str, **facts: Any) -> tuple[Generation, bool]:
        """As Store.add_task."""
        generation, new = super().add_task(request, task_id, **facts)
        if new:
            self.record(generation)
        return generation, new

    def move(self, generation: Generation, status: Status, now: datetime, **facts: Any) -> bool:
        """As Store.move."""
        moved = super().move(generation, status, now, **facts)
        if moved and status in KEPT and (status != generation.status or status.is_final):
            try:
                self.record(self.get(generation.id))
            except StoreError as error:  # the move itself is done
                log.warning("no recipe: %s", error.message, extra={"generation": generation.id})
        return moved

    def record(self, generation: Generation) -> None:
        """Write the recipe. On a full disk the one before stays: the history has the facts."""
        try:
            self._media.keep_recipe(generation, write(generation))
        except (OSError, PydanticSerializationError) as error:
            kind = type(error).__name__
            log.warning("no recipe (%s)", kind, extra={"generation": generation.id})
