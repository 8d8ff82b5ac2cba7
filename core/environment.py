"""What single variables of the environment say, each read by its kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from core.errors import SettingsError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PRINTABLE = re.compile(r"[\x21-\x7e]+")
HOST = re.compile(r"[0-9a-z_.-]+|[0-9a-f:]+", re.IGNORECASE)
ORIGIN = re.compile(r"https?://([0-9a-z_.-]+|\[[0-9a-f:]+\])(:\d{1,5})?", re.IGNORECASE)
BUCKET = re.compile(r"(s3|gs|az)://[^/@?#]+(/[^?#]+)?|file:///[^?#]+")
DIGITS = 9
"""For a whole number: enough for a thousand terabytes in megabytes."""
OURS = "DAILIES_"
Network = IPv4Network | IPv6Network
Whole = TypeVar("Whole", int, None)


@dataclass(frozen=True)
class Environment:
    """Reads one variable at a time; an empty variable counts as absent."""

    values: Mapping[str, str | None]
    read: set[str] = field(default_factory=set)

    def text(self, name: str) -> str:
        self.read.add(name)
        return (self.values.get(name) or "").strip()

    def unknown(self, *others: str) -> Iterator[str]:
        """A sentence for each variable that has our prefix but is not known: most likely it is
        misspelt."""
        read = self.read.union(others)
        known = [name.removeprefix(OURS) for name in read if name.startswith(OURS)]
        for name in sorted(self.values):
            if name.startswith(OURS) and name not in read:
                near = difflib.get_close_matches(name.removeprefix(OURS), known, 1)
                meant = f" Perhaps {OURS}{near[0]} is meant." if near else ""
                yield f"{name} is no setting of Dailies, and is not read.{meant}"

    def key(self, name: str, site: str) -> str:
        """`site` is where people get keys."""
        key = self.text(name)
        if key and not PRINTABLE.fullmatch(key):
            raise SettingsError(
                f"{name} contains a blank or a character that no key has.",
                f"Copy the key again from {site}, on one line.",
            )
        return key

    def url(self, name: str, default: str) -> str:
        url = (self.text(name) or default).rstrip("/")
        if not _is_address(url):
            raise SettingsError(
                f"{name} is not an address that the key may be sent to.",
                f"Use https://…, such as {default}; plain http only on this machine.",
            )
        return url

    def address(self, name: str) -> str:
        """The address below which files can be read; empty if it is not set."""
        url = self.text(name).rstrip("/")
        if url and not _is_address(url):
            raise SettingsError(
                f"{name} is not an address that browsers can read from.",
                "Use https://…; plain http only on this machine.",
            )
        return url

    def bucket(self, name: str) -> str:
        url = self.text(name).rstrip("/")
        if url and not (BUCKET.fullmatch(url) and PRINTABLE.fullmatch(url)):
            raise SettingsError(
                f"{name} is not the address of a bucket or folder.",
                "Use s3://bucket/folder, gs://…, az://… or file:///…; credentials are variables of"
                " their own.",
            )
        return url

    def date(self, name: str, default: str) -> str:
        value = self.text(name) or default
        try:
            dashed = date.fromisoformat(value).isoformat() == value
        except ValueError:
            dashed = False
        if not dashed:
            raise SettingsError(f"{name} is not a date.", f"Use YYYY-MM-DD, such as {default}.")
        return value

    def seconds(self, name: str, default: float, *, least: float, most: float) -> float:
        text = self.text(name)
        try:
            value = float(text) if text else default
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise SettingsError(
                f"{name} is not a number from {least:g} to {most:g}.", "It is a time in seconds."
            )
        return value

    def whole(self, name: str, default: Whole, of: str, *, least: int = 0) -> int | Whole:
        text = self.text(name)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= DIGITS and int(text) >= least):
            raise SettingsError(
                f"{name} is not a whole number of {of} from {least} on.", "Or leave it out."
            )
        return int(text)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name).upper() or default
        if value not in choices:
            raise SettingsError(f"{name} is not known.", f"Use one of {', '.join(choices)}.")
        return value

    def hosts(self, name: str) -> frozenset[str]:
        hosts = self._list(name)
        if not all(HOST.fullmatch(host) for host in hosts):
            raise SettingsError(
                f"{name} holds something that is no name of a server.",
                "Use names with commas between, such as studio.example.com: no https://, no port.",
            )
        return frozenset(hosts)

    def origins(self, name: str) -> frozenset[str]:
        origins = self._list(name)
        if not all(ORIGIN.fullmatch(origin) for origin in origins):
            raise SettingsError(
                f"{name} holds something that is no origin of a page.",
                "Use origins with commas between, such as https://studio.example.com: no path.",
            )
        return frozenset(origins)

    def networks(self, name: str) -> tuple[Network, ...]:
        try:
            return tuple(ip_network(text) for text in self._list(name))
        except ValueError:
            raise SettingsError(
                f"{name} holds something that is no address of a network.",
                "Use addresses with commas between, such as 10.0.0.7 or 10.0.0.0/24.",
            ) from None

    def people(self, name: str) -> frozenset[str]:
        people = self._list(name)
        if any(" " in one or one in ("@", "group:") for one in people):
            raise SettingsError(
                f"{name} holds something that names nobody.",
                "Use e-mail addresses, domains as @example.com or groups as group:editors, with"
                " commas between.",
            )
        return frozenset(people)

    def login_proxies(
        self, name: str, forwarders: Sequence[Network], told_by: str
    ) -> tuple[Network, ...]:
        """Networks that include each proxy whose X-Forwarded-For is believed: once that has given
        the visitor's address, the proxy's own is unknown."""
        named = self.networks(name)
        if named and not all(any(_holds(one, other) for one in named) for other in forwarders):
            raise SettingsError(
                f"{told_by} trusts an address that {name} does not name.",
                f"Name in {name} every proxy of {told_by}; without that, it is 127.0.0.1.",
            )
        return named

    def _list(self, name: str) -> list[str]:
        parts = (part.strip().lower() for part in self.text(name).split(","))
        return [part for part in parts if part]

    def file(self, name: str, default: Path) -> Path:
        path = self.folder(name, default)
        if path != default and not path.exists():
            raise SettingsError(f"{name} names a file that is not there.", "Correct the path.")
        return path

    def folder(self, name: str, default: Path) -> Path:
        text = self.text(name)
        return Path(text).expanduser().resolve() if text else default


def _is_address(url: str) -> bool:
    """https, or http of this machine; without a name, a query or a fragment."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username)
    allowed = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    return bool(host and plain and allowed and PRINTABLE.fullmatch(url))


def _holds(network: Network, other: Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(other, IPv4Network):
        return other.subnet_of(network)
    if isinstance(network, IPv6Network) and isinstance(other, IPv6Network):
        return other.subnet_of(network)
    return False
