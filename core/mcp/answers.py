"""What the tools answer."""

from __future__ import annotations

from pydantic import BaseModel

from core.api import wording
from core.api.callers import Caller
from core.generations import Generation, Status


class Told(BaseModel):
    """A generation: how far it is, what it costs, and why it failed if it did. Credits are those of
    its provider."""

    id: int
    status: Status
    model: str
    provider: str
    prompt: str
    credits: int | None
    failure: str
    files: int


class Price(BaseModel):
    """`credits` of the provider at most, and their worth in US dollars; none where nobody knows.
    `problems` are all reasons against it."""

    credits: int | None
    provider: str
    dollars: float | None
    problems: list[str]


class ShortModel(BaseModel):
    id: str
    endpoint: str
    name: str
    makes: str
    provider: str
    about: str
    creditsPerSecond: list[float]  # noqa: N815 - as in the API


class CapLeft(BaseModel):
    """In the credits of its provider, or in US cents where the provider is `all`."""

    name: str
    provider: str
    left: int


class Balance(BaseModel):
    """Credits at one provider, none where they are not known, and their worth in US dollars."""

    provider: str
    credits: int | None
    dollars: float | None


class Left(BaseModel):
    """Credits: the balance at each provider, and what is left of each cap. `balance` is that of
    the one provider, if it is known; none where there are several."""

    balance: int | None
    balances: list[Balance]
    caps: list[CapLeft]


def told(caller: Caller, found: Generation) -> Told:
    return Told(
        id=found.id,
        status=found.status,
        model=found.model,
        provider=found.provider,
        prompt=found.request.words,
        credits=found.credits,
        failure=wording.failure(found, caller.who_makes(found)),
        files=len(found.outputs),
    )
