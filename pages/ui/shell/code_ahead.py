"""What the first page needs of Python, loaded at the start of the server: its first visitor would
wait for it."""

from __future__ import annotations

import ast
import inspect
import threading

from core.settings import ROOT

SCRIPTS = ("shell.py", "create.py")


def begin() -> None:
    threading.Thread(target=load, name="ahead", daemon=True).start()


def load() -> None:
    for script in SCRIPTS:
        tree = ast.parse((ROOT / "pages" / script).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                __import__(node.module, fromlist=[one.name for one in node.names])
    # Streamlit asks for it with its first element, to see whether a script or a console draws.
    # Where each module lies, which takes longest to find, is kept.
    inspect.stack()
