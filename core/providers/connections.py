"""The providers that this server reaches, each with its account and its breakers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from core.errors import NotConnected
from core.providers.account import AccountReader
from core.providers.breakers import Breakers
from core.providers.provider import Provider
from core.providers.tasks import Limits


class Made(Protocol):
    """A generation, or what is read of one."""

    @property
    def provider(self) -> str: ...
    @property
    def model(self) -> str: ...


@dataclass(frozen=True)
class Connection:
    provider: Provider
    breakers: Breakers
    account: AccountReader


class Connections:
    """By the names of their providers; the first is the usual one."""

    def __init__(self, connections: Iterable[Connection]) -> None:
        self._by_name = {one.provider.name: one for one in connections}

    def __iter__(self) -> Iterator[Connection]:
        return iter(self._by_name.values())

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Connection:
        """Raises NotConnected."""
        if name not in self._by_name:
            raise NotConnected(
                f"This server has no access to {name}.", "It goes on once the server has its key."
            )
        return self._by_name[name]

    @property
    def usual(self) -> Connection:
        return next(iter(self))

    def to(self, made: Made) -> Provider:
        """Raises NotConnected."""
        return self[made.provider].provider

    def limits(self, made: Made) -> Limits | None:
        """None while they are not known."""
        return self.to(made).limits(made.model) if made.provider in self else None

    def close(self) -> None:
        for one in self:
            one.provider.close()
