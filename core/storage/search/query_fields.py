"""The fields of the search language, and what their values let through.

A name means the one that is spelled exactly so, or else those that differ only in spaces and
dashes. Of models and people a part of the name is enough where no whole name fits. Of tags and
projects it is not: what a link shows to others must not grow when somebody makes a new name.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from core.generations import OPEN, Review, Status
from core.storage.bitmaps.dimensions import Value
from core.text.names import key

SEPARATORS = re.compile(r"[\s._-]+")
AMOUNT = r"\d{1,9}(?:\.\d{1,2})?"
COMPARED = re.compile(rf"(>=|<=|>|<|=|)({AMOUNT})")
RANGE = re.compile(rf"({AMOUNT})\.\.({AMOUNT})")
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "": operator.eq,
}


class BadValue(Exception):
    """A value that a field cannot have; the sentence is for the person."""


@dataclass(frozen=True)
class Known:
    """What there is in a history: the values of each dimension; for models, projects and batches,
    their names by value."""

    values: Callable[[str], Collection[Value]]
    names: Callable[[str], Mapping[Value, Sequence[str]]]


Accepted = tuple[str, Collection[Value]]
"""A dimension, and the values that are let through."""
Meaning = Callable[[str, Known], Accepted]


def meaning(field: str, value: str, known: Known) -> Accepted:
    """Raises BadValue."""
    return FIELDS[field](value, known)


def plain(name: str) -> str:
    """The same for names that differ only in case, spaces and dashes."""
    return SEPARATORS.sub("", key(name)) or key(name)


def _named(dimension: str, called: str, *, in_part: bool = False) -> Meaning:
    """A dimension of names; `called` is a sentence that ends with the name."""

    def find(value: str, known: Known) -> Accepted:
        names = known.names(dimension) or {v: (str(v),) for v in known.values(dimension)}
        wanted, spelled = plain(value), key(value)
        ways: Sequence[Callable[[str], bool]] = (
            lambda name: key(name) == spelled,
            lambda name: plain(name) == wanted,
            lambda name: in_part and wanted in plain(name),
        )
        for is_meant in ways:
            if found := [v for v, spellings in names.items() if any(map(is_meant, spellings))]:
                return dimension, found
        raise UnknownName(f"{called} “{value}”.")

    return find


class UnknownName(BadValue):
    """Nothing in the history has this name; it may come to be."""


STATUSES: Mapping[str, Collection[Value]] = {
    "done": [Status.SUCCEEDED],
    "sending": [Status.SUBMITTING],
    "rendering": [Status.RUNNING],
    "saving": [Status.DOWNLOADING],
    "canceled": [Status.CANCELLED],
    "waiting": [Status.PENDING, Status.THROTTLED],
    "waiting-to-start": [Status.PENDING],
    "waiting-for-a-free-slot": [Status.THROTTLED],
    "open": OPEN,
    **{status: [status] for status in Status},
}
STATES: Mapping[str, Collection[Value]] = {
    **{review.replace("_", "-"): [review] for review in Review if review is not Review.NONE},
    "no-state": [Review.NONE],
}
MARKS: Mapping[str, Accepted] = {
    "favourite": ("favourite", [True]),
    "trashed": ("trashed", [True]),
    "demo": ("demo", [True]),
    "live": ("demo", [False]),
}
ALIKE = {"favorite": "favourite", "favourites": "favourite", "trash": "trashed"}
HAVING = {"rated": "stars", "tagged": "tag", "filed": "project", "batched": "batch"}
"""Words for a generation that has any value of a dimension."""
KINDS = {
    **{name: name for name in ("text", "image", "video", "character", "finish", "sound", "still")},
    "performance": "character",
    "enhance": "finish",
    "still-image": "still",
}
TOLD = (*STATES, *MARKS, *HAVING, "done", "failed", "open", "unconfirmed")
"""The words after `is:` that a complaint lists; there are more."""


def is_trash(value: str) -> bool:
    return _word(value) == "trashed"


def _word(value: str) -> str:
    return plain(ALIKE.get(value.lower(), value))


def _is(value: str, known: Known) -> Accepted:
    wanted = _word(value)
    by_word: dict[str, Accepted] = {
        **{plain(word): ("status", found) for word, found in STATUSES.items()},
        **{plain(word): ("review", found) for word, found in STATES.items()},
        **{plain(word): found for word, found in MARKS.items()},
        **{word: (of, known.values(of)) for word, of in HAVING.items()},
    }
    if wanted not in by_word:
        raise BadValue(_not_among("is:", value, [*STATUSES, *TOLD], TOLD))
    return by_word[wanted]


def _kind(value: str, known: Known) -> Accepted:
    by_word = {plain(word): kind for word, kind in KINDS.items()}
    if plain(value) not in by_word:
        raise BadValue(_not_among("kind:", value, KINDS, KINDS))
    return "kind", [by_word[plain(value)]]


def _not_among(field: str, value: str, words: Collection[str], told: Iterable[str]) -> str:
    near = get_close_matches(value.lower(), words, n=1)
    help = f"Did you mean {near[0]}?" if near else f"It takes {', '.join(told)}."
    return f"{field} does not know “{value}”. {help}"


def _amount(field: str, dimension: str, shown: Callable[[Value], float], of: str) -> Meaning:
    def find(value: str, known: Known) -> Accepted:
        accepts = _comparison(value)
        if accepts is None:
            raise BadValue(f"{field}: takes {of}, such as 3, >3, <=3 or 2..4, not “{value}”.")
        return dimension, [each for each in known.values(dimension) if accepts(shown(each))]

    return find


def _comparison(value: str) -> Callable[[float], bool] | None:
    if found := COMPARED.fullmatch(value):
        holds, limit = COMPARISONS[found[1]], float(found[2])
        return lambda amount: holds(amount, limit)
    if found := RANGE.fullmatch(value):
        low, high = float(found[1]), float(found[2])
        return lambda amount: low <= amount <= high
    return None


def shown_stars(hundredths: Value) -> float:
    """The mean as pages show it, so that a search compares what people see."""
    return float(f"{int(hundredths) / 100:.1f}")


def _day(field: str, comparison: str) -> Meaning:
    holds = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}[comparison]

    def find(value: str, known: Known) -> Accepted:
        try:
            limit = date.fromisoformat(value).isoformat()
        except ValueError:
            raise BadValue(
                f"{field}: takes a day such as 2026-01-31 (UTC), not “{value}”."
            ) from None
        return "day", [day for day in known.values("day") if holds(str(day), limit)]

    return find


FIELDS: Mapping[str, Meaning] = {
    "model": _named("model", "No model is called", in_part=True),
    "tag": _named("tag", "No clip has a tag called"),
    "project": _named("project", "No project is called"),
    "batch": _named("batch", "No batch is called"),
    "by": _named("author", "Nobody has made anything under the name", in_part=True),
    "rated": _named("rater", "Nobody has rated under the name", in_part=True),
    "kind": _kind,
    "provider": _named("provider", "Nothing was made at a provider called"),
    "is": _is,
    "status": _is,
    "stars": _amount("stars", "stars", shown_stars, "a number of stars"),
    "guests": _amount("guests", "guests", shown_stars, "a number of stars"),
    "cost": _amount("cost", "credits", float, "a number of credits"),
    "seconds": _amount("seconds", "duration", float, "a number of seconds"),
    "since": _day("since", ">="),
    "until": _day("until", "<="),
    "after": _day("after", ">"),
    "before": _day("before", "<"),
}
"""What each field means, by its name."""
