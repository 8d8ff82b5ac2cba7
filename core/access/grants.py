"""The roles that settings give by address, domain or group."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.domain.people import Account, Role

GROUP = "group:"


@dataclass(frozen=True)
class Grants:
    """Each is an e-mail address, a domain as `@example.com` or a group as `group:editors`, in small
    letters."""

    admins: Collection[str] = frozenset()
    makers: Collection[str] = frozenset()
    viewers: Collection[str] = frozenset()

    def role(self, email: str, groups: Collection[str]) -> Role | None:
        """None if none of them gives any."""
        address = email.casefold()
        _, at, domain = address.rpartition("@")
        marks = {
            address,
            at + domain if at else "",
            *(f"{GROUP}{one}".casefold() for one in groups),
        }
        named = marks - {""}
        given = ((Role.ADMIN, self.admins), (Role.MAKER, self.makers), (Role.VIEWER, self.viewers))
        return next((role for role, granted in given if named & set(granted)), None)

    def role_of(self, account: Account) -> Role | None:
        """None if they are not let in. An admin named in the settings always is one, so that nobody
        can lock everybody out."""
        by_settings = self.role(account.email, account.groups)
        if by_settings is Role.ADMIN:
            return by_settings
        return None if account.is_removed else account.given or by_settings
