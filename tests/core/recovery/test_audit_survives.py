"""Who did what is known when the history is lost, or goes back to an older one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NoReturn

import pytest

from core.domain.audit import Act, Entry
from core.domain.people import LOCAL
from core.recovery.beside.audit_log import NAME, AuditLog
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, OpenStudio
from tests.core.recovery.test_rebuild import look_after, lose
from tests.core.recovery.test_reviews_survive import lead
from tests.core.recovery.test_votes_survive import break_history


def enter(studio: Studio, clock: Clock, *about: str) -> None:
    for one in about:
        studio.audit.enter(LOCAL, "Ann", Act.CAP, one)
        clock.advance(60)


def entries(studio: Studio) -> list[Entry]:
    return studio.audit.entries(100)[0]


def written(path: Path) -> list[str]:
    """What each line is about; each can be read."""
    return [json.loads(line)["about"] for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_a_lost_history_is_rebuilt_with_it_and_goes_on_with_it(
    open_studio: OpenStudio, settings: Settings, clock: Clock
) -> None:
    studio = open_studio(settings)
    lead(studio)
    enter(studio, clock, "500 a day", "=1+1, “a line\nof two”")
    studio.maintenance.step()
    enter(studio, clock, "700 a day")
    studio.maintenance.step()
    before = entries(studio)
    studio.close()
    lose(settings)
    path = settings.data_dir / "audit.jsonl"
    with path.open("ab") as file:
        file.write(b'{"uid": "half a li')  # a server was killed there

    again = open_studio(settings)
    look_after(again)
    assert len(before) == 3
    assert entries(again) == before
    enter(again, clock, "900 a day")
    again.maintenance.step()
    assert written(path) == [one.about for one in reversed(entries(again))]
    assert written(path)[-1] == "900 a day"


def test_what_was_written_when_a_write_fails_is_not_written_twice(
    studio: Studio, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_file: int) -> NoReturn:
        raise OSError("the disk is full")

    log = AuditLog(studio._file, tmp_path)
    enter(studio, clock, "500 a day")
    log.follow()
    enter(studio, clock, "700 a day")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="full"):
            log.follow()
    enter(studio, clock, "900 a day")
    log.follow()
    assert written(tmp_path / NAME) == ["500 a day", "700 a day", "900 a day"]


def test_a_rescue_from_a_backup_has_what_was_entered_since(
    open_studio: OpenStudio, settings: Settings, clock: Clock
) -> None:
    studio = open_studio(settings)
    lead(studio)
    enter(studio, clock, "500 a day")
    studio.maintenance.make()
    enter(studio, clock, "700 a day")
    studio.maintenance.step()
    before = entries(studio)
    studio.close()
    break_history(settings)

    again = open_studio(settings)
    assert again.maintenance.rescue
    assert again.maintenance.rescue.backup
    assert entries(again) == before


def test_an_older_history_that_is_restored_has_what_was_entered_since(
    open_studio: OpenStudio, settings: Settings, clock: Clock
) -> None:
    studio = open_studio(settings)
    lead(studio)
    enter(studio, clock, "500 a day")
    backup = studio.maintenance.make()
    enter(studio, clock, "700 a day")
    studio.maintenance.restore(backup.name)
    assert [one.about for one in entries(studio) if one.act is Act.CAP] == [
        "700 a day",
        "500 a day",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("broken", [b"no line of ours\n", b'{"uid": "x"}\n', b"\xff\n\n"])
def test_a_line_that_cannot_be_read_hides_no_other(
    open_studio: OpenStudio, settings: Settings, clock: Clock, broken: bytes
) -> None:
    studio = open_studio(settings)
    lead(studio)
    enter(studio, clock, "500 a day", "700 a day")
    studio.maintenance.step()
    before = entries(studio)
    studio.close()
    lose(settings)
    path = settings.data_dir / "audit.jsonl"
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + broken + second)

    again = open_studio(settings)
    look_after(again)
    assert entries(again) == before
