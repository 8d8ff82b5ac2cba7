"""The providers that Dailies knows: the only place that names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from core.errors import UnreadableAnswer
from core.generations import FIRST_PROVIDER
from core.kie import provider as kie
from core.providers import outcomes
from core.providers.outcomes import Outcome, ReadCreated
from core.providers.provider import Provider
from core.providers.receipts import Receipt
from core.providers.tasks import Created
from core.runway import provider as runway
from core.settings import Settings

ANSWERS: Mapping[str, ReadCreated] = {runway.NAME: runway.created, kie.NAME: kie.created}
OUTPUT_LIVES = {runway.NAME: timedelta(hours=48), kie.NAME: timedelta(days=14)}
"""How long each may keep what it has made: Runway usually a little less."""
TITLES = {runway.NAME: runway.Runway.title, kie.NAME: kie.Kie.title}


def connect(settings: Settings) -> Sequence[Provider]:
    """The providers that the settings give access to, the usual one first."""
    found: list[Provider] = []
    if settings.api_key:
        found.append(runway.Runway(settings))
    if settings.kie_api_key:
        found.append(kie.Kie(settings))
    return found


def reached(settings: Settings) -> Sequence[str]:
    keys = {runway.NAME: settings.api_key, kie.NAME: settings.kie_api_key}
    return [name for name, key in keys.items() if key]


def addresses(settings: Settings) -> Sequence[str]:
    return [
        *([settings.base_url] if settings.api_key else []),
        *([settings.kie_base_url, settings.kie_upload_url] if settings.kie_api_key else []),
    ]


def outcome(name: str, receipt: Receipt) -> Outcome:
    """As `core.providers.outcomes.outcome`, for a call to that provider; needs no access to it."""
    return outcomes.outcome(receipt, ANSWERS.get(name, _unreadable), TITLES.get(name, name))


def whose(receipt: Receipt) -> str:
    """The provider that made the task of an answer, where nobody noted whom was asked; the usual
    one if none did."""
    made = (name for name in ANSWERS if isinstance(outcome(name, receipt), outcomes.Made))
    return next(made, FIRST_PROVIDER)


def _unreadable(_receipt: Receipt) -> Created:
    raise UnreadableAnswer("This version of Dailies does not know who answered.")
