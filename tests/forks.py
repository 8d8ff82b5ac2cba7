"""Processes that begin as copies of one that has imported all that a server needs.

A server takes three seconds of a processor to import what it runs, and a copy takes none.
"""

from __future__ import annotations

import ast
import multiprocessing
from collections.abc import Iterator

from core.settings import ROOT


def _imported_by_the_app() -> Iterator[str]:
    for node in ast.parse((ROOT / "app.py").read_text()).body:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            if node.module.startswith(("core", "pages")):  # a module of a package, or else a name
                yield from (f"{node.module}.{name.name}" for name in node.names)


FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    [
        "pytest",
        "streamlit.web.cli",
        "streamlit.web.bootstrap",
        "altair",
        *_imported_by_the_app(),
        "tests.chaos.servers",
        "tests.chaos.killed.resends",
        "core.api.application",
        "av",
        "PIL.JpegImagePlugin",
    ]
)
