"""One message to a program, as the Standard Webhooks specification has it: signed, with an id.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import requests
from standardwebhooks import Webhook

from core.domain.subscriptions import Delivery, InvalidSubscription, NotDelivered, Subscription
from core.errors import DownloadError
from core.outbound.downloads import Fence
from core.outbound.response_limits import Bounded
from core.outbound.sessions import Session
from core.public_hosts import is_domain, is_number, is_public

CONNECT_SECONDS, READ_SECONDS, ANSWER_SECONDS = 5.0, 10.0, 15.0
LONGEST = 2000
HINT = "Use https://… of a server on the internet; DAILIES_INSIDE_HOSTS names others that may be."


@dataclass(frozen=True)
class Poster:
    """Calls public addresses only, and those of `inside` hosts, also without TLS."""

    server_secret: bytes = field(repr=False)
    inside: frozenset[str]
    clock: Callable[[], datetime]

    def secret(self, subscription_id: str) -> str:
        """The receiver verifies with it. It is derived from the server's own, and kept nowhere."""
        text = f"webhook {subscription_id}".encode()
        made = hmac.new(self.server_secret, text, hashlib.sha256).digest()
        return f"whsec_{base64.b64encode(made).decode()}"

    def check(self, url: str) -> None:
        """Raises InvalidSubscription for an address that would not be called."""
        try:
            parts = urlsplit(url)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            host, parts = "", urlsplit("")
        public = is_public(host) if is_number(host) else is_domain(host)
        allowed = parts.scheme == "https" and public
        allowed |= parts.scheme in ("http", "https") and host in self.inside
        if not allowed or parts.username or len(url) > LONGEST or not url.isprintable():
            raise InvalidSubscription("This is no address that a webhook may go to.", HINT)

    def post(self, one: Subscription, delivery: Delivery) -> str:
        """Returns in words how it went. Raises NotDelivered."""
        now = self.clock()
        body = json.dumps(
            {
                "type": delivery.topic,
                "timestamp": delivery.at.isoformat(),
                "data": json.loads(delivery.data),
            },
            ensure_ascii=False,
        )
        signature = Webhook(self.secret(one.id)).sign(delivery.message_id, now, body)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Dailies",
            "webhook-id": delivery.message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        status = self._answer(one.address, body.encode(), headers)
        if not 200 <= status < 300:
            raise NotDelivered(f"It answered with HTTP {status}.")
        return f"It answered with HTTP {status}."

    def _answer(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.check(url)
        try:
            with (
                self._session(url) as session,
                session.post(
                    url,
                    data=body,
                    headers=headers,
                    stream=True,
                    timeout=(CONNECT_SECONDS, READ_SECONDS),
                    allow_redirects=False,
                ) as answer,
            ):
                return answer.status_code
        except DownloadError:
            raise NotDelivered("Its name leads into a private network.", HINT) from None
        except requests.Timeout:
            raise NotDelivered("It did not answer in time.") from None
        except (requests.RequestException, TimeoutError):
            raise NotDelivered("It could not be reached.") from None

    def _session(self, url: str) -> Session:
        session, adapter = Session(), Bounded(ANSWER_SECONDS)
        if (urlsplit(url).hostname or "") not in self.inside:
            Fence(local=False).around(adapter)
        adapter.bound(adapter.poolmanager)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session
