"""The one place where a request becomes a person, and the Studio as that person may use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from core.api.admission import PERSON
from core.api.problems import Refused
from core.domain.people import Person, Role
from core.errors import StoreError
from core.generations import Generation
from core.serving import served
from core.studio import Studio


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

    def who_makes(self, generation: Generation) -> str:
        return self.studio.catalog.suppliers[generation.provider].title

    async def look_up(self, generation_id: int) -> Generation:
        """Read here, since finding a thread takes longer than one row; in a thread only where the
        history is locked, as while a backup takes its place. Raises UnknownGeneration."""
        generations = self.studio.generations
        try:
            return generations.get(generation_id, timeout=0)
        except StoreError:
            return await run_in_threadpool(generations.get, generation_id)


def caller_of(request: Request) -> Caller:
    person: Person = request.scope[PERSON]
    return Caller(person, served().asked_by(person))


def maker_of(request: Request) -> Caller:
    caller = caller_of(request)
    caller.must_be(Role.MAKER)
    return caller


async def _viewer(request: Request) -> Caller:
    """It waits for nothing: a function that may would be given a thread at each call."""
    return caller_of(request)


async def _maker(request: Request) -> Caller:
    return maker_of(request)


Viewer = Annotated[Caller, Depends(_viewer)]
"""Who calls: anybody with a token."""
Maker = Annotated[Caller, Depends(_maker)]
"""Who calls, and may generate."""
