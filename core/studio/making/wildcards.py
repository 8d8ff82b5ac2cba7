"""Lists of choices that are kept by name, and every prompt that a template with them stands for."""

from __future__ import annotations

from core.compose import templates, wildcards
from core.domain.wildcards import Wildcard
from core.storage.making.wildcards import WildcardStore


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
        """Keep one choice a line under a name, in place of the one with the key `replaces` if that
        is given. Raises InvalidWildcard."""
        wildcard = wildcards.read(name, text)
        self._store.save(wildcard, replaces=replaces)
        return wildcard

    def delete(self, key: str) -> None:
        self._store.delete(key)
