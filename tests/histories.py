"""Filling a history without waiting for a clip."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from PIL import Image

from core.files import Output
from core.generations import FIRST_PROVIDER, Generation, Request, Status
from core.storage.database import stamp
from core.studio import Studio
from tests.conftest import NOON

HOSTILE = "![x](http://evil.test/a.png) <img src=x> **bold** [l](http://evil.test) $a$ :red[b]"
"""A text of somebody who means harm: nothing of it may be more than letters."""


def add_to(
    studio: Studio,
    request: Request,
    status: Status = Status.SUCCEEDED,
    *,
    at: datetime = NOON,
    quoted: int | None = 24,
    charged: int | None = None,
    demo: bool = False,
    favourite: bool = False,
    sent: bool = True,
    **changes: Any,
) -> Generation:
    """A row at `status`, with a clip's row when it succeeded; the clip's file is not made."""
    model = studio.compose.model(request)
    store = studio._store
    row, _new = store.add(
        request,
        idempotency_key=secrets.token_hex(8),
        kind=model.kind if model else "text",
        quoted=quoted,
        demo=demo,
        now=at,
        provider=model.provider if model else FIRST_PROVIDER,
    )
    if status is Status.QUEUED:
        return row
    task: dict[str, Any] = (
        {"task_id": secrets.token_hex(16), "credits_estimated": quoted} if sent else {}
    )
    if status is Status.SUCCEEDED:
        task["outputs"] = (clip_row(studio, row.id),)
        charged = quoted if charged is None else charged
    store.move(row, status, at, credits_charged=charged, **task | changes)
    if favourite:
        studio.generations.set_favourite(row.id, True)
    return studio.generations.get(row.id)


def keep_made(
    studio: Studio, request: Request, *contents: bytes, at: datetime = NOON
) -> Generation:
    """A generation that made these files, each of them kept as if it had come from Runway."""
    row = add_to(studio, request, Status.DOWNLOADING, at=at)
    outputs = []
    for position, content in enumerate(contents):
        part = studio.media.part(row, position)
        part.path.write_bytes(content)
        known = hashlib.sha256(content).hexdigest()
        outputs.append(studio.media.keep(part, row, position, "", known))
    studio._store.move(
        row, Status.SUCCEEDED, row.updated_at, outputs=tuple(outputs), credits_charged=24
    )
    return studio.generations.get(row.id)


def remove_original(studio: Studio, made: Generation) -> Generation:
    """As a rule does: its rows say so, and its files are gone."""
    with studio._file.tx() as db:
        db.execute(
            "update outputs set removed_at = ?, removed_by = ? where generation_id = ?",
            [stamp(NOON), "Unrated, after 30 days", made.id],
        )
    for output in made.outputs:
        studio.media.discard_original(output.file)
    return studio.generations.get(made.id)


def clip_row(studio: Studio, number: int, width: int = 1280, height: int = 720) -> Output:
    """A clip by its facts, with a poster but no film."""
    Image.new("RGB", (width // 8, height // 8), "teal").save(
        studio.media.folder / "posters" / f"{number:08d}-0.jpg"
    )
    return Output(
        position=0,
        file=f"{number:08d}-0.mp4",
        media_type="video/mp4",
        bytes=1_234_567,
        sha256=secrets.token_hex(32),
        width=width,
        height=height,
        duration=2.0,
        frame_rate=24.0,
        poster=f"{number:08d}-0.jpg",
    )
