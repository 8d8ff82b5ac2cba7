"""What people say of generations: state, stars, tags and notes; and taking it back.

`by` is the name of who asks. Every change tells what became of it, and can be undone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from core.domain.reviews import (
    MOST_STARS,
    YES,
    CutOff,
    Decision,
    Note,
    Outcome,
    Rating,
    Span,
    Tag,
    What,
    tidy_note,
    tidy_span,
)
from core.errors import InvalidReview
from core.generations import Review
from core.storage.desk.decisions import Decisions
from core.storage.desk.notes import NoteStore
from core.storage.desk.reviews import ReviewStore
from core.storage.pace import Progress, untold
from core.text.names import key, signed, tidy

GONE = "This note is not there any more."


class Reviews:
    def __init__(
        self,
        *,
        decisions: Decisions,
        store: ReviewStore,
        notes: NoteStore,
        clock: Callable[[], datetime],
    ) -> None:
        self._decisions = decisions
        self._store = store
        self._notes = notes
        self._clock = clock

    # -- of any number of generations -----------------------------------------------------------

    def set_state(
        self,
        generation_ids: Sequence[int],
        state: Review,
        *,
        by: str,
        progress: Progress = untold,
    ) -> Outcome:
        return self._change(generation_ids, What.REVIEW, "", state, by, progress)

    def rate(
        self, generation_ids: Sequence[int], stars: int, *, by: str, progress: Progress = untold
    ) -> Outcome:
        """One to five stars of this person; 0 takes them away."""
        if not 0 <= stars <= MOST_STARS:
            raise InvalidReview(f"Give one to {MOST_STARS} stars.")
        value = str(stars) if stars else ""
        return self._change(generation_ids, What.STARS, key(tidy(by)), value, by, progress)

    def tag(
        self, generation_ids: Sequence[int], name: str, *, by: str, progress: Progress = untold
    ) -> Outcome:
        return self._change(generation_ids, What.TAG, tidy(name, "tag"), YES, by, progress)

    def untag(self, generation_ids: Sequence[int], name: str, *, by: str) -> Outcome:
        return self._change(generation_ids, What.TAG, tidy(name, "tag"), "", by)

    def undo(self, action: int, *, by: str, progress: Progress = untold) -> Outcome:
        return self._decisions.undo(action, person=tidy(by), now=self._clock(), progress=progress)

    def actor(self, action: int) -> str:
        return self._decisions.actor(action)

    def cut_off(self) -> list[CutOff]:
        return self._decisions.cut_off()

    def keep(self, action: int) -> None:
        self._decisions.keep(action)

    # -- notes ----------------------------------------------------------------------------------

    def write(
        self,
        generation_id: int,
        text: str,
        *,
        by: str,
        span: Span | None = None,
        answers: str = "",
        note_id: str = "",
    ) -> Outcome:
        """Keep a note, or an answer to the note `answers`. Two with one `note_id` are one: a second
        click makes no second note. Raises InvalidReview."""
        parent = self._found(answers) if answers else None
        if parent and parent.generation_id != generation_id:
            raise InvalidReview(GONE)
        return self._notes.add(
            note_id or secrets.token_hex(8),
            generation_id,
            tidy_note(text),
            parent=(parent.parent or parent.id) if parent else "",
            span=tidy_span(span),
            person=tidy(by),
            now=self._clock(),
        )

    def edit(self, note_id: str, text: str, *, by: str) -> Outcome:
        """Raises InvalidReview, also when it is not their own."""
        return self._change_note(self._own(note_id, by), What.NOTE, tidy_note(text), by)

    def delete(self, note_id: str, *, by: str) -> Outcome:
        """One's own, or a guest's: what comes from outside, anybody of the team may take down.
        Raises InvalidReview."""
        note = self._found(note_id)
        return self._change_note(note if note.guest else self._own(note_id, by), What.NOTE, "", by)

    def resolve(self, note_id: str, *, by: str, resolved: bool = True) -> Outcome:
        value = YES if resolved else ""
        return self._change_note(self._found(note_id), What.RESOLVED, value, by)

    # -- what there is --------------------------------------------------------------------------

    def ratings(self, generation_id: int) -> list[Rating]:
        """The latest first."""
        return self._store.ratings(generation_id)

    def tags(self, generation_id: int) -> list[Tag]:
        return self._store.tags(generation_id)

    def tag_counts(self) -> Mapping[str, int]:
        return self._store.tag_counts()

    def notes(self, generation_id: int) -> list[Note]:
        """Oldest first; a deleted one only while somebody's answer to it stays."""
        found = self._notes.of(generation_id)
        kept = [note for note in found if note.deleted_at is None]
        answered = {note.parent for note in kept}
        return [note for note in found if note.deleted_at is None or note.id in answered]

    def decisions(self, generation_id: int) -> list[Decision]:
        """Oldest first."""
        return self._decisions.of(generation_id)

    def _change(
        self,
        generation_ids: Sequence[int],
        what: What,
        subject: str,
        value: str,
        by: str,
        progress: Progress = untold,
    ) -> Outcome:
        return self._decisions.change(
            generation_ids,
            what,
            subject,
            value,
            person=tidy(by),
            now=self._clock(),
            progress=progress,
        )

    def _change_note(self, note: Note, what: What, value: str, by: str) -> Outcome:
        return self._notes.change(note, what, value, person=tidy(by), now=self._clock())

    def _found(self, note_id: str) -> Note:
        note = self._notes.get(note_id)
        if note is None or note.deleted_at:
            raise InvalidReview(GONE)
        return note

    def _own(self, note_id: str, by: str) -> Note:
        note = self._found(note_id)
        if not note.is_by(by):
            who = signed(note.person, note.guest)
            raise InvalidReview(f"Only {who} can change this note.")
        return note
