"""A local stand-in for Runway's video API, for the demo, for tests, and for work without a key.

It is reached only by HTTP on 127.0.0.1. README.md in this folder lists what it does not imitate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.emulator.api.server import Emulator

__all__ = ["Emulator"]


def __getattr__(name: str) -> object:
    """Import the server on demand: the footage process shares this package, not its imports."""
    if name != "Emulator":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from core.emulator.api.server import Emulator

    return Emulator
