"""Which hosts lie on the open internet: names of domains, and numbers that are routed there."""

from __future__ import annotations

import ipaddress
import re

HOME = ("local", "localhost", "internal", "intranet", "private", "lan", "home", "corp", "home.arpa")
"""Ends of names that only a network of one's own knows."""
DOMAIN = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?", re.IGNORECASE
)
"""Names with a dot. One whose last part begins with a digit is a number in some spelling."""
UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out to be routed; what lies elsewhere is some network's own."""
NAT64 = ipaddress.ip_network("64:ff9b::/96")
SPECIAL = tuple(map(ipaddress.ip_network, ("2001::/32", "3fff::/20", "192.88.99.0/24")))
"""Tunnels and examples that Python takes for public."""


def is_domain(host: str) -> bool:
    """Whether a host is the name of a domain that the internet may know."""
    try:
        name = host.encode("idna").decode("ascii").removesuffix(".").lower()
    except UnicodeError:
        return False
    home = any(name.endswith(f".{end}") for end in HOME)
    return bool(DOMAIN.fullmatch(name)) and not home


def is_number(host: str) -> bool:
    """Whether a host is an address as a number."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether a numeric address lies on the open internet, also when it is wrapped in another."""
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
