"""Reads turns from the history, and their weights from what admins have set."""

from __future__ import annotations

from collections.abc import Mapping

from core.access.grants import Grants
from core.storage.identity.people import PeopleStore
from core.storage.making.turns import TurnStore
from core.worker.queue.turns import Turns, person_key


class TurnHistory:
    def __init__(self, store: TurnStore, people: PeopleStore, grants: Grants) -> None:
        self._store = store
        self._people = people
        self._grants = grants

    def read(self) -> Turns:
        return Turns(self._store.last(), self._store.in_a_row(), self._weights())

    def _weights(self) -> Mapping[str, int]:
        turns = self._store.of_roles()
        if set(turns.values()) == {1}:
            return {}
        roles = {one.name: self._grants.role_of(one) for one in self._people.all()}
        return {person_key(name): turns[role] for name, role in roles.items() if role}
