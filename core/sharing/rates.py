"""How often somebody may do something: so many times in so many seconds."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from ipaddress import IPv6Address, ip_address

MOST_KNOWN = 10_000
"""So many are remembered; then those quiet for longest are forgotten."""
NETWORK_BITS = 64
"""What one household or server has of IPv6 addresses, to take a new one for each try."""


class Rate:
    """Counts in memory: a restart forgets it."""

    def __init__(self, most: int, seconds: float, ticks: Callable[[], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._ticks = ticks
        self._known: OrderedDict[Hashable, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, who: Hashable) -> bool:
        """Whether they may try once more; if so, the try is counted."""
        now = self._ticks()
        with self._lock:
            times = self._known.setdefault(who, deque())
            self._known.move_to_end(who)
            while times and times[0] <= now - self._seconds:
                times.popleft()
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
            if len(times) >= self._most:
                return False
            times.append(now)
            return True


class LinkRate:
    """A rate for each address at each link, and one for the link from everywhere."""

    def __init__(
        self, most: int, from_everywhere: int, seconds: float, ticks: Callable[[], float]
    ) -> None:
        self._by_address = Rate(most, seconds, ticks)
        self._by_link = Rate(from_everywhere, seconds, ticks)

    def allows(self, share_id: int, address: str) -> bool:
        # In this order, so that one address alone cannot use up what all share.
        return self._by_address.allows((share_id, network(address))) and self._by_link.allows(
            share_id
        )


def network(address: str) -> str:
    """What an address counts as: itself, or its network where one person has many addresses."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and not found.ipv4_mapped:
        return found.exploded[: NETWORK_BITS // 4 + 3]
    return str(getattr(found, "ipv4_mapped", None) or found)
