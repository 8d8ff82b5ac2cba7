"""What a killed server has left of an action on many: the History offers to undo or to keep it."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import ROOT
from core.studio import Studio
from pages.ui.access import person
from tests.conftest import NOON, Clock
from tests.histories import HOSTILE
from tests.pages.conftest import TEXT_SINKS, Add, Visit, button, sinks

ACTION = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from core.domain.reviews import YES, What
from core.storage.database import HistoryFile
from core.storage.desk.decisions import Decisions
from core.storage.pace import Pace

def kill(done, total):
    os.kill(os.getpid(), signal.SIGKILL)

path, at, name, *numbers = sys.argv[1:]
now, ids = datetime.fromisoformat(at), [int(number) for number in numbers]
decisions = Decisions(HistoryFile(Path(path)), Pace(2, 0), lambda: now)
decisions.change(ids, What.TAG, name, YES, person="Ann", now=now, progress=kill)
"""
NAME = HOSTILE[:60].strip()


@pytest.fixture
def page(studio: Studio, visit: Visit, add: Add, clock: Clock) -> AppTest:
    """The History, a minute after a server was killed that had tagged two clips of three."""
    ids = [str(add().id) for _ in range(3)]
    command = [
        sys.executable,
        "-c",
        ACTION,
        str(studio.settings.data_dir / "history.db"),
        NOON.isoformat(),
    ]
    killed = subprocess.run([*command, NAME, *ids], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert "cut off" not in said_of(visit("history"))
    clock.advance(60)
    page = visit("history")
    page.session_state[person.NAME] = "Bob"
    return page.run()


def said_of(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(text.value for text in page.text)


def test_it_says_who_did_what_to_how_many(studio: Studio, page: AppTest) -> None:
    assert "An action was cut off after 2 of 3 clips: Ann tagged it" in said_of(page)
    assert sinks(page) <= TEXT_SINKS
    assert studio.reviews.tag_counts() == {NAME: 2}


def test_undo_takes_back_what_was_done(studio: Studio, page: AppTest) -> None:
    button(page, "Undo").click().run()
    assert studio.reviews.tag_counts() == {}
    assert "cut off" not in said_of(page)


def test_what_somebody_has_changed_since_is_named(studio: Studio, page: AppTest) -> None:
    (number, _) = [one.id for one in studio.history.these([1, 2])]
    studio.reviews.untag([number], NAME, by="Cleo")
    button(page, "Undo").click().run()
    assert studio.reviews.tag_counts() == {}
    assert f"Not done for #{number}" in " ".join(one.value for one in page.caption)


def test_keep_leaves_it_as_it_is(studio: Studio, page: AppTest) -> None:
    button(page, "Keep").click().run()
    assert studio.reviews.tag_counts() == {NAME: 2}
    assert "cut off" not in said_of(page)
