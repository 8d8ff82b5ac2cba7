"""The short form of every program: what it promises holds."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.chaos.__main__ import PROGRAMS
from tests.chaos.figures import Promise

IN_A_BROWSER = {"double_clicks", "leaks"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_promise_is_kept(name: str) -> None:
    missing = not (shutil.which("chromium") or shutil.which("chromium-browser"))
    if name in IN_A_BROWSER and missing and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    figures = list(PROGRAMS[name](True))
    print(*figures, sep="\n")
    promises = [figure for figure in figures if isinstance(figure, Promise)]
    assert promises
    assert [str(promise) for promise in promises if not promise.kept] == []
