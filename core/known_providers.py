"""The providers that Dailies knows: the only place that names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.errors import UnreadableAnswer
from core.providers import outcomes
from core.providers.outcomes import Outcome, ReadCreated
from core.providers.provider import Provider
from core.providers.receipts import Receipt
from core.providers.tasks import Created
from core.runway import provider as runway
from core.runway.client import TITLE
from core.settings import Settings

ANSWERS: Mapping[str, ReadCreated] = {runway.NAME: runway.created}
TITLES = {runway.NAME: TITLE}


def connect(settings: Settings) -> Sequence[Provider]:
    """Those that the settings give access to, the usual one first."""
    return [runway.Runway(settings)]


def outcome(name: str, receipt: Receipt) -> Outcome:
    """As `core.providers.outcomes.outcome`, of a call to that provider, without access to it."""
    return outcomes.outcome(receipt, ANSWERS.get(name, _unreadable), TITLES.get(name, name))


def _unreadable(_receipt: Receipt) -> Created:
    raise UnreadableAnswer("This version of Dailies does not know who answered.")
