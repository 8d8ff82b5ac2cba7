"""What people decided on a generation, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.domain.reviews import EMPTIED, IN_TRASH, Decision, What
from core.generations import Review
from core.text.names import signed
from pages.ui.review.panel import WORDS


def told(one: Decision) -> str:
    who = signed(one.person, one.guest) or "Dailies"
    return f"{who} {TOLD[one.what](one)}"


def _trash(one: Decision) -> str:
    if one.after == EMPTIED:
        return "deleted the files that are kept here"
    return "moved it to the trash" if one.after == IN_TRASH else "restored it from the trash"


def _note(one: Decision) -> str:
    if not one.before:
        return f"noted: {one.after}"
    return f"changed a note: {one.after}" if one.after else "deleted a note"


def _project(one: Decision) -> str:
    return f"filed it under {one.after}" if one.after else f"took it out of {one.before}"


def _stars(one: Decision) -> str:
    return f"gave it {'★' * int(one.after)}" if one.after else "took the stars back"


def _tag(one: Decision) -> str:
    return f"tagged it {one.subject}" if one.after else f"took away the tag {one.subject}"


def _resolved(one: Decision) -> str:
    return "resolved a note" if one.after else "opened a note again"


TOLD: Mapping[What, Callable[[Decision], str]] = {
    What.REVIEW: lambda one: f"set it to {WORDS[Review(one.after)]}",
    What.STARS: _stars,
    What.TAG: _tag,
    What.PROJECT: _project,
    What.TRASH: _trash,
    What.NOTE: _note,
    What.RESOLVED: _resolved,
    What.REMOTE: lambda _: "had it deleted where it was made",
}
