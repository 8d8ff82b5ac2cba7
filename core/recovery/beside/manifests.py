"""Manifests: each generation as a file of its own, in case the history is lost.

A manifest includes the timeline, all that was said of the generation, and the names of the files
that people brought for it. Manifests, receipts and clips together are a second copy of the history.
What is read may be anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from core.domain.families import Parent
from core.domain.reviews import MOST_STARS, NOTHING_SAID, Record
from core.errors import BadManifest
from core.files import Upload
from core.generations import Event, Generation, Request
from core.media_types import PICTURES, RECORDINGS
from core.storage.rows import REVIEWED, TIMES
from core.storage.store import LARGEST_ID
from core.text.names import GUEST

SHA256 = re.compile(r"[0-9a-f]{64}")
OLD_KEY = "intent_key"
"""The name of `idempotency_key` in older files."""


class Timeline(BaseModel):
    events: tuple[Event, ...] = ()


class Said(BaseModel):
    reviews: Record = NOTHING_SAID


class Lineage(BaseModel):
    parents: tuple[Parent, ...] = ()


class Brought(BaseModel):
    uploads: tuple[Upload, ...] = ()


def write(
    generation: Generation,
    events: Sequence[Event] = (),
    reviews: Record = NOTHING_SAID,
    parents: Sequence[Parent] = (),
    uploads: Sequence[Upload] = (),
) -> bytes:
    """The generation, its timeline, what was said of it, and from what and with which files it was
    made, as JSON that a person can read."""
    facts = _adapter().dump_python(generation, mode="json")
    facts |= Timeline(events=tuple(events)).model_dump(mode="json")
    facts |= Said(reviews=reviews).model_dump(mode="json")
    facts |= Lineage(parents=tuple(parents)).model_dump(mode="json")
    facts |= Brought(uploads=tuple(uploads)).model_dump(mode="json")
    return json.dumps(facts, ensure_ascii=False, indent=1).encode()


def read(content: bytes) -> Generation:
    """The generation that `write` wrote. Raises only BadManifest, for anything else."""
    try:
        found = _adapter().validate_python(_renamed(json.loads(content)))
        times = [getattr(found, name) for name in (*TIMES, *REVIEWED)]
        names = [name for output in found.outputs for name in (output.file, output.poster) if name]
        sound = (
            0 < found.id <= LARGEST_ID
            and all(time is None or time.tzinfo for time in times)
            and all(PurePath(name).name == name and "\0" not in name for name in names)
            and found.file_stem.isascii()
        )
        Request.from_json(found.request.to_json())
    except (ValidationError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise BadManifest("This file is no manifest of a generation.") from error
    if not sound:
        raise BadManifest("This manifest names what no generation has.")
    return found


def timeline(content: bytes) -> tuple[Event, ...]:
    try:
        events = Timeline.model_validate_json(content).events
    except ValidationError:
        return ()
    return events if all(event.at.tzinfo for event in events) else ()


def reviews(content: bytes) -> Record:
    try:
        found = Said.model_validate_json(content).reviews
    except ValidationError:
        return NOTHING_SAID
    return found if _is_sound(found) else NOTHING_SAID


def parents(content: bytes) -> tuple[Parent, ...]:
    try:
        found = Lineage.model_validate_json(content).parents
    except ValidationError:
        return ()
    return tuple({parent.key: parent for parent in found}.values())


def uploads(content: bytes) -> tuple[Upload, ...]:
    """What `write` wrote about files, without entries that cannot be one."""
    try:
        found = Brought.model_validate_json(content).uploads
    except ValidationError:
        return ()
    return tuple(upload for upload in found if _can_be(upload))


def _can_be(upload: Upload) -> bool:
    figures = (upload.bytes, upload.width, upload.height, upload.duration, upload.frame_rate)
    return bool(
        SHA256.fullmatch(upload.sha256)
        and upload.media_type in PICTURES | RECORDINGS
        and upload.created_at.tzinfo
        and all(0 <= figure <= LARGEST_ID for figure in figures)
    )


def _is_sound(record: Record) -> bool:
    project = [record.project.created_at, record.project.archived_at] if record.project else []
    times = [
        record.trashed_at,
        record.emptied_at,
        *project,
        *(rating.at for rating in record.ratings),
        *(tag.at for tag in record.tags),
        *(decision.at for decision in record.decisions),
        *(note.created_at for note in record.notes),
        *(note.edited_at for note in record.notes),
        *(note.resolved_at for note in record.notes),
        *(note.deleted_at for note in record.notes),
    ]
    guests = {
        *(rating.guest for rating in record.ratings),
        *(note.guest for note in record.notes),
        *(decision.guest for decision in record.decisions),
    } - {""}
    return (
        all(time is None or time.tzinfo for time in times)
        and all(1 <= rating.stars <= MOST_STARS for rating in record.ratings)
        and all(one.startswith(GUEST) for one in guests | {one.key for one in record.guests})
    )


def _renamed(facts: Any) -> Any:
    if isinstance(facts, dict) and OLD_KEY in facts:
        return {**facts, "idempotency_key": facts[OLD_KEY]}
    return facts


@cache
def _adapter() -> TypeAdapter[Generation]:
    return TypeAdapter(Generation)
