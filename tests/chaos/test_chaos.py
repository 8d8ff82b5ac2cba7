"""The short form of every program: what it promises holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.chaos.__main__ import PROGRAMS
from tests.programs import Programs, each, programs

IN_A_BROWSER = {"attack", "double_clicks", "leaks"}
LAST = re.compile(r"  \(\d+ s, load [\d.]+; (\d+) broken\)\n")


def is_last(_name: str, line: str) -> bool:
    return LAST.fullmatch(line) is not None


@pytest.fixture(scope="module")
def chaos(request: pytest.FixtureRequest) -> Iterator[Programs]:
    with programs("tests.chaos", request, is_last) as begun:
        yield begun


@pytest.mark.parametrize("name", each(PROGRAMS, IN_A_BROWSER))
def test_every_promise_is_kept(chaos: Programs, name: str) -> None:
    printed = chaos.printed(name)
    print(printed)
    last = LAST.search(printed)
    assert last, printed
    assert last.group(1) == "0", printed
