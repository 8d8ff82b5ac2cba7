"""The audit list: entered by the gate that every call passes, read by admins."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from core.domain.audit import Act, Entry
from core.domain.people import Person
from core.errors import StoreError
from core.export.tables import BOM, line
from core.storage.identity.audit import AuditStore

log = logging.getLogger(__name__)

HEADER = ("at", "person", "sign-in", "act", "about")


class Audit:
    def __init__(self, *, store: AuditStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def entry(self, person: Person, name: str, act: Act, about: str) -> Entry:
        return Entry(self._clock(), name, person.id, act, about)

    def enter(self, person: Person, name: str, act: Act, about: str) -> None:
        """Enter what was just done. It cannot be undone any more: if it cannot be entered, the log
        says so."""
        try:
            self._store.add(self.entry(person, name, act, about))
        except StoreError as error:
            log.error("the audit list lacks: %s, %s (%s)", act, about, error.message)

    def entries(
        self, most: int, *, person: str | None = None, act: Act | None = None
    ) -> tuple[list[Entry], int]:
        return self._store.newest(most, person, act), self._store.count(person, act)

    def people(self) -> list[str]:
        return self._store.people()

    def csv(self, *, person: str | None = None, act: Act | None = None) -> bytes:
        """All of them, the oldest first; times are UTC."""
        rows = (
            (one.at.isoformat(), one.person, one.person_id, one.act, one.about)
            for one in self._store.each(person, act)
        )
        return BOM + b"".join(map(line, (HEADER, *rows)))
