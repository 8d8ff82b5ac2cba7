"""Which hosts are on the public internet: domain names, and addresses routed there."""

from __future__ import annotations

import ipaddress
import re

HOME = ("local", "localhost", "internal", "intranet", "private", "lan", "home", "corp", "home.arpa")
"""Endings of names that only a private network knows."""
DOMAIN = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?", re.IGNORECASE
)
"""Names with a dot. If the last part begins with a digit, it is some spelling of an address."""
UNICAST = ipaddress.ip_network("2000::/3")
"""The part of IPv6 that is globally routed; everything else is private."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SPECIAL = tuple(map(ipaddress.ip_network, ("2001::/32", "3fff::/20", "192.88.99.0/24")))
"""Tunnels and documentation ranges that Python regards as public."""


def is_domain(host: str) -> bool:
    try:
        name = host.encode("idna").decode("ascii").removesuffix(".").lower()
    except UnicodeError:
        return False
    home = any(name.endswith(f".{end}") for end in HOME)
    return bool(DOMAIN.fullmatch(name)) and not home


def is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether a numeric address is on the public internet, even if wrapped in another."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is None and found not in UNICAST:
            return False
        found = inner or found
    special = any(found.version == net.version and found in net for net in SPECIAL)
    return found.is_global and not found.is_multicast and not special
