"""The notes on a generation: the data of our own component, and what it sends back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.domain.reviews import LONGEST_NOTE, Note, Outcome, Span
from core.generations import Generation
from core.studio import Studio
from pages.ui import formatting
from pages.ui.access import person
from pages.ui.components import component, message
from pages.ui.review import deeds

KEY = "review_notes"
LONGEST_CLIP = 1_000_000
"""In seconds."""
ID = re.compile(r"[0-9a-f]{16,40}")


def show(studio: Studio, generation: Generation) -> None:
    """Notes are drawn as text. The script asks our player for its moment, and sends it there."""
    main = generation.main
    component("review/notes")(
        key=f"{KEY}_{generation.id}",
        data={
            "notes": [_row(note) for note in studio.reviews.notes(generation.id)],
            "timed": bool(main and main.is_played and main.duration),
            "rate": main.frame_rate if main else 0,
            "longest": LONGEST_NOTE,
        },
        on_act_change=lambda: _obey(studio, generation.id),
    )


def _row(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "parent": note.parent,
        "person": note.person,
        "guest": bool(note.guest),
        "mine": bool(person.name()) and note.is_by(person.name()),
        "text": "" if note.deleted_at else note.text,
        "start": note.span.start if note.span else None,
        "end": note.span.end if note.span else None,
        "when": formatting.age(note.created_at) + (", edited" if note.edited_at else ""),
        "resolved": note.resolved_by if note.resolved_at else "",
        "deleted": note.deleted_at is not None,
    }


def _obey(studio: Studio, number: int) -> None:
    sent = message(f"{KEY}_{number}", "act")
    if isinstance(sent, Mapping):
        obey(studio, number, sent)


def obey(studio: Studio, number: int, sent: Mapping[str, Any]) -> None:
    """Read with care: a browser may send anything."""
    reviews, note_id, text = studio.reviews, _text(sent, "id"), _text(sent, "text")
    known = note_id in {note.id for note in reviews.notes(number)}

    def write(by: str) -> Outcome:
        return reviews.write(
            number,
            text,
            by=by,
            span=_span(sent),
            answers=_text(sent, "answers"),
            note_id=note_id if ID.fullmatch(note_id) else "",
        )

    deed = sent.get("do")
    if deed == "write":
        deeds.act(number, "the note", write)
    elif not known:
        return
    elif deed == "rewrite":
        deeds.act(number, "the edit", lambda by: reviews.edit(note_id, text, by=by))
    elif deed == "delete":
        deeds.act(number, "the deletion", lambda by: reviews.delete(note_id, by=by))
    elif deed in ("resolve", "reopen"):
        done = deed == "resolve"
        deeds.act(
            number,
            "the tick" if done else "no tick",
            lambda by: reviews.resolve(note_id, by=by, resolved=done),
        )


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name)
    return value if isinstance(value, str) else ""


def _span(sent: Mapping[str, Any]) -> Span | None:
    start, end = _seconds(sent.get("start")), _seconds(sent.get("end"))
    return None if start is None else Span(start, end)


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value < LONGEST_CLIP else None
