"""The short form of every program: what it promises holds."""

from __future__ import annotations

import pytest

from tests.chaos.__main__ import PROGRAMS
from tests.chaos.figures import Promise


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_promise_is_kept(name: str) -> None:
    figures = list(PROGRAMS[name](True))
    print(*figures, sep="\n")
    promises = [figure for figure in figures if isinstance(figure, Promise)]
    assert promises
    assert [str(promise) for promise in promises if not promise.kept] == []
