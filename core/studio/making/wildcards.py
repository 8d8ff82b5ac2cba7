"""Lists of choices that are kept by name, and every prompt that a template with them stands for."""

from __future__ import annotations

from core.compose import templates
from core.domain.wildcards import Wildcard
from core.errors import InvalidWildcard
from core.storage.making.wildcards import WildcardStore
from core.text.visible_text import visible

MOST_LINES = 500
LONGEST_LINE = 1000


class Wildcards:
    def __init__(self, store: WildcardStore) -> None:
        self._store = store

    def all(self) -> list[Wildcard]:
        return self._store.all()

    def expand(self, template: str, most: int) -> list[str]:
        """As `templates.expand`, with the kept lists. Raises BadTemplate."""
        lists = {wildcard.key: wildcard.lines for wildcard in self._store.all()}
        return templates.expand(template, most, lists)

    def save(self, name: str, text: str, *, replaces: str = "") -> Wildcard:
        """`text` has one choice a line; each is kept once. Takes the place of the one with the key
        `replaces`, if that is given. Raises InvalidWildcard."""
        wildcard = _read(name, text)
        self._store.save(wildcard, replaces=replaces)
        return wildcard

    def delete(self, key: str) -> None:
        self._store.delete(key)


def _read(name: str, text: str) -> Wildcard:
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
