"""Names of people, tags, projects and views: how they are written, compared and signed with."""

from __future__ import annotations

import re
import unicodedata

from core.errors import InvalidReview
from core.text.visible_text import bare, visible

LONGEST_NAME = 60
"""In characters."""
UNWRITTEN = frozenset({"Cc", "Cs"})
"""Controls, and halves of letters, which no file can hold."""
GUEST = "GUEST-"
"""The beginning of a guest's key: no key of a name begins so, as those have no capitals."""
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that change the direction of writing, even beyond the name."""


def key(name: str) -> str:
    """The same for names that differ in case or in invisible characters only."""
    return unicodedata.normalize("NFKC", bare(name)).casefold()


def guest_key(share: str, mark: str) -> str:
    """For a link, by its token's hash, and the mark that a browser is known by there."""
    return f"{GUEST}{share[:16]}{mark}"


def signed(person: str, guest: str) -> str:
    return f"{DIRECTIONS.sub('', person)} (guest)" if guest else person


def tidy(name: str, of: str = "name") -> str:
    """A name on one line, without what cannot be seen. Raises InvalidReview."""
    plain = "".join(" " if unicodedata.category(c) in UNWRITTEN else c for c in name)
    found = " ".join(visible(DIRECTIONS.sub("", plain)).split())
    if not found:
        raise InvalidReview(f"Write a {of}.")
    if len(found) > LONGEST_NAME:
        raise InvalidReview(f"Use at most {LONGEST_NAME} characters for a {of}.")
    return unicodedata.normalize("NFC", found)
