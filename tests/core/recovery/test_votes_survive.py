"""Votes on blind pairs outlive the history: beside it, in a backup with later ones, and broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.domain.comparisons import Choice
from core.generations import Generation
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, OpenStudio, Settle
from tests.core.recovery.test_rebuild import SEA, look_after, lose
from tests.core.recovery.test_reviews_survive import lead

pytestmark = pytest.mark.slow


def made(studio: Studio, settle: Settle, keys: str) -> list[Generation]:
    return [settle(studio, studio.compose.submit(SEA, key)[0]) for key in keys]


def told(studio: Studio) -> list[tuple[str, tuple[str, ...], str | None]]:
    """Who voted on which two, by their keys, and who won."""
    comparison = studio.comparisons.get(1)
    assert comparison
    keys = {n: studio.generations.get(n).idempotency_key for n in comparison.generation_ids}
    return sorted(
        (
            vote.person,
            tuple(sorted((keys[vote.first], keys[vote.second]))),
            keys.get(vote.winner or 0),
        )
        for vote in studio.comparisons.votes(comparison)
    )


def vote(studio: Studio, number: int, choice: Choice, by: str) -> None:
    comparison = studio.comparisons.get(1)
    assert comparison
    studio.comparisons.vote(comparison, number, choice, by=by)


def break_history(settings: Settings) -> None:
    settings.data_dir.joinpath("history.db").write_bytes(b"no history at all" * 300)
    for part in ("-wal", "-shm"):
        settings.data_dir.joinpath(f"history.db{part}").unlink(missing_ok=True)


def test_they_come_back_with_who_meets_whom_when_the_database_is_lost(
    open_studio: OpenStudio, settings: Settings, settle: Settle
) -> None:
    studio = open_studio(settings)
    comparison = studio.comparisons.open([g.id for g in made(studio, settle, "abc")], by="Ann")
    vote(studio, 0, Choice.LEFT, "Ann")
    vote(studio, 1, Choice.EQUAL, "Ann")
    vote(studio, 2, Choice.RIGHT, "Bob")
    lead(studio)
    before = told(studio)
    studio.close()
    lose(settings)
    settings.data_dir.joinpath("comparisons", "0123456789abcdef.json").write_bytes(b"{")

    again = open_studio(settings)
    look_after(again)
    assert len(before) == 3
    assert told(again) == before
    found = again.comparisons.get(1)
    assert found
    assert (found.seed, found.created_by) == (comparison.seed, "Ann")
    assert again.comparisons.progress(found, by="Ann").done == 2


def test_a_rescue_from_a_backup_has_the_votes_since_and_the_last_of_each_person(
    open_studio: OpenStudio, settings: Settings, settle: Settle, clock: Clock
) -> None:
    studio = open_studio(settings)
    studio.comparisons.open([g.id for g in made(studio, settle, "ab")], by="Ann")
    vote(studio, 0, Choice.LEFT, "Ann")
    lead(studio)
    studio.maintenance.make()
    clock.advance(60)
    vote(studio, 0, Choice.EQUAL, "Ann")
    vote(studio, 0, Choice.LEFT, "Bob")
    studio.maintenance.step()
    before = told(studio)
    studio.close()
    break_history(settings)

    again = open_studio(settings)
    assert again.maintenance.rescue
    assert again.maintenance.rescue.backup
    assert [who for who, _, winner in before if winner is None] == ["Ann"]
    assert told(again) == before


def test_a_file_is_written_for_a_vote_and_not_without_one(
    open_studio: OpenStudio, settings: Settings, settle: Settle, clock: Clock
) -> None:
    studio = open_studio(settings)
    opened = studio.comparisons.open([g.id for g in made(studio, settle, "ab")], by="Ann")
    lead(studio)
    path: Path = settings.data_dir / "comparisons" / f"{opened.seed}.json"
    before = path.stat().st_ino
    studio.maintenance.step()
    assert path.stat().st_ino == before
    for choice in (Choice.LEFT, Choice.RIGHT):
        clock.advance(1)
        vote(studio, 0, choice, "Ann")
        studio.maintenance.step()
        assert path.stat().st_ino != before
        before = path.stat().st_ino
