"""One message to a person: Slack, Discord, Teams, e-mail, ntfy and others, through Apprise."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.catalog.suppliers import Suppliers
from core.domain.subscriptions import Delivery, InvalidSubscription, NotDelivered, Subscription
from core.media.address_book import AddressBook
from core.notifications import wording
from core.public_hosts import is_domain, is_number, is_public

CLOUD = frozenset({"slack", "discord", "tgram", "pover", "gchat", "wxteams", "msteams", "pbul"})
"""Schemes of services that have one place on the internet."""
OWN = frozenset(
    {"gotify", "gotifys", "mailto", "mailtos", "matrix", "matrixs", "mmost", "mmosts", "ntfy"}
    | {"ntfys", "rocket", "rockets", "workflow", "workflows"}
)
"""Schemes of services that anybody may host, so that the address names a server."""
OPTIONS = frozenset(
    {"channel", "from", "mode", "name", "pass", "port", "priority", "smtp", "tags", "thread"}
    | {"to", "user"}
)
"""Allowed query parameters: others may name files of this server."""
LONGEST = 2000
HINT = "Such as slack://…, discord://…, mailtos://…, ntfy://…: the wiki of Apprise tells more."
INSIDE = "DAILIES_INSIDE_HOSTS names those inside that messages may go to all the same."


@dataclass(frozen=True)
class Services:
    """Apprise is loaded when it is first needed: few use it, and it takes a while."""

    book: AddressBook = field(repr=False)
    inside: frozenset[str]
    picture: Callable[[Subscription, Delivery], bytes]
    """The WebP that goes with a message; empty where there is none."""
    suppliers: Suppliers

    def check(self, address: str) -> None:
        """Raises InvalidSubscription for an address that nothing would be sent to."""
        self._service(address)

    def post(self, one: Subscription, delivery: Delivery) -> str:
        """Returns in words how it went. Raises NotDelivered, and InvalidSubscription for an address
        that is no longer allowed."""
        address = self.book.get(one.id)
        if address is None:
            raise NotDelivered("Its address is not on this server any more. Add it anew.")
        service = self._service(address)
        attached = self._attached(service, one, delivery)
        said = wording.text(delivery, self.suppliers)
        if not service.notify(body=said, title="Dailies", attach=attached):
            raise NotDelivered("The service did not take the message.")
        return "The service took the message."

    def _attached(self, service: Any, one: Subscription, delivery: Delivery) -> Any:
        """None where the service takes no pictures, or failed to send the message with one."""
        if not service.attachment_support or delivery.attempts:
            return None
        content = self.picture(one, delivery)
        if not content:
            return None
        from apprise.attachment.memory import AttachMemory

        return AttachMemory(  # type: ignore[no-untyped-call]
            content=content, name="dailies.webp", mimetype="image/webp"
        )

    def _service(self, address: str) -> Any:
        import apprise

        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # the error names the recipient
        asset = apprise.AppriseAsset(
            plugin_paths=[], storage_mode="memory", allow_templates=False, http_redirects=False
        )
        if strange := ", ".join(sorted(_options(address) - OPTIONS)):
            raise InvalidSubscription(f"These options are not used here: {strange}.", HINT)
        service = apprise.Apprise.instantiate(address, asset=asset) if address else None
        schemes = _schemes(service)
        if not schemes & (CLOUD | OWN):
            raise InvalidSubscription("This is no address of a service that is known here.", HINT)
        host = getattr(service, "smtp_host", None) or getattr(service, "host", None)
        if schemes & OWN and host and host not in self.inside and not _is_outside(host):
            raise InvalidSubscription("Its server is in a private network, or not known.", INSIDE)
        return service


def _options(address: str) -> set[str]:
    """Raises InvalidSubscription."""
    try:
        if len(address) > LONGEST or not address.isprintable():
            raise ValueError
        return set(parse_qs(urlsplit(address).query, keep_blank_values=True))
    except ValueError:
        raise InvalidSubscription("This is no address.", HINT) from None


def _schemes(service: Any) -> set[str]:
    found: set[str] = set()
    for name in ("protocol", "secure_protocol"):
        value = getattr(service, name, None) or ()
        found |= {value} if isinstance(value, str) else set(value)
    return found


def _is_outside(host: str) -> bool:
    if is_number(host):
        return is_public(host)
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM) if is_domain(host) else []
    except (OSError, UnicodeError):
        found = []
    return bool(found) and all(is_public(str(address[0])) for *_, address in found)
