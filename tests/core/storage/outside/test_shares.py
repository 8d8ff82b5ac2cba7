"""Links in the history: what lies behind them, until when, and what a restore makes of them."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.domain.feedback import Feedback
from core.domain.shares import LONGEST_TITLE, MOST_GENERATIONS, NewShare, Share, Terms
from core.errors import InvalidShare
from core.generations import Generation, Request, Review
from core.sharing.passwords import COST, Passwords
from core.storage.database import moment, stamp
from core.storage.search.selection import Filter, Order
from core.studio import Studio
from tests.conftest import NOON, Clock, step
from tests.histories import add_to

WANTED = NewShare("Takes for the client", "Ann")


@pytest.fixture
def clips(studio: Studio, text_request: Request) -> list[Generation]:
    return [add_to(studio, text_request) for _ in range(3)]


@pytest.fixture
def share(studio: Studio, clips: list[Generation]) -> Share:
    return studio.shares.make(WANTED, [clip.id for clip in clips])


def token_of(studio: Studio, share: Share) -> str:
    token = studio.shares.token(share)
    assert token
    return token


def kept(at: datetime) -> datetime:
    """A moment as the history has it."""
    return moment(stamp(at))


def numbers(studio: Studio, share: Share) -> dict[int, int]:
    return {clip.place: clip.generation.id for clip in studio.shares.page(share, 1, 100).clips}


def delete(studio: Studio, number: int) -> None:
    with studio._file.tx() as db:
        for table in ("events", "outputs"):
            db.execute(f"delete from {table} where generation_id = ?", [number])
        db.execute("delete from generations where id = ?", [number])


def test_a_link_opens_by_its_token_and_is_kept_without_it(studio: Studio, share: Share) -> None:
    token = token_of(studio, share)
    assert studio.shares.open(token) == share
    assert studio.shares.open(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert studio.shares.open(share.token_hash[:32]) is None
    assert token.encode() not in studio._file.path.read_bytes()
    with studio._file.reading() as connection:
        row = tuple(connection.execute("select * from shares").fetchone())
    assert token not in map(str, row)


def test_it_holds_what_was_chosen_in_its_order_once(
    studio: Studio, clips: list[Generation]
) -> None:
    first, second, third = (clip.id for clip in clips)
    share = studio.shares.make(WANTED, [third, first, 999, third, second])
    assert numbers(studio, share) == {1: third, 2: first, 3: second}
    assert studio.shares.all() == [share]


def test_it_ends_at_its_moment(studio: Studio, clock: Clock, clips: list[Generation]) -> None:
    ending = NewShare("Takes", "Ann", ends_at=clock.now() + timedelta(hours=1))
    share = studio.shares.make(ending, [clips[0].id])
    token = token_of(studio, share)
    clock.advance(3599)
    assert studio.shares.open(token)
    clock.advance(1)
    assert studio.shares.open(token) is None
    assert not studio.shares.is_open(share)


def test_a_revoked_link_is_gone_and_stays_in_the_list(studio: Studio, share: Share) -> None:
    token = token_of(studio, share)
    studio.shares.revoke(share.id)
    assert studio.shares.open(token) is None
    (listed,) = studio.shares.all()
    assert listed.revoked_at == kept(studio.now)
    studio.shares.revoke(share.id)
    assert studio.shares.all() == [listed]


def test_a_generation_that_goes_leaves_no_hole_and_its_number_opens_no_other(
    studio: Studio, share: Share, clips: list[Generation], text_request: Request
) -> None:
    last = clips[-1].id
    delete(studio, last)
    assert numbers(studio, share) == {1: clips[0].id, 2: clips[1].id}
    assert add_to(studio, text_request).id == last
    assert numbers(studio, share) == {1: clips[0].id, 2: clips[1].id}
    assert studio.shares.clip(share, 3) is None


def test_what_is_in_the_trash_is_seen_by_nobody_outside(
    studio: Studio, share: Share, clips: list[Generation]
) -> None:
    thrown = clips[1].id
    studio.trash.put([thrown], by="Ann")
    assert numbers(studio, share) == {1: clips[0].id, 3: clips[2].id}
    assert studio.shares.clip(share, 2) is None
    assert studio.shares.all()[0].clips == 2
    with pytest.raises(InvalidShare, match="Nothing of this"):
        studio.shares.make(WANTED, [thrown])
    studio.trash.restore([thrown], by="Ann")
    assert numbers(studio, share)[2] == thrown
    studio.trash.put([thrown], by="Ann")
    studio.trash.empty(by="Ann")
    assert studio.shares.clip(share, 2) is None


@pytest.mark.parametrize("place", [0, -1, 4, 2**63, 10**40])
def test_a_place_that_is_not_there_has_nothing(studio: Studio, share: Share, place: int) -> None:
    assert studio.shares.clip(share, place) is None


def test_visits_are_counted_by_address_and_not_for_each_look(
    studio: Studio, share: Share, clock: Clock
) -> None:
    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        studio.shares.note_visit(share, address)
    assert studio.shares.all()[0].visits == 2
    clock.advance(1800)
    studio.shares.note_visit(share, "192.0.2.1")
    (listed,) = studio.shares.all()
    assert (listed.visits, listed.last_visit_at) == (3, kept(studio.now))


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (NewShare("", "Ann"), "title"),
        (NewShare("\u200b\u2060", "Ann"), "title"),
        (NewShare("t" * (LONGEST_TITLE + 1), "Ann"), "title"),
        (NewShare("Takes", " "), "by"),
        (NewShare("Takes", "Ann", password="12345"), "password"),
        (NewShare("Takes", "Ann", ends_at=NOON), "ends_at"),
    ],
)
def test_what_cannot_be_shared_is_said_by_its_field(
    studio: Studio, clips: list[Generation], wanted: NewShare, field: str
) -> None:
    with pytest.raises(InvalidShare) as refused:
        studio.shares.make(wanted, [clips[0].id])
    assert [problem.field for problem in refused.value.problems] == [field]
    assert studio.shares.all() == []


def test_a_link_to_nothing_or_to_too_much_is_not_made(
    studio: Studio, text_request: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = studio.compose.submit(text_request, "one")[0]
    with pytest.raises(InvalidShare, match="Nothing of this"):
        studio.shares.make(WANTED, [waiting.id])
    made = [add_to(studio, text_request).id for _ in range(3)]
    monkeypatch.setattr("core.studio.outside.shares.MOST_GENERATIONS", 2)
    with pytest.raises(InvalidShare, match="at most 2"):
        studio.shares.make(WANTED, made)
    assert MOST_GENERATIONS == 200


@pytest.mark.slow
def test_a_studio_hashes_at_the_full_cost_if_nothing_else_is_said(
    studio: Studio, clips: list[Generation]
) -> None:
    wanted = NewShare("Takes", "Ann", password="sesame")
    cheap = studio.shares.make(wanted, [clips[0].id])
    with closing(Studio(studio.settings)) as usual:
        made = usual.shares.make(wanted, [clips[0].id])
    assert Passwords(COST).matches("sesame", made.password_hash)
    assert not Passwords(COST).matches("sesame", cheap.password_hash)


def test_passwords_are_tried_so_often_and_then_not(
    studio: Studio, clips: list[Generation], clock: Clock
) -> None:
    share = studio.shares.make(NewShare("Takes", "Ann", password="sesame"), [clips[0].id])
    tries = [studio.shares.may_guess(share, "192.0.2.1") for _ in range(10)]
    assert tries == [True] * 8 + [False] * 2
    clock.advance(901)
    assert studio.shares.may_guess(share, "192.0.2.1")
    assert studio.shares.admit(share, "Sesame") is None
    given = studio.shares.admit(share, "sesame")
    assert given
    assert studio.shares.is_admitted(share, given)
    clock.advance(12 * 3600)
    assert not studio.shares.is_admitted(share, given)


def test_a_restore_brings_no_revoked_link_back_and_loses_none(
    studio: Studio,
    share: Share,
    clips: list[Generation],
    text_request: Request,
    clock: Clock,
) -> None:
    step(studio, clock)  # it leads now
    backup = studio.maintenance.make()
    rating = Feedback("Bea", stars=4)
    everything = Terms(shows_cost=True, takes_ratings=True, takes_notes=True)
    studio.shares.revoke(share.id)
    newer = add_to(studio, text_request)
    later = studio.shares.make(NewShare("Later", "Bob", everything), [newer.id, clips[0].id])
    for left in (rating, Feedback("Bea", note="First"), Feedback("Bea", note="Second")):
        studio.guests.leave(
            later, studio.shares.page(later, 1, 100).clips[0], "bea", left, "192.0.2.1"
        )
    studio.maintenance.restore(backup.name)
    assert [one.title for one in studio.shares.all()] == ["Later", WANTED.title]
    assert studio.shares.open(token_of(studio, share)) is None
    assert studio.shares.open(token_of(studio, later)) == later
    found = studio.shares.page(later, 1, 100).clips
    number = found[0].generation.id
    ratings, notes = studio.reviews.ratings(number), studio.reviews.notes(number)
    assert [one.stars for one in ratings] == [4]
    assert [one.text for one in notes] == ["First", "Second"]
    assert studio.guests.nickname(later, "bea") == "Bea"
    assert [one.generation.idempotency_key for one in found] == [
        newer.idempotency_key,
        clips[0].idempotency_key,
    ]


# -- links to a view ------------------------------------------------------------------------------


def live(studio: Studio, **chosen: Any) -> Share:
    return studio.shares.make_live(WANTED, Filter(**chosen), Order.OLDEST)


@pytest.mark.parametrize("chosen", [{"review": ("approved",)}, {"search": "is:approved"}])
def test_a_link_to_a_view_shows_what_is_in_it_at_that_moment_and_nothing_else(
    studio: Studio, clips: list[Generation], text_request: Request, chosen: dict[str, Any]
) -> None:
    first, second, third = (clip.id for clip in clips)
    studio.reviews.set_state([first, second], Review.APPROVED, by="Ann")
    share = live(studio, **chosen)
    assert numbers(studio, share) == {first: first, second: second}
    studio.reviews.set_state([third], Review.APPROVED, by="Ann")
    studio.reviews.set_state([first], Review.REJECTED, by="Ann")
    studio.trash.put([second], by="Ann")
    later = add_to(studio, text_request)
    assert numbers(studio, share) == {third: third}
    assert studio.shares.all()[0].clips == 1
    shown = [
        n
        for n in (0, -1, first, second, third, later.id, 2**63, 10**40)
        if studio.shares.clip(share, n)
    ]
    assert shown == [third]
    studio.trash.restore([second], by="Ann")
    assert studio.shares.clip(share, second)


def test_a_view_is_shared_before_anything_is_in_it_and_never_one_of_what_cannot_be_seen(
    studio: Studio, text_request: Request
) -> None:
    share = live(studio, search="tram")
    assert numbers(studio, share) == {}
    waiting = studio.compose.submit(replace(text_request, prompt="A tram"), "one")[0]
    assert studio.shares.clip(share, waiting.id) is None
    for hidden in (
        {"trashed": True},
        {"status": ("failed", "pending")},
        {"search": "is:trashed"},
        {"search": "tram -status:failed is:approved,trash"},
    ):
        with pytest.raises(InvalidShare, match="Only finished clips outside the trash"):
            live(studio, **hidden)


def test_a_view_of_everything_leaves_the_trash_out(studio: Studio, clips: list[Generation]) -> None:
    studio.trash.put([clips[0].id], by="Ann")
    share = live(studio, trashed=None)
    assert list(numbers(studio, share)) == [clip.id for clip in clips[1:]]
    assert studio.shares.clip(share, clips[0].id) is None


def test_a_page_of_a_view_is_as_long_as_was_asked(studio: Studio, clips: list[Generation]) -> None:
    share = live(studio)
    pages = [studio.shares.page(share, number, 2) for number in (1, 2, 3, -5)]
    assert [(one.number, one.pages, len(one.clips)) for one in pages] == [
        (1, 2, 2), (2, 2, 1), (2, 2, 1), (1, 2, 2),
    ]  # fmt: skip


def test_a_project_of_a_view_is_known_by_more_than_its_number(
    studio: Studio, clips: list[Generation]
) -> None:
    ours = studio.projects.named("Ours", by="Ann")
    studio.projects.file([clips[0].id], ours.id, by="Ann")
    share = live(studio, project=(ours.id,))
    assert list(numbers(studio, share)) == [clips[0].id]
    with studio._file.tx() as db:
        db.execute("update projects set uid = 'another' where id = ?", [ours.id])
    assert numbers(studio, share) == {}
    assert studio.shares.clip(share, clips[0].id) is None


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"filter": {}}',
        '{"filter": {"review": "approved"}, "order": "newest"}',
        '{"filter": {"a_newer_filter": true}, "order": "newest"}',
        '{"filter": {"project": [[]]}, "order": "newest"}',
    ],
)
def test_a_view_that_cannot_be_read_whole_shows_nothing(
    studio: Studio, clips: list[Generation], text: str
) -> None:
    share = live(studio)
    with studio._file.tx() as db:
        db.execute("update shares set live = ?", [text])
    found = studio.shares.open(token_of(studio, share))
    assert found
    assert numbers(studio, found) == {}
    assert studio.shares.clip(found, clips[0].id) is None
