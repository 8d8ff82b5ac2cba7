"""One figure beside its baseline, as a row of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

HEAD = f"{'figure':<42} {'measured':>10} {'baseline':>10} {'ratio':>7}  {'bar':<12} result"


@dataclass(frozen=True)
class Figure:
    """What was measured. Its bar is `most` of the unit, or `most_times` the baseline, or none."""

    name: str
    measured: float
    baseline: float
    unit: str
    most: float | None = None
    most_times: float | None = None

    @property
    def ratio(self) -> float:
        """How many times the baseline it is."""
        return self.measured / self.baseline if self.baseline else float("inf")

    @property
    def result(self) -> str:
        """Met, missed, or nothing where there is no bar."""
        if self.most is None and self.most_times is None:
            return ""
        missed = self.most is not None and self.measured > self.most
        missed |= self.most_times is not None and self.ratio > self.most_times
        return "missed" if missed else "met"

    @property
    def bar(self) -> str:
        """The bar in words."""
        if self.most_times is not None:
            return f"<= {self.most_times:g} times"
        return "" if self.most is None else f"<= {self.most:g} {self.unit}"

    def __str__(self) -> str:
        figures = [f"{figure:.3g} {self.unit}" for figure in (self.measured, self.baseline)]
        return (
            f"{self.name:<42} {figures[0]:>10} {figures[1]:>10} {self.ratio:>7.2f}"
            f"  {self.bar:<12} {self.result}"
        )


def p95(values: Sequence[float]) -> float:
    """The value that one in twenty exceeds."""
    return quantiles(values, n=20)[-1]
