"""Reads lists of choices that are kept by name, for the prompts of anybody's batches."""

from __future__ import annotations

from core.compose import templates
from core.domain.wildcards import Wildcard
from core.errors import InvalidWildcard
from core.text.visible_text import visible

MOST_LINES = 500
LONGEST_LINE = 1000


def read(name: str, text: str) -> Wildcard:
    """One choice a line; each is kept once. Raises InvalidWildcard."""
    name = name.strip()
    if not templates.is_name(name):
        raise InvalidWildcard("A name is one word of letters and digits, such as “colours”.")
    lines = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if visible(line)))
    if not lines:
        raise InvalidWildcard("Write one choice a line.")
    if len(lines) > MOST_LINES:
        raise InvalidWildcard(f"A list has at most {MOST_LINES} lines.")
    if any(len(line) > LONGEST_LINE for line in lines):
        raise InvalidWildcard(f"A line has at most {LONGEST_LINE:,} characters.")
    return Wildcard(name, lines)
