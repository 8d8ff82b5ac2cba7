"""The noun of lists of choices that are kept by name: Wildcard."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wildcard:
    """`{name}` in a template stands for each of the `lines`."""

    name: str
    lines: tuple[str, ...]

    @property
    def key(self) -> str:
        """Names that differ in capitals alone are one."""
        return self.name.casefold()
