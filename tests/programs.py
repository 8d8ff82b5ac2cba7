"""Programs that print what they have found, one after the other in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from _pytest.mark import ParameterSet

from core.settings import ROOT
from tests import chromium

PATIENCE = 60  # seconds, for a process to end that is told to


def each(names: Iterable[str], in_a_browser: Collection[str]) -> list[ParameterSet]:
    """The names, to be parameters; without Chromium those that need it are skipped."""
    skips = [pytest.mark.skip(reason=chromium.MISSING)] if chromium.may_be_skipped() else []
    return [pytest.param(name, marks=skips if name in in_a_browser else ()) for name in names]


@contextmanager
def programs(
    module: str, request: pytest.FixtureRequest, is_last: Callable[[str, str], bool]
) -> Iterator[Programs]:
    """Those that are the parameters of this file's tests; ended when nobody reads them."""
    names = [
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path
        if not item.get_closest_marker("skip")
    ]
    begun = Programs(module, names, is_last)
    yield begun
    begun.end()


@dataclass
class Programs:
    """`python -m MODULE --short NAME …`, for all names at once: what they need is imported once,
    and Playwright allows one browser driver a process, which may be that of the browser tests."""

    module: str
    names: list[str]
    """Those that are still to be read, in their order."""
    is_last: Callable[[str, str], bool]
    """Of a name and a line: whether the program prints nothing after it."""
    process: subprocess.Popen[str] | None = None

    def printed(self, name: str) -> str:
        """Wait until that program has ended; what it has printed.

        Raises AssertionError when the process ends before.
        """
        if self.names[:1] != [name]:  # one that is run once more
            with self._begun([name]) as alone:
                return self._read(alone, name)
        if self.process is None:
            self.process = self._begun(self.names)
        self.names.pop(0)
        try:
            return self._read(self.process, name)
        except AssertionError:
            self.process = None  # the others are begun anew
            raise

    def end(self) -> None:
        """Let go of those that nobody reads."""
        if self.process:
            self.process.terminate()
            self.process.communicate(timeout=PATIENCE)

    def _begun(self, names: Sequence[str]) -> subprocess.Popen[str]:
        command = [sys.executable, "-um", self.module, "--short", *names]
        return subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def _read(self, process: subprocess.Popen[str], name: str) -> str:
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if self.is_last(name, line):
                return "".join(lines)
        process.stdout.close()
        raise AssertionError("".join(lines) + f"ended with {process.wait(PATIENCE)}")
