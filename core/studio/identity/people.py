"""Who has signed in, and what they may."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

from core import visibility
from core.access.grants import Grants
from core.domain.people import NOBODY, Account, Identity, Person, Role
from core.errors import InvalidReview, NotAllowed
from core.storage.identity.people import PeopleStore
from core.text.names import LONGEST_NAME, key, tidy

FRESH_SECONDS = 1.0
"""How old what is known of roles may be: another server on this folder may have changed them."""
SEEN_EVERY = timedelta(minutes=5)
NAMELESS = "Somebody"


class People:
    def __init__(
        self,
        *,
        store: PeopleStore,
        grants: Grants,
        changed: Callable[[], None],
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
    ) -> None:
        """`changed` is called after each change of what somebody may."""
        self._store = store
        self._grants = grants
        self._changed = changed
        self._clock = clock
        self._ticks = ticks
        self._lock = threading.Lock()
        self._known: Mapping[str, Account] = {}
        self._read_at = float("-inf")

    # -- who asks -------------------------------------------------------------------------------

    def arrive(self, identity: Identity) -> Person | None:
        known = self._accounts().get(identity.id)
        now = self._clock()
        told = (identity.email, identity.groups)
        if known is None or (known.email, known.groups) != told or known.seen_at + SEEN_EVERY < now:
            self._store.arrive(identity, _name_of(identity), now)
            self._forget()
            if known is None:
                self._changed()
        return self.find(identity.id)

    def find(self, person_id: str) -> Person | None:
        account = self._accounts().get(person_id)
        role = self._grants.role_of(account) if account else None
        return Person(account.id, account.name, role) if account and role else None

    def now(self, person: Person | None) -> Person | None:
        """The same person with their present role, but never more than the one given: a token may
        do less than its owner."""
        if person is None or not person.is_signed_in:
            return person
        found = self.find(person.id)
        lends_less = found is not None and not person.role.includes(found.role)
        return replace(found, role=person.role) if found and lends_less else found

    def admins(self) -> str:
        accounts = self._accounts().values()
        names = [one.name for one in accounts if self._grants.role_of(one) is Role.ADMIN]
        return " or ".join(names[:3])

    def names(self) -> Mapping[str, str]:
        return {one.id: one.name for one in self._accounts().values() if self._grants.role_of(one)}

    def named(self, name: str) -> Person | None:
        found = (one for one, known in self.names().items() if key(known) == key(name))
        return next(map(self.find, found), None)

    def seen_as(self, name: str) -> AbstractContextManager[None]:
        """A context in which the history holds only what the person of this name may see."""
        return visibility.seen_by(self.named(name) or NOBODY)

    # -- for admins -----------------------------------------------------------------------------

    def all(self) -> list[tuple[Account, Role | None]]:
        """By name, each with their role: None for people who wait to be let in, or were removed."""
        return [(one, self._grants.role_of(one)) for one in self._store.all()]

    def set_role(self, person_id: str, role: Role) -> Account:
        """Raises NotAllowed where it would leave no admin, or where the settings decide."""
        return self._give(person_id, role)

    def remove(self, person_id: str) -> Account:
        """They may no longer come in; what they made stays, with their name. Raises as
        `set_role`."""
        return self._give(person_id, None)

    def _give(self, person_id: str, role: Role | None) -> Account:
        account = next((one for one in self._store.all() if one.id == person_id), None)
        if account is None:
            raise NotAllowed("There is no such person any more.")
        if role is not Role.ADMIN and self._grants.role_of(account) is Role.ADMIN:
            self._check_admins(account)
        self._store.give(person_id, role)
        self._forget()
        self._changed()
        return account

    def _check_admins(self, account: Account) -> None:
        if self._grants.role(account.email, account.groups) is Role.ADMIN:
            raise NotAllowed(f"{account.name} is an admin by DAILIES_ADMINS.", "Change it there.")
        if not any(role is Role.ADMIN for one, role in self.all() if one.id != account.id):
            raise NotAllowed(f"{account.name} is the only admin.", "Make somebody else one first.")

    def _accounts(self) -> Mapping[str, Account]:
        with self._lock:
            if self._ticks() - self._read_at > FRESH_SECONDS:
                self._known = {one.id: one for one in self._store.all()}
                self._read_at = self._ticks()
            return self._known

    def _forget(self) -> None:
        with self._lock:
            self._read_at = float("-inf")


def _name_of(identity: Identity) -> str:
    for told in (identity.name, identity.email.partition("@")[0]):
        try:
            return tidy(told[:LONGEST_NAME])
        except InvalidReview:
            continue
    return NAMELESS
