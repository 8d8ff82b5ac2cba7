"""What people said of generations outlives the history: in manifests, in backups, in a rescue."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.domain.caps import EVERYONE, Period
from core.domain.feedback import Feedback
from core.domain.reviews import Record, Span
from core.domain.shares import NewShare, Terms
from core.generations import Generation, Request, Review
from core.recovery.beside import manifests
from core.settings import Settings
from core.storage.desk.review_records import ReviewRecords
from core.storage.history import Filter, Order
from core.studio import Studio
from tests.conftest import Clock, OpenStudio, Settle
from tests.core.recovery.test_rebuild import SEA, look_after, lose


def said(studio: Studio, generation: Generation) -> Record:
    """All of it but the numbers, which are given anew."""
    found = ReviewRecords(studio._file).of(generation.id)
    return replace(
        found,
        project=replace(found.project, id=0) if found.project else None,
        decisions=tuple(replace(one, id=0, action=0) for one in found.decisions),
    )


def decide(studio: Studio, *generations: Generation) -> None:
    ids = [one.id for one in generations]
    studio.projects.file(ids, studio.projects.named("Seas", by="Ann").id, by="Ann")
    studio.projects.file(ids, studio.projects.named("Whale", by="Ann").id, by="Ann")
    studio.reviews.rate(ids, 4, by="Ann")
    studio.reviews.rate(ids, 1, by="Bob")
    studio.reviews.tag(ids, "Hero", by="Bob")
    studio.reviews.set_state(ids, Review.APPROVED, by="Ann")
    for number in ids:
        studio.reviews.write(number, "Too dark 🌊", by="Ann", span=Span(1.5, 2.25))
        note = studio.reviews.notes(number)[-1]
        studio.reviews.write(number, "Fixed", by="Bob", answers=note.id)
        studio.reviews.edit(note.id, "Far too dark", by="Ann")
        studio.reviews.resolve(note.id, by="Bob")
    studio.trash.put(ids[1:], by="Bob")


def lead(studio: Studio) -> None:
    assert studio.tracker.is_leader or studio.tracker._leader.take()
    studio.maintenance.step()


@pytest.mark.slow
def test_everything_that_was_said_comes_back_when_the_database_is_lost(
    open_studio: OpenStudio, settings: Settings, settle: Settle, clock: Clock
) -> None:
    studio = open_studio(settings)
    made = [settle(studio, studio.compose.submit(SEA, key, author="Ann")[0]) for key in "ab"]
    decide(studio, *made)
    studio.projects.set_name(studio.projects.named("Seas", by="Ann").id, "Oceans", by="Ann")
    studio.views.save("Best", "stars:>4", by="Ann")
    lead(studio)
    clock.advance(60)
    before = [said(studio, one) for one in made]
    studio.close()
    lose(settings)

    again = open_studio(settings)
    look_after(again)
    assert [said(again, one) for one in made] == before
    kept, trashed = (again.generations.get(one.id) for one in made)
    assert (kept.author, kept.review, kept.stars, kept.raters) == ("Ann", "approved", 250, 2)
    assert trashed.trashed_by == "Bob"
    assert again.reviews.tag_counts() == {"Hero": 1}
    assert [(one.name, one.generations) for one in again.projects.all()] == [
        ("Oceans", 0),
        ("Whale", 1),
    ]
    assert again.history.complaints("project:seas") == []
    assert [view.query for view in again.views.seen_by("Ann")] == ["stars:>4"]
    assert again.trash.restore([trashed.id], by="Ann").changed


@pytest.mark.slow
def test_what_guests_said_comes_back_when_the_database_is_lost(
    open_studio: OpenStudio, settings: Settings, settle: Settle, clock: Clock
) -> None:
    studio = open_studio(settings)
    made, other = (settle(studio, studio.compose.submit(SEA, key)[0]) for key in "ab")
    both = Terms(takes_ratings=True, takes_notes=True)
    share = studio.shares.make(NewShare("Takes", "Ann", both), [made.id, other.id])
    of = {clip.generation.id: clip for clip in studio.shares.page(share, 1, 9).clips}
    studio.reviews.rate([made.id], 2, by="Bea")
    for one, said_of in ((made, Feedback("Bea", 5, "An albatross")), (other, Feedback("Bea", 4))):
        studio.guests.leave(share, of[one.id], "bea", said_of, "192.0.2.1")
    note = studio.reviews.notes(made.id)[0]
    studio.reviews.write(made.id, "A gull", by="Ann", answers=note.id)
    lead(studio)
    clock.advance(60)
    before = said(studio, made), said(studio, other)
    studio.close()
    lose(settings)

    again = open_studio(settings)
    look_after(again)
    assert (said(again, made), said(again, other)) == before
    assert before[0].guests == before[1].guests != ()
    kept = again.generations.get(made.id)
    assert (kept.stars, kept.raters, kept.guest_stars, kept.guest_raters) == (200, 1, 500, 1)
    searches = [Filter(search=text) for text in ("albatross", "guests:5", "stars:2")]
    assert [again.history.numbers(one, Order.NEWEST) for one in searches] == [[made.id]] * 3
    assert [one.text for one in again.guests.notes(share)] == ["An albatross"]


@pytest.mark.slow
def test_a_rescue_from_a_backup_has_what_was_said_since(
    open_studio: OpenStudio, settings: Settings, settle: Settle, clock: Clock
) -> None:
    studio = open_studio(settings)
    made = [settle(studio, studio.compose.submit(SEA, key)[0]) for key in "ab"]
    studio.reviews.rate([made[0].id], 2, by="Cleo")
    lead(studio)
    studio.maintenance.make()
    clock.advance(60)
    studio.reviews.write(made[0].id, "Softer", by="Ann")
    decide(studio, made[1], made[0])
    studio.maintenance.step()
    before = [said(studio, one) for one in made]
    studio.close()
    settings.data_dir.joinpath("history.db").write_bytes(b"no history at all" * 300)
    for part in ("-wal", "-shm"):
        settings.data_dir.joinpath(f"history.db{part}").unlink(missing_ok=True)

    again = open_studio(settings)
    assert again.maintenance.rescue
    assert again.maintenance.rescue.backup
    assert [said(again, one) for one in made] == before
    assert again.generations.get(made[0].id).trashed_by == "Bob"


@pytest.mark.slow
def test_a_restored_backup_has_what_was_said_until_then_and_of_newer_ones_all(
    open_studio: OpenStudio, settings: Settings, settle: Settle, clock: Clock
) -> None:
    studio = open_studio(settings)
    old = settle(studio, studio.compose.submit(SEA, "a")[0])
    decide(studio, old)
    lead(studio)
    until_then = said(studio, old)
    backup = studio.maintenance.make()
    clock.advance(60)
    new = settle(studio, studio.compose.submit(SEA, "b")[0])
    studio.trash.put([old.id], by="Bob")
    decide(studio, new)
    of_new = said(studio, new)
    studio.maintenance.restore(backup.name)
    assert said(studio, old) == until_then
    assert said(studio, new) == of_new


def test_manifests_follow_decisions_on_many_over_several_steps(
    studio: Studio, text_request: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.storage.desk.review_records.AT_ONCE", 2)
    made = [studio.compose.submit(text_request, str(n))[0] for n in range(3)]
    studio.reviews.tag([one.id for one in made], "sea", by="Ann")
    studio._store.follow()
    written = [manifests.reviews(studio.media.manifest(one).read_bytes()).tags for one in made]
    assert [len(tags) for tags in written] == [1, 1, 0]
    studio._store.follow()
    last = manifests.reviews(studio.media.manifest(made[2]).read_bytes())
    assert [tag.name for tag in last.tags] == ["sea"]


def test_marks_on_many_reach_their_manifests_through_whichever_server_was_asked(
    studio: Studio, open_studio: OpenStudio, settings: Settings, text_request: Request
) -> None:
    made = [studio.compose.submit(text_request, str(n))[0] for n in range(3)]
    lead(studio)
    other = open_studio(settings)

    def marked() -> list[bool]:
        read = (manifests.read(studio.media.manifest(one).read_bytes()) for one in made)
        return [one.favourite for one in read]

    studio.generations.favour([made[0].id], True)
    other.generations.favour([one.id for one in made[:2]], True)
    assert marked() == [False, False, False], "a click waits for none"
    other.maintenance.step()
    assert not other.tracker.is_leader
    assert marked() == [False, True, False]
    studio.maintenance.step()
    assert marked() == [True, True, False]
    assert not other._store._waiting


def test_a_mark_that_the_disk_has_refused_reaches_its_manifest_later(
    studio: Studio, text_request: Request
) -> None:
    made, _ = studio.compose.submit(text_request, "a")
    folder = studio.media.manifest(made).parent
    away = folder.rename(folder.with_name("away"))
    folder.touch()
    studio.generations.favour([made.id], True)
    studio.maintenance.step()
    folder.unlink()
    away.rename(folder)
    studio.maintenance.step()
    assert manifests.read(studio.media.manifest(made).read_bytes()).favourite


def test_a_manifest_of_an_older_release_says_nothing() -> None:
    assert manifests.reviews(b"{}") == Record()
    assert manifests.reviews(b'{"reviews": {"ratings": [{"stars": 9}]}}') == Record()


def test_a_manifest_whose_guest_could_be_one_of_the_team_says_nothing() -> None:
    rating = {"person": "Ann", "stars": 5, "at": "2026-01-01T00:00:00Z", "guest": "ann"}
    content = json.dumps({"reviews": {"ratings": [rating]}}).encode()
    assert manifests.reviews(content) == Record()
    assert manifests.reviews(content.replace(b'"ann"', b'"GUEST-1"')) != Record()


@pytest.mark.slow
@pytest.mark.parametrize("desk", ["kept", "lost"])
def test_a_rescue_opens_no_link_again_that_was_revoked_or_may_have_been(
    open_studio: OpenStudio, settings: Settings, settle: Settle, desk: str
) -> None:
    studio = open_studio(settings)
    made = settle(studio, studio.compose.submit(SEA, "a")[0])
    revoked, stays = (
        studio.shares.make(NewShare(title, "Ann"), [made.id]) for title in ("Revoked", "Stays")
    )
    tokens = [studio.shares.token(one) or "" for one in (revoked, stays)]
    lead(studio)
    studio.maintenance.make()
    studio.shares.revoke(revoked.id)
    studio.close()
    settings.data_dir.joinpath("history.db").write_bytes(b"no history at all" * 300)
    for part in ("-wal", "-shm"):
        settings.data_dir.joinpath(f"history.db{part}").unlink(missing_ok=True)
    if desk == "lost":
        settings.data_dir.joinpath("desk.json").unlink()

    again = open_studio(settings)
    assert again.maintenance.rescue
    assert again.maintenance.rescue.backup
    opened = [again.shares.open(token) is not None for token in tokens]
    assert opened == [False, desk == "kept"]


@pytest.mark.slow
def test_an_older_copy_put_in_the_place_of_the_history_opens_no_revoked_link(
    open_studio: OpenStudio, settings: Settings, settle: Settle
) -> None:
    studio = open_studio(settings)
    made = settle(studio, studio.compose.submit(SEA, "a")[0])
    share = studio.shares.make(NewShare("Takes", "Ann"), [made.id])
    token = studio.shares.token(share) or ""
    copy = settings.data_dir / "copy.db"
    studio._file.copy(copy)
    studio.shares.revoke(share.id)
    studio.close()
    for part in ("-wal", "-shm"):
        settings.data_dir.joinpath(f"history.db{part}").unlink(missing_ok=True)
    copy.replace(settings.data_dir / "history.db")

    again = open_studio(settings)
    look_after(again)
    assert again.shares.open(token) is None


def test_caps_outlive_the_history(
    open_studio: OpenStudio, settings: Settings, text_request: Request
) -> None:
    studio = open_studio(settings)
    gone = studio.caps.set(EVERYONE, Period.DAY, 5, by="Nora")
    studio.caps.end(gone.id, by="Nora")
    studio.caps.set(EVERYONE, Period.MONTH, 10, by="Nora")
    studio.close()
    for part in settings.data_dir.glob("history.db*"):
        part.unlink()
    again = open_studio(settings)
    lead(again)
    assert [one.cap.credits for one in again.caps.standings()] == [10]
    assert [cap.id for cap in again.caps.past()] == [gone.id]
    assert again.compose.problems(text_request)


def test_a_backup_that_does_not_know_a_cap_does_not_lift_it(studio: Studio) -> None:
    lead(studio)
    old = studio.caps.set(EVERYONE, Period.DAY, 5, by="Nora")
    backup = studio.maintenance.make()
    studio.caps.end(old.id, by="Nora")
    new = studio.caps.set(EVERYONE, Period.MONTH, 10, by="Nora")
    studio.maintenance.restore(backup.name)
    assert [one.cap.id for one in studio.caps.standings()] == [new.id]
