"""Clean-up rules: what they never touch, when they run, and that no row lies about its file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest
from sqlite_utils.utils import sqlite3

from core.domain.audit import Act, Entry
from core.domain.cleanup import GIGABYTE, InvalidRule, Kind
from core.domain.comparisons import Choice
from core.domain.feedback import Feedback
from core.domain.shares import NewShare, Terms
from core.files import Output
from core.generations import Generation, Request, Review, Status
from core.media.library import Media
from core.recovery.beside import manifests
from core.settings import Settings
from core.storage.history import Filter, Order
from core.studio import Studio
from core.studio.making.batches import Wanted
from tests.conftest import NOON, Clock, OpenStudio
from tests.core.recovery.test_rebuild import lose
from tests.histories import add_to

SEA = Request("text_to_video", "gen4.5", "A sea", {"duration": 2, "ratio": "1280:720"})
LONG_AGO = NOON - timedelta(days=60)


def kept(studio: Studio, at: object = LONG_AGO, **facts: object) -> Generation:
    """A generation of long ago with its clip, poster and preview on the disk."""
    made = add_to(studio, SEA, at=at, **facts)  # type: ignore[arg-type]
    assert made.main
    clip = studio.media.output(made.main)
    clip.write_bytes(b"clip")
    (studio.media.folder / "previews" / f"{clip.stem}.mp4").write_bytes(b"moves")
    return made


def main(generation: Generation) -> Output:
    assert generation.main
    return generation.main


def numbers(studio: Studio, kind: Kind, amount: int) -> list[int]:
    return [one.generation_id for one in studio.cleanup.dry_run_with(kind, amount).leaving]


def is_here(studio: Studio, generation: Generation) -> bool:
    assert generation.main
    return studio.media.output(generation.main).is_file()


def is_removed(studio: Studio, generation: Generation) -> bool:
    main = studio.generations.get(generation.id).main
    return bool(main and main.removal)


def look_after(studio: Studio, steps: int = 4) -> None:
    assert studio.tracker.is_leader or studio.tracker._leader.take()
    for _ in range(steps):
        studio.maintenance.step()


def later(clock: Clock, days: float) -> None:
    clock.advance(days * 86_400)


# -- what may go ----------------------------------------------------------------------------------


def test_without_a_rule_everything_stays(studio: Studio, clock: Clock) -> None:
    one = kept(studio)
    later(clock, 400)
    look_after(studio)
    assert is_here(studio, one)
    assert studio.cleanup.next_run() is None


def say_nothing(_studio: Studio, _made: Generation) -> None:
    pass


def rate(studio: Studio, made: Generation, stars: int) -> None:
    studio.reviews.rate([made.id], stars, by="Ann")


def note(studio: Studio, made: Generation) -> None:
    studio.reviews.write(made.id, "Look at the hand", by="Ann")


def share(studio: Studio, made: Generation) -> None:
    studio.shares.make(NewShare("Sea", "Ann"), [made.id])


def share_view(studio: Studio, made: Generation) -> None:
    studio.shares.make_live(NewShare("All", "Ann"), Filter(), Order.NEWEST)


def compare(studio: Studio, made: Generation) -> None:
    other = kept(studio)
    comparison = studio.comparisons.open([made.id, other.id], by="Ann")
    studio.comparisons.vote(comparison, 0, Choice.LEFT, by="Ann")


def use(studio: Studio, made: Generation) -> None:
    with studio._file.tx() as db:
        output = made.main
        assert output
        upload = {"sha256": output.sha256, "name": "x", "media_type": "video/mp4", "bytes": 4}
        row = upload | {"width": 1, "height": 1, "created_at": LONG_AGO.isoformat()}
        db.table("uploads").insert(row)


def need(studio: Studio, made: Generation, status: Status = Status.RUNNING) -> None:
    child = add_to(studio, SEA, status)
    with studio._file.tx() as db:
        row = {"generation_id": child.id, "parent_key": made.idempotency_key, "way": "extended"}
        db.table("parents").insert(row)


def order_with(studio: Studio, made: Generation) -> str:
    """A batch that it is of, and of which one is not sent."""
    batch, _new = studio.batches.submit("Seas", [Wanted(SEA)], "seas", author="Ann")
    with studio._file.tx() as db:
        db.execute("update generations set batch_id = ? where id = ?", [batch.id, made.id])
    return batch.id


def pause(studio: Studio, made: Generation) -> None:
    batch = order_with(studio, made)
    studio.batches.cancel_rest(batch)
    studio.batches.pause(batch)


def pack(studio: Studio, made: Generation) -> None:
    studio.exports.begin(studio.exports.plan([made.id], "Seas"), "Seas", "{number}")


def hide_preview(studio: Studio, made: Generation) -> None:
    assert made.main
    path = studio.media.output(made.main)
    (studio.media.folder / "previews" / f"{path.stem}.mp4").write_bytes(b"")


PROTECTED: dict[str, Callable[[Studio, Generation], object]] = {
    "a favourite": lambda s, g: s.generations.set_favourite(g.id, True),
    "approved": lambda s, g: s.reviews.set_state([g.id], Review.APPROVED, by="Ann"),
    "in review": lambda s, g: s.reviews.set_state([g.id], Review.IN_REVIEW, by="Ann"),
    "to be edited": lambda s, g: s.reviews.set_state([g.id], Review.TO_EDIT, by="Ann"),
    "four stars": lambda s, g: rate(s, g, 4),
    "an open note": note,
    "behind a link": share,
    "behind a live link": share_view,
    "compared": compare,
    "in an archive": pack,
    "in an open batch": order_with,
    "in a paused batch": pause,
    "an input": use,
    "needed by what is in flight": need,
    "needed by what is unconfirmed": lambda s, g: need(s, g, Status.UNCONFIRMED),
    "in the trash": lambda s, g: s.trash.put([g.id], by="Ann"),
    "without a preview": hide_preview,
}
TIMED = {"compared", "in an archive"}
"""They protect for some days, and are no decision."""


def test_what_may_go_goes_the_oldest_first_until_there_is_room(studio: Studio) -> None:
    made = [kept(studio) for _ in range(3)]
    with studio._file.tx() as db:
        db.execute("update outputs set bytes = ?", [GIGABYTE])
    assert numbers(studio, Kind.ROOM, 1) == [made[0].id, made[1].id]
    assert numbers(studio, Kind.ROOM, 3) == []


@pytest.mark.parametrize("why", PROTECTED)
def test_what_somebody_needs_stays(studio: Studio, clock: Clock, why: str) -> None:
    """Each alone: what decisions touch is let lie for long, so that they alone protect it."""
    made = kept(studio)
    with studio._file.tx() as db:
        db.execute("update outputs set bytes = ?", [2 * GIGABYTE])
    assert made.id in numbers(studio, Kind.ROOM, 1)
    PROTECTED[why](studio, made)
    if why not in TIMED:
        later(clock, 40)
    assert made.id not in numbers(studio, Kind.ROOM, 1)


def write_and_delete(studio: Studio, made: Generation) -> None:
    note(studio, made)
    studio.reviews.delete(studio.reviews.notes(made.id)[0].id, by="Ann")


def write_and_resolve(studio: Studio, made: Generation) -> None:
    note(studio, made)
    studio.reviews.resolve(studio.reviews.notes(made.id)[0].id, by="Ann")


def ask_a_guest(studio: Studio, made: Generation) -> None:
    share = studio.shares.make(NewShare("Sea", "Ann", Terms(takes_ratings=True)), [made.id])
    clip = studio.shares.clip(share, 1)
    assert clip
    studio.guests.leave(share, clip, "bea", Feedback("Bea", 3, ""), "192.0.2.1")
    studio.shares.revoke(share.id)


FREE: dict[str, tuple[Callable[[Studio, Generation], object], bool]] = {
    "three stars": (lambda s, g: rate(s, g, 3), False),
    "three stars of a guest": (ask_a_guest, False),
    "a tag": (lambda s, g: s.reviews.tag([g.id], "night", by="Ann"), False),
    "a note that is resolved": (write_and_resolve, False),
    "a note that is deleted": (write_and_delete, True),
    "in an archive of long ago": (pack, True),
    "compared long ago": (compare, True),
}
"""What protects nothing, or no more; and whether it still counts as unrated then."""


@pytest.mark.parametrize("why", FREE)
def test_what_nobody_needs_any_more_may_go(studio: Studio, clock: Clock, why: str) -> None:
    made, (deed, is_unrated) = kept(studio), FREE[why]
    with studio._file.tx() as db:
        db.execute("update outputs set bytes = ?", [2 * GIGABYTE])
    deed(studio, made)
    later(clock, 40)
    assert made.id in numbers(studio, Kind.ROOM, 1)
    assert (made.id in numbers(studio, Kind.UNRATED, 30)) is is_unrated


def test_clips_of_the_demo_are_for_rules_of_the_demo(studio: Studio) -> None:
    kept(studio, demo=True)
    live = kept(studio)
    assert numbers(studio, Kind.UNRATED, 30) == [live.id]


def test_what_was_touched_in_the_last_days_stays(studio: Studio, clock: Clock) -> None:
    young, old = kept(studio, NOON - timedelta(days=6)), kept(studio)
    assert numbers(studio, Kind.UNRATED, 7) == [old.id]
    studio.reviews.set_state([old.id], Review.REJECTED, by="Ann")
    assert numbers(studio, Kind.REJECTED, 7) == []
    later(clock, 8)
    assert numbers(studio, Kind.REJECTED, 7) == [old.id]
    assert numbers(studio, Kind.UNRATED, 7) == [young.id]


def test_what_was_protected_until_lately_stays_for_some_days(studio: Studio, clock: Clock) -> None:
    revoked, ended, dear = (kept(studio) for _ in range(3))
    link = studio.shares.make(NewShare("Sea", "Ann"), [revoked.id])
    studio.shares.make(NewShare("Sea", "Ann", ends_at=NOON + timedelta(days=20)), [ended.id])
    studio.generations.set_favourite(dear.id, True)
    later(clock, 19)
    studio.shares.revoke(link.id)
    studio.generations.set_favourite(dear.id, False)
    later(clock, 6)
    assert numbers(studio, Kind.UNRATED, 7) == []
    later(clock, 3)
    assert numbers(studio, Kind.UNRATED, 7) == [revoked.id, ended.id, dear.id]
    studio.generations.favour([dear.id], True)
    studio.generations.favour([dear.id], False)
    assert numbers(studio, Kind.UNRATED, 7) == [revoked.id, ended.id]
    live = studio.shares.make_live(NewShare("All", "Ann"), Filter(), Order.NEWEST)
    studio.shares.revoke(live.id)
    later(clock, 6)
    assert numbers(studio, Kind.UNRATED, 7) == []
    later(clock, 2)
    assert len(numbers(studio, Kind.UNRATED, 7)) == 3


@pytest.mark.parametrize(("kind", "amount"), [(Kind.REJECTED, 6), (Kind.ROOM, 0)])
def test_a_rule_that_is_too_eager_is_refused(studio: Studio, kind: Kind, amount: int) -> None:
    with pytest.raises(InvalidRule):
        studio.cleanup.set(kind, amount, by="Ann")


def test_a_rule_takes_the_place_of_the_one_of_its_kind(studio: Studio) -> None:
    made = kept(studio)
    studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    assert numbers(studio, Kind.UNRATED, 90) == []
    assert numbers(studio, Kind.REJECTED, 90) == [made.id]
    studio.cleanup.set(Kind.REJECTED, 30, by="Ann")
    studio.cleanup.set(Kind.UNRATED, 90, by="Bob")
    assert {(one.words, one.made_by) for one in studio.cleanup.holding()} == {
        ("Rejected, after 30 days", "Ann"),
        ("Unrated, after 90 days", "Bob"),
    }
    assert studio.cleanup.dry_run().leaving == ()


# -- a run ----------------------------------------------------------------------------------------


def test_a_rule_removes_nothing_for_a_day_and_then_says_what_it_removed(
    studio: Studio, clock: Clock
) -> None:
    made = kept(studio)
    studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    later(clock, 0.9)
    look_after(studio)
    assert is_here(studio, made)
    later(clock, 0.2)
    look_after(studio)
    now = studio.generations.get(made.id)
    assert now.main
    assert not is_here(studio, made)
    assert studio.media.poster(now.main).is_file()
    assert studio.media.previews.clip(now.main)
    assert "by the rule “Unrated, after 30 days”" in now.main.removal
    assert "was removed" in studio.generations.events(made.id)[-1].detail
    (entry,), count = studio.audit.entries(9, act=Act.REMOVED)
    assert (count, entry.person) == (1, "Dailies")
    assert entry.about.endswith(f"“Unrated, after 30 days” of Ann: {made.id}")
    assert studio.cleanup.removed() == (1, now.main.bytes)
    assert b"dailies_originals_removed_total 1.0" in studio.metrics.text()
    due, last = studio.cleanup.next_run(), studio.cleanup.last_run()
    assert due
    assert last
    assert (due - last.ended_at, last.originals) == (timedelta(days=1), 1)


def test_a_run_that_is_days_late_waits_for_another_day(studio: Studio, clock: Clock) -> None:
    """The clock has jumped, or the server was away: nobody had a look at what would go."""
    made = kept(studio)
    studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    later(clock, 30)
    look_after(studio)
    assert is_here(studio, made)
    due = studio.cleanup.next_run()
    assert due
    assert due > clock.now() + timedelta(hours=23.9)
    later(clock, 1.1)
    look_after(studio)
    assert is_removed(studio, made)


def test_a_rule_of_room_ends_where_there_is_room_by_then(studio: Studio, clock: Clock) -> None:
    made = [kept(studio) for _ in range(3)]
    with studio._file.tx() as db:
        db.execute("update outputs set bytes = ?", [GIGABYTE])
    studio.cleanup.set(Kind.ROOM, 1, by="Ann")
    later(clock, 1.1)
    look_after(studio, steps=1)  # the first two are planned
    studio.trash.put([made[2].id], by="Ann")
    look_after(studio)
    assert [is_removed(studio, one) for one in made] == [True, False, False]


def test_what_cannot_be_deleted_holds_up_nothing_else(studio: Studio, clock: Clock) -> None:
    stuck, unwritten, other = (kept(studio) for _ in range(3))
    path, manifest = studio.media.output(main(stuck)), studio.media.manifest(unwritten)
    for blocked in (path, manifest):
        blocked.unlink()
        blocked.mkdir()
    studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    later(clock, 1.1)
    look_after(studio)
    cleanup = studio.cleanup._cleanup
    left = {file for _one, file in cleanup.originals.leaving()}
    assert left == {main(stuck).file, main(unwritten).file}
    assert not is_here(studio, other)
    assert is_here(studio, unwritten), "its manifest does not say so yet"
    young = kept(studio)
    later(clock, 1.1)
    look_after(studio)
    assert not is_removed(studio, young), "nothing more is marked meanwhile"
    for blocked in (path, manifest):
        blocked.rmdir()
    look_after(studio)
    assert cleanup.originals.leaving(), "it is not tried again at every step"
    later(clock, 0.1)
    look_after(studio)
    assert cleanup.originals.leaving() == []
    assert is_removed(studio, young)


def test_what_is_decided_while_a_run_goes_on_counts(studio: Studio, clock: Clock) -> None:
    made = kept(studio)
    studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    later(clock, 1.1)
    look_after(studio, steps=1)  # it is planned, and nothing is removed yet
    studio.generations.set_favourite(made.id, True)
    look_after(studio)
    assert is_here(studio, made)
    assert not is_removed(studio, made)


def test_a_rule_that_is_ended_removes_nothing_more(studio: Studio, clock: Clock) -> None:
    made = kept(studio)
    rule = studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    later(clock, 1.1)
    look_after(studio, steps=1)
    studio.cleanup.end(rule.id, by="Bob")
    look_after(studio)
    assert is_here(studio, made)


class Killed(BaseException):
    """The server ends here."""


class Mortal(Media):
    """The files of a server that is killed when one is deleted: before that, or right after."""

    after = False

    def discard_original(self, file: str) -> None:
        if self.after:
            super().discard_original(file)
        raise Killed


def die(*_args: object) -> NoReturn:
    raise Killed


@pytest.mark.parametrize("point", ["mark", "manifest", "before deleting", "after deleting"])
def test_a_kill_at_any_point_leaves_no_row_that_lies(
    studio: Studio, clock: Clock, point: str
) -> None:
    made = [kept(studio) for _ in range(2)]
    studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    later(clock, 1.1)
    cleanup = studio.cleanup._cleanup
    cleanup.step(clock.now())
    mortal = Mortal(studio.media.folder)
    mortal.after = point == "after deleting"
    dying = {
        "mark": replace(cleanup, kept=die),
        "manifest": replace(cleanup, record=die),
    }.get(point, replace(cleanup, media=mortal))
    dying._work = cleanup._work
    with pytest.raises(Killed):
        dying.step(clock.now())
    for one in made:
        assert is_here(studio, one) or is_removed(studio, one)
    told = studio.audit.entries(9, act=Act.REMOVED)[1]
    assert told == is_removed(studio, made[0])
    cleanup._work = None  # as after a start
    for _ in range(4):
        cleanup.step(clock.now())
    for one in made:
        assert is_removed(studio, one)
        assert not is_here(studio, one)
        written = studio.media.manifest(one).read_bytes()
        assert all(output.removal for output in manifests.read(written).outputs)
    assert studio.audit.entries(9, act=Act.REMOVED)[1] == 1


def test_what_is_marked_and_still_there_is_simply_taken_back(studio: Studio, clock: Clock) -> None:
    made = kept(studio)
    rule = replace(studio.cleanup.set(Kind.UNRATED, 30, by="Ann"), starts_at=NOON)
    cleanup = studio.cleanup._cleanup
    entry = studio.audit._store
    told = lambda _gone: Entry(NOON, "Dailies", "", Act.REMOVED, "")  # noqa: E731
    cleanup.originals.mark([made.id], rule, clock.now(), set(), told)
    assert is_removed(studio, made)
    assert not is_removed(studio, studio.generations.recover(made.id))
    look_after(studio)
    assert is_here(studio, made)
    assert entry.count() == 1


def test_what_another_history_knows_as_present_is_not_deleted(studio: Studio, clock: Clock) -> None:
    """A copy of the history, taken in the middle of a run, and what lies on the disk beside it."""
    adopted, told = kept(studio), kept(studio)
    rule = studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    originals = studio.cleanup._cleanup.originals
    entry = Entry(NOON, "Dailies", "", Act.REMOVED, "")
    originals.mark([adopted.id, told.id], rule, clock.now(), set(), lambda _gone: entry)
    originals.adopt([main(adopted)])
    assert [file for _one, file in originals.leaving()] == [main(told).file]
    with studio._file.tx() as db:
        db.execute("update outputs set removed_at = null where file = ?", [main(told).file])
    look_after(studio)
    assert originals.leaving() == []
    for one in (adopted, told):
        assert is_here(studio, one)
        assert not is_removed(studio, one)


def test_a_rule_that_was_ended_ends_although_the_first_look_fails(
    studio: Studio, clock: Clock
) -> None:
    made = kept(studio)
    studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    (studio.settings.data_dir / "desk.json").write_text('{"cleanup_rules": [], "open_links": []}')
    later(clock, 1.1)
    with studio._file.tx() as db:
        db.execute("alter table shares rename to moved")
    with pytest.raises(sqlite3.Error):
        look_after(studio)
    with studio._file.tx() as db:
        db.execute("alter table moved rename to shares")
    look_after(studio)
    assert studio.cleanup.holding() == []
    assert is_here(studio, made)


# -- when the history is another ------------------------------------------------------------------


def clean(studio: Studio, clock: Clock) -> Generation:
    made = kept(studio)
    studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    later(clock, 1.1)
    look_after(studio)
    assert is_removed(studio, made)
    return made


def test_a_lost_history_lifts_no_rule_and_knows_what_was_removed(
    open_studio: OpenStudio, settings: Settings, clock: Clock
) -> None:
    studio = open_studio(settings)
    made = clean(studio, clock)
    rules = studio.cleanup.holding()
    studio.close()
    lose(settings, "backups")
    again = open_studio(settings)
    look_after(again)
    assert is_removed(again, made)
    assert [one.id for one in again.cleanup.holding()] == [one.id for one in rules]
    due = again.cleanup.next_run()
    assert due
    assert due > clock.now() + timedelta(hours=23.9), "a day passes before anything more is removed"


@pytest.mark.slow
def test_a_backup_brings_no_ended_rule_to_life_and_forgets_no_removal(
    open_studio: OpenStudio, settings: Settings, clock: Clock
) -> None:
    studio = open_studio(settings)
    made = kept(studio)
    rule = studio.cleanup.set(Kind.UNRATED, 30, by="Ann")
    look_after(studio)
    backup = studio.maintenance.make()
    later(clock, 1.1)
    look_after(studio)
    studio.cleanup.end(rule.id, by="Ann")
    studio.maintenance.restore(backup.name)
    assert studio.cleanup.holding() == []
    assert is_removed(studio, made)
    later(clock, 2)
    look_after(studio)
    studio.close()
    lose(settings)  # and in a rescue, from that very backup
    (settings.data_dir / "desk.json").unlink()
    rescued = open_studio(settings)
    look_after(rescued)
    assert rescued.cleanup.holding() == [], "nothing is removed in doubt"
    assert is_removed(rescued, made)
