"""Guests of links: what they say is a review like any other, and theirs is nobody else's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from core.domain.feedback import Feedback
from core.domain.reviews import What
from core.domain.shares import NewShare, Share, Terms
from core.errors import InvalidReview
from core.generations import Generation, Request
from core.storage.database import HistoryFile, stamp
from core.storage.desk.review_records import ReviewRecords
from core.storage.history import Filter, History, Order
from core.storage.migrations import migrations
from core.storage.store import Store
from core.studio import Studio
from core.text.names import guest_key, key
from tests.conftest import NOON, Clock, step
from tests.histories import add_to

BOTH = Terms(takes_ratings=True, takes_notes=True)
BEA, NAMESAKE = "b" * 32, "c" * 32


@pytest.fixture
def clips(studio: Studio, text_request: Request) -> list[Generation]:
    return [add_to(studio, text_request) for _ in range(2)]


@pytest.fixture
def share(studio: Studio, clips: list[Generation]) -> Share:
    return studio.shares.make(NewShare("Takes", "Ann", BOTH), [clip.id for clip in clips])


def leave(
    studio: Studio, share: Share, place: int, stars: int = 0, note: str = "", *, guest: str = "bea"
) -> None:
    clip = studio.shares.clip(share, place)
    assert clip
    given = Feedback(guest.capitalize(), stars, note)
    studio.guests.leave(share, clip, guest, given, "192.0.2.1")


def found(studio: Studio, search: str) -> list[int]:
    return studio.history.numbers(Filter(search=search), Order.OLDEST)


def means(studio: Studio, number: int) -> tuple[int | None, int, int | None, int]:
    made = studio.generations.get(number)
    return made.stars, made.raters, made.guest_stars, made.guest_raters


# -- counted and found ----------------------------------------------------------------------------


def test_the_mean_of_guests_is_kept_apart_from_the_teams(
    studio: Studio, share: Share, clips: list[Generation]
) -> None:
    first, second = (clip.id for clip in clips)
    studio.reviews.rate([first], 2, by="Bea")
    leave(studio, share, 1, stars=5)
    leave(studio, share, 1, stars=4, guest="cleo")
    leave(studio, share, 2, stars=1)
    assert means(studio, first) == (200, 1, 450, 2)
    assert means(studio, second) == (None, 0, 100, 1)
    leave(studio, share, 1, stars=3)
    assert means(studio, first) == (200, 1, 350, 2)
    assert [(one.person, bool(one.guest)) for one in studio.reviews.ratings(first)].count(
        ("Bea", True)
    ) == 1


def test_a_search_finds_stars_of_guests_and_words_of_theirs_as_soon_as_they_are_left(
    studio: Studio, share: Share, clips: list[Generation]
) -> None:
    first, second = (clip.id for clip in clips)
    studio.reviews.rate([second], 5, by="Ann")
    assert found(studio, "guests:>0") == found(studio, "albatross") == []
    leave(studio, share, 1, stars=3)
    leave(studio, share, 2, note="Where is the albatross?")
    assert (found(studio, "guests:3"), found(studio, "guests:>3")) == ([first], [])
    leave(studio, share, 1, stars=5)
    assert (found(studio, "guests:3"), found(studio, "guests:>3")) == ([], [first])
    assert found(studio, "stars:>1") == found(studio, "is:rated") == [second]
    assert found(studio, "albatross") == [second]


def test_stars_of_a_guest_leave_the_clip_unrated_for_one_of_the_team_with_that_name(
    studio: Studio, share: Share, clips: list[Generation]
) -> None:
    leave(studio, share, 1, stars=5)
    assert studio.history.unrated(Filter(), Order.OLDEST, key("Bea"), 9)[1] == 2


# -- whose it is ----------------------------------------------------------------------------------


def test_nobody_of_the_team_changes_or_undoes_what_a_guest_of_their_name_said(
    studio: Studio, share: Share, clips: list[Generation]
) -> None:
    number = clips[0].id
    leave(studio, share, 1, stars=5, note="Softer")
    (note,) = studio.reviews.notes(number)
    with pytest.raises(InvalidReview, match=r"Only Bea \(guest\) can change"):
        studio.reviews.edit(note.id, "Louder", by="Bea")
    stars, noted = studio.reviews.decisions(number)
    assert (stars.what, noted.what, stars.action) == (What.STARS, What.NOTE, noted.action)
    assert not studio.reviews.undo(noted.action, by="Bea").changed
    studio.reviews.rate([number], 0, by="Bea")
    for name in (stars.guest, stars.guest.lower(), f" {stars.guest} "):
        studio.reviews.rate([number], 1, by=name)
        studio.reviews.rate([number], 0, by=name)
    assert means(studio, number) == (None, 0, 500, 1)
    assert [one.text for one in studio.reviews.notes(number)] == ["Softer"]


def test_the_team_answers_and_resolves_a_guests_note_and_no_guest_sees_it(
    studio: Studio, share: Share, clips: list[Generation]
) -> None:
    number = clips[0].id
    studio.reviews.write(number, "They will not like it", by="Ann")
    leave(studio, share, 1, note="Softer")
    note = next(one for one in studio.reviews.notes(number) if one.guest)
    studio.reviews.write(number, "Told you", by="Ann", answers=note.id)
    studio.reviews.resolve(note.id, by="Ann")
    assert [one.text for one in studio.guests.notes(share)] == ["Softer"]
    other = studio.shares.make(NewShare("Others", "Ann", BOTH), [number])
    assert studio.guests.notes(other) == []
    assert studio.guests.stars(other, "bea") == {}


def test_the_team_takes_a_guests_note_down_and_can_bring_it_back(
    studio: Studio, share: Share, clips: list[Generation]
) -> None:
    number = clips[0].id
    leave(studio, share, 1, note="Buy watches")
    (note,) = studio.reviews.notes(number)
    taken = studio.reviews.delete(note.id, by="Ann")
    assert studio.reviews.notes(number) == studio.guests.notes(share) == []
    assert found(studio, "watches") == []
    assert taken.action
    studio.reviews.undo(taken.action, by="Ann")
    assert [one.text for one in studio.guests.notes(share)] == ["Buy watches"]


def test_what_was_said_stays_when_the_link_is_taken_back(
    studio: Studio, share: Share, clips: list[Generation]
) -> None:
    leave(studio, share, 1, stars=4, note="Softer")
    studio.shares.revoke(share.id)
    assert means(studio, clips[0].id) == (None, 0, 400, 1)
    assert found(studio, "softer") == found(studio, "guests:4") == [clips[0].id]


def test_a_restored_backup_keeps_what_guests_said_since_once(
    studio: Studio, share: Share, clips: list[Generation], clock: Clock
) -> None:
    number = clips[0].id
    step(studio, clock)  # it leads now
    leave(studio, share, 1, stars=2, note="Before")
    backup = studio.maintenance.make()
    clock.advance(60)
    leave(studio, share, 1, stars=5, note="Since")
    leave(studio, share, 2, stars=3, guest="cleo")
    before = [ReviewRecords(studio._file).of(clip.id) for clip in clips]
    studio.maintenance.restore(backup.name)
    after = [ReviewRecords(studio._file).of(clip.id) for clip in clips]
    assert [(one.ratings, one.notes, one.guests) for one in after] == [
        (one.ratings, one.notes, one.guests) for one in before
    ]
    assert [[d.after for d in one.decisions] for one in after] == [
        [d.after for d in one.decisions] for one in before
    ]
    assert means(studio, number) == (None, 0, 500, 1)
    assert [one.text for one in studio.guests.notes(share)] == ["Before", "Since"]
    assert studio.guests.nickname(share, "cleo") == "Cleo"


# -- an older history -----------------------------------------------------------------------------


def older(path: Path) -> list[str]:
    """A history of the release before, with rows of guests; the hashes of its links."""
    database = Database(path)
    migrations.apply(database, stop_before="m024_guests")
    generation = dict.fromkeys(("fingerprint", "kind", "prompt"), "") | {
        "status": "failed",
        "endpoint": "text_to_video",
        "model": "gen4.5",
        "duration": 5,
        "request": Request("text_to_video", "gen4.5", "A harbour").to_json(),
        "demo": 0,
        "created_at": stamp(NOON),
        "updated_at": stamp(NOON),
    }
    made = [{"id": n, "idempotency_key": f"key {n}", **generation} for n in (1, 2)]
    database.table("generations").insert_all(made)
    hashes = ["1" * 64, "2" * 64]
    link = {"title": "Takes", "sharer": "Ann", "made_at": stamp(NOON), "password_hash": ""}
    database.table("shares").insert_all(
        {"id": n, "token_hash": one, "nonce": one, "terms": "{}", **link}
        for n, one in enumerate(hashes, 1)
    )
    database.execute(
        "insert into ratings values (1, 'bea', 'Bea', 1, ?)", [stamp(NOON)]
    )  # of the team, under the name of a guest
    said = ("share_id", "generation_id", "guest", "nickname")
    database.table("guest_ratings").insert_all(
        dict(zip(said, row, strict=False))
        | {"stars": row[4], "at": f"2026-01-0{day}T00:00:00.000Z"}
        for day, row in enumerate(
            [(1, 1, BEA, "Bea", 5), (1, 1, NAMESAKE, "Bea", 2), (2, 2, BEA, "Bea", 4)], 1
        )
    )
    at = "2026-01-09T00:00:00.000Z"
    database.table("guest_notes").insert_all(
        dict(zip(said, row, strict=False)) | {"text": row[4], "at": at}
        for row in [
            (1, 1, BEA, "Bea B.", "Albatross"),
            (1, 1, BEA, "Bea B.", "Albatross"),
            (2, 1, BEA, "Cleo", "Pelican"),
        ]
    )
    database.close()
    return hashes


def test_what_guests_left_in_an_older_history_joins_the_reviews(tmp_path: Path) -> None:
    first, second = older(tmp_path / "history.db")
    with closing(HistoryFile(tmp_path / "history.db")) as file:
        records = ReviewRecords(file)
        one, two = records.of(1), records.of(2)
        bea, namesake, elsewhere = (
            guest_key(link, mark) for link, mark in ((first, BEA), (first, NAMESAKE), (second, BEA))
        )
        assert sorted((r.person, r.stars, r.guest) for r in (*one.ratings, *two.ratings)) == [
            ("Bea", 1, ""),
            ("Bea", 2, namesake),
            ("Bea", 4, elsewhere),
            ("Bea", 5, bea),
        ]
        assert sorted((n.person, n.text, n.guest) for n in one.notes) == [
            ("Bea B.", "Albatross", bea),
            ("Bea B.", "Albatross", bea),
            ("Cleo", "Pelican", elsewhere),
        ]
        assert {g.key: (g.share, g.nickname) for g in one.guests} == {
            bea: (first, "Bea B."),
            namesake: (first, "Bea"),
            elsewhere: (second, "Cleo"),
        }
        made = Store(file).get(1)
        assert (made.stars, made.raters, made.guest_stars, made.guest_raters) == (100, 1, 350, 2)
        history = History(file)
        assert history.numbers(Filter(search="albatross"), Order.OLDEST) == [1]
        assert history.numbers(Filter(search="guests:4"), Order.OLDEST) == [2]
        assert len({decision.action for decision in one.decisions}) == len(one.decisions) == 5
        assert sorted(records.unrecorded()[0]) == [1, 2], "the files beside it follow"
        with file.reading() as connection:
            tables = connection.execute("select name from sqlite_master where name like 'guest_%'")
            assert [row["name"] for row in tables] == ["guests", "guests_share"]


@pytest.mark.slow
def test_two_copies_of_an_older_history_know_their_notes_for_the_same(tmp_path: Path) -> None:
    for name in ("a.db", "b.db"):
        older(tmp_path / name)
    with (
        closing(HistoryFile(tmp_path / "a.db")) as file,
        closing(HistoryFile(tmp_path / "b.db")) as other,
    ):
        before = ReviewRecords(file).of(1)
        with other.reading() as present:
            ReviewRecords(file).keep_guests(present)
        assert ReviewRecords(file).of(1) == before
