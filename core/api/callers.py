"""The one place where a request becomes a person, and the Studio as that person may use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPBearer
from starlette.requests import Request

from core.api.admission import PERSON
from core.api.problems import Refused
from core.people import Person, Role
from core.serving import served
from core.studio import Studio

BEARER = HTTPBearer(auto_error=False, description="A token from Settings.")
"""For the documentation, which asks for one; who comes in was judged before."""


@dataclass(frozen=True)
class Caller:
    person: Person
    studio: Studio

    @property
    def name(self) -> str:
        return self.person.name

    def must_be(self, role: Role) -> None:
        if not self.person.role.includes(role):
            raise Refused(403, f"This token is that of a {self.person.role}, who may only look.")


def caller_of(request: Request) -> Caller:
    person: Person = request.scope[PERSON]
    return Caller(person, served().asked_by(person))


async def _viewer(request: Request) -> Caller:
    """It waits for nothing: a function that may would be given a thread at each call."""
    return caller_of(request)


async def _maker(request: Request) -> Caller:
    caller = caller_of(request)
    caller.must_be(Role.MAKER)
    return caller


Viewer = Annotated[Caller, Depends(_viewer)]
"""Who calls: anybody with a token."""
Maker = Annotated[Caller, Depends(_maker)]
"""Who calls, and may generate."""
