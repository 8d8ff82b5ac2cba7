"""The accounts at all providers that this server reaches, as last known."""

from __future__ import annotations

from datetime import datetime

from core.providers.account import Account, AccountReader, Usage
from core.providers.connections import Connections


class Accounts:
    """By the name of the provider; the first is the usual one. Nothing waits for an answer."""

    def __init__(self, connections: Connections) -> None:
        self._readers: dict[str, AccountReader] = {
            one.provider.name: one.account for one in connections
        }

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._readers)

    @property
    def usual(self) -> str:
        return next(iter(self._readers))

    def seen(self, name: str) -> Account:
        """As `AccountReader.seen`; empty for a provider that this server does not reach."""
        return self._readers[name].seen() if name in self._readers else Account()

    def usage(self, name: str) -> Usage:
        """As `AccountReader.usage`; empty for a provider that this server does not reach."""
        return self._readers[name].usage() if name in self._readers else Usage()

    def known(self, name: str) -> tuple[Account, Usage]:
        return self._readers[name].known()

    def refresh(self, before: datetime) -> None:
        for reader in self._readers.values():
            reader.refresh(before)

    def start(self) -> None:
        for reader in self._readers.values():
            reader.start()

    def stop(self) -> None:
        for reader in self._readers.values():
            reader.stop()

    def look(self) -> None:
        """For callers without a background thread: reads what is wanted, now."""
        for reader in self._readers.values():
            reader.look()

    @property
    def changes(self) -> int:
        """Counts finished reads of all, so that a page knows when to draw again."""
        return sum(reader.changes for reader in self._readers.values())

    @property
    def is_pending(self) -> bool:
        return any(reader.is_pending for reader in self._readers.values())
