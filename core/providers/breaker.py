"""One breaker: a kind of trouble, and the work that it holds back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.errors import ProviderError
from core.generations import BEFORE_PROVIDER, FIRST_PROVIDER, Status


@dataclass(frozen=True)
class Kind:
    """A kind of trouble: the seconds between two looks, and whether it holds all work or only what
    has not been sent."""

    name: str
    wait: float
    everything: bool = False


KEY = Kind("key", 30.0, everything=True)
SERVER = Kind("server", 5.0, everything=True)
CREATE = Kind("create", 5.0)
CREDITS = Kind("credits", 60.0)
DAILY_CAP = Kind("daily_cap", 900.0)
MODEL = Kind("model", 300.0)
KINDS = (KEY, SERVER, CREATE, CREDITS, DAILY_CAP, MODEL)


class Work(Protocol):
    """What a breaker needs to know of a generation."""

    @property
    def id(self) -> int: ...
    @property
    def status(self) -> Status: ...
    @property
    def provider(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def cancel_requested(self) -> bool: ...


@dataclass
class Breaker:
    """An open breaker: since when, why, and when (monotonic clock) the next look is due."""

    kind: Kind
    model: str
    error: ProviderError
    since: datetime
    wait: float
    look_at: float
    provider: str = FIRST_PROVIDER

    @property
    def name(self) -> str:
        return f"{self.kind.name}:{self.model}" if self.model else self.kind.name

    def holds(self, work: Work) -> bool:
        if work.cancel_requested:
            return False
        if self.kind.everything:
            return True
        return work.status in BEFORE_PROVIDER and self.model in ("", work.model)
