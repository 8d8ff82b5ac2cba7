"""What a program prints: promises, which are counts that must hold, and measures beside a bar."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = f"{'':<58} {'found':>18}  {'wanted':<18} result"


@dataclass(frozen=True)
class Promise:
    """A count, or a word, that holds on any machine, however slow: as `wanted`, or `at_least`."""

    name: str
    found: int | str
    wanted: int | str = 0
    at_least: bool = False
    example: str = ""
    """What to look at when it is broken."""

    @property
    def kept(self) -> bool:
        """Whether it holds."""
        if self.at_least:
            return int(self.found) >= int(self.wanted)
        return self.found == self.wanted

    def __str__(self) -> str:
        found, wanted = _text(self.found), _text(self.wanted)
        least = ">= " if self.at_least else ""
        result = "kept" if self.kept else f"BROKEN {self.example}"
        return f"{self.name:<58} {found:>18}  {least + wanted:<18} {result}"


@dataclass(frozen=True)
class Measure:
    """A figure that depends on the machine; its bar is `most` or `least`, or there is none."""

    name: str
    found: float
    unit: str = ""
    most: float | None = None
    least: float | None = None

    def __str__(self) -> str:
        found = f"{self.found:,.4g} {self.unit}".strip()
        if self.most is not None:
            bar, result = f"<= {self.most:g} {self.unit}", self.found <= self.most
        elif self.least is not None:
            bar, result = f">= {self.least:g} {self.unit}", self.found >= self.least
        else:
            return f"{self.name:<58} {found:>18}"
        return f"{self.name:<58} {found:>18}  {bar:<18} {'met' if result else 'missed'}"


Figure = Promise | Measure


def _text(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value
