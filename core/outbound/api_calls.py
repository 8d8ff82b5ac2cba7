"""Calls to a provider's API: whole answers, limited in size and time, repeated where that helps."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from core.outbound import failures, response_limits
from core.outbound.downloads import Fence
from core.outbound.fetching import CONNECT_SECONDS, CONNECTIONS, READ_SECONDS

ANSWER_SECONDS = 30.0
"""Seconds that a whole answer may take, except for a download."""


class _JitteredRetry(Retry):
    """urllib3's backoff with full jitter: anywhere from nothing to the capped exponential."""

    def get_backoff_time(self) -> float:
        return random.uniform(0.0, super().get_backoff_time())


REPEAT = _JitteredRetry(
    total=3,
    status_forcelist=(408, 429, 500, 502, 503, 504),
    allowed_methods=None,
    backoff_factor=0.5,
    backoff_max=8.0,
    retry_after_max=60,
    raise_on_status=False,
    redirect=False,
)


@dataclass(frozen=True)
class RawAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_done(self) -> bool:
        """True for 2xx; in requests, `ok` is true for a redirect too."""
        return 200 <= self.status < 300


def bounded(retry: Retry, seconds: float, fence: Fence | None = None) -> HTTPAdapter:
    adapter = response_limits.Bounded(
        seconds, pool_maxsize=CONNECTIONS, pool_block=True, max_retries=retry
    )
    if fence:
        fence.around(adapter)
    adapter.bound(adapter.poolmanager)
    return adapter


def send(
    session: requests.Session,
    who: str,
    method: str,
    url: str,
    headers: Mapping[str, str],
    **what: Any,
) -> RawAnswer:
    """`what` is `json`, `data` or `params`, as requests has them. Raises ProviderError."""
    with (
        failures.of_calls_to(who),
        session.request(
            method,
            url,
            headers=headers,
            stream=True,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            **what,
        ) as answer,
    ):
        return RawAnswer(answer.status_code, answer.headers, response_limits.body(answer))
