"""What one setting or input of a model rules out in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import Field, model_validator

from core.catalog.params import Entry, Values, holds
from core.generations import Value


class Rule(Entry):
    """It speaks when the settings in `when` have those values and every role in `given` is filled.

    Then each setting in `allows` must have one of its values (`""` for left out), and there must be
    `least` files or more in the roles that `needs` names. `say` is the sentence for a person.
    """

    when: Mapping[str, Values] = {}
    given: tuple[str, ...] = ()
    allows: Mapping[str, Values] = {}
    needs: tuple[str, ...] = ()
    least: int = Field(1, gt=0)
    say: str

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.allows and not self.needs:
            raise ValueError("a rule allows or needs something")
        return self

    def broken(self, params: Mapping[str, Value], roles: Sequence[str]) -> str:
        if not holds(self.when, params) or not set(self.given).issubset(roles):
            return ""
        for name, values in self.allows.items():
            if params.get(name, "") not in values:
                return name
        if self.needs and sum(role in self.needs for role in roles) < self.least:
            return self.needs[0]
        return ""
