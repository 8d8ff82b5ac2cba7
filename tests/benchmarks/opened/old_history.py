"""`python -m tests.benchmarks.opened.old_history run app.py …`: Dailies with the History as it was,
with its grid, its panels always filled, and blind to what others add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

from streamlit.web import cli

from core.generations import Generation
from core.studio import Studio
from pages.ui.history import fresh, gallery, unfolding
from tests.benchmarks.opened import old_grid


def show(studio: Studio, shown: Sequence[Generation], *_view: Any, **_look: Any) -> None:
    """In the place of the gallery."""
    old_grid.posters(studio, shown)


def watch(*_all: Any) -> None:
    """Nothing."""


def main() -> None:
    """Streamlit, in this process, where its modules are these."""
    with (
        patch.object(gallery, "show", show),
        patch.object(unfolding, "panel", old_grid.panel),
        patch.object(fresh, "watch", watch),
    ):
        cli.main()


if __name__ == "__main__":
    main()
