"""What the history, and an admin, say of turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.access.grants import Grants
from core.storage.identity.people import PeopleStore
from core.storage.making.turns import TurnStore
from core.worker.turns import Turns, person_key

FRESH_SECONDS = 1.0
"""How old what is known of roles may be: it is asked at every step."""


class TurnHistory:
    def __init__(
        self, store: TurnStore, people: PeopleStore, grants: Grants, ticks: Callable[[], float]
    ) -> None:
        self._store = store
        self._people = people
        self._grants = grants
        self._ticks = ticks
        self._weights: Mapping[str, int] = {}
        self._read_at = float("-inf")

    def read(self) -> Turns:
        if self._ticks() - self._read_at > FRESH_SECONDS:
            self._weights = self._read_weights()
            self._read_at = self._ticks()
        return Turns(self._store.last(), self._store.in_a_row(), self._weights)

    def forget(self) -> None:
        """What is known of roles: it was just changed."""
        self._read_at = float("-inf")

    def _read_weights(self) -> Mapping[str, int]:
        turns = self._store.of_roles()
        if set(turns.values()) == {1}:
            return {}
        roles = {one.name: self._grants.role_of(one) for one in self._people.all()}
        return {person_key(name): turns[role] for name, role in roles.items() if role}
