"""The short form of every benchmark: it runs and prints figures. No figure is judged here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.__main__ import BENCHMARKS, RULE
from tests.programs import Programs, each, programs

IN_A_BROWSER = {"first_visit", "players"}


def is_last(name: str, line: str) -> bool:
    return line.startswith(f"  {name}: load ")


@pytest.fixture(scope="module")
def benchmarks(request: pytest.FixtureRequest) -> Iterator[Programs]:
    with programs("tests.benchmarks", request, is_last) as begun:
        yield begun


@pytest.mark.parametrize("name", each(BENCHMARKS, IN_A_BROWSER))
def test_every_benchmark_prints_its_figures(benchmarks: Programs, name: str) -> None:
    printed = benchmarks.printed(name)
    print(printed)
    figures = printed.split(RULE)[-1].strip().splitlines()
    assert len(figures) > 1
