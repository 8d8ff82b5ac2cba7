"""What people say of generations: kept, counted, undone, and never lost to another's click."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from sqlite_utils.utils import sqlite3

from core.domain.reviews import MOST_AT_ONCE, Outcome, Span, What
from core.domain.shares import NewShare
from core.emulator import Emulator
from core.errors import InvalidReview
from core.files import Upload
from core.generations import Generation, Request, Review, Status
from core.settings import Settings
from core.storage.history import Filter, Order
from core.studio import Studio
from core.text.names import LONGEST_NAME
from tests.conftest import NOON, Clock, MakePicture, OpenStudio, Settle
from tests.histories import HOSTILE, add_to, keep_made


@pytest.fixture
def clips(studio: Studio, text_request: Request) -> list[Generation]:
    return [add_to(studio, text_request) for _ in range(3)]


@pytest.fixture
def clip(clips: list[Generation]) -> Generation:
    return clips[0]


def fresh(studio: Studio, clip: Generation) -> Generation:
    return studio.generations.get(clip.id)


def texts(studio: Studio, clip: Generation) -> list[str]:
    return [note.text for note in studio.reviews.notes(clip.id) if note.deleted_at is None]


def told(studio: Studio, clip: Generation) -> list[tuple[str, What, str, str, str]]:
    return [
        (one.person, one.what, one.subject, one.before, one.after)
        for one in studio.reviews.decisions(clip.id)
    ]


def found(studio: Studio, column: str, words: str) -> list[int]:
    """What the index of texts has under a column."""
    with studio._file.reading() as connection:
        rows = connection.execute(
            f"select rowid from texts where {column} match ? order by rowid", [f'"{words}"']
        ).fetchall()
    return [row["rowid"] for row in rows]


# -- stars ----------------------------------------------------------------------------------------


def test_each_has_stars_of_their_own_and_the_mean_is_kept(studio: Studio, clip: Generation) -> None:
    studio.reviews.rate([clip.id], 5, by="Ann")
    studio.reviews.rate([clip.id], 2, by="Bob")
    studio.reviews.rate([clip.id], 3, by="Cleo")
    assert (fresh(studio, clip).stars, fresh(studio, clip).raters) == (333, 3)
    studio.reviews.rate([clip.id], 4, by="ANN")
    assert [(one.person, one.stars) for one in studio.reviews.ratings(clip.id)] == [
        ("ANN", 4),
        ("Bob", 2),
        ("Cleo", 3),
    ]
    assert (fresh(studio, clip).stars, fresh(studio, clip).raters) == (300, 3)
    for person in ("Ann", "Bob", "Cleo"):
        studio.reviews.rate([clip.id], 0, by=person)
    assert (fresh(studio, clip).stars, fresh(studio, clip).raters) == (None, 0)


@pytest.mark.parametrize("stars", [-1, 6])
def test_there_are_one_to_five_stars(studio: Studio, clip: Generation, stars: int) -> None:
    with pytest.raises(InvalidReview):
        studio.reviews.rate([clip.id], stars, by="Ann")


def test_nobody_decides_without_a_name(studio: Studio, clip: Generation) -> None:
    for name in ("", " \u200b", "x" * (LONGEST_NAME + 1)):
        with pytest.raises(InvalidReview):
            studio.reviews.set_state([clip.id], Review.APPROVED, by=name)
    assert fresh(studio, clip).review == Review.NONE


# -- decisions and undo ---------------------------------------------------------------------------


def test_every_change_is_told_once_however_often_it_is_clicked(
    studio: Studio, clip: Generation
) -> None:
    project = studio.projects.named("Whale", by="Ann")
    for _ in range(2):
        studio.reviews.set_state([clip.id], Review.APPROVED, by="Ann")
        studio.reviews.rate([clip.id], 4, by="Ann")
        studio.reviews.tag([clip.id], "Hero", by="Bob")
        studio.reviews.tag([clip.id], "hero", by="Ann")
        studio.projects.file([clip.id], project.id, by="Ann")
        studio.trash.put([clip.id], by="Bob")
    studio.trash.restore([clip.id], by="Ann")
    studio.projects.set_name(project.id, "Glass whale", by="Ann")
    assert told(studio, clip) == [
        ("Ann", What.REVIEW, "", "none", "approved"),
        ("Ann", What.STARS, "ann", "", "4"),
        ("Bob", What.TAG, "Hero", "", "yes"),
        ("Ann", What.PROJECT, "", "", "Glass whale"),
        ("Bob", What.TRASH, "", "", "in_trash"),
        ("Ann", What.TRASH, "", "in_trash", ""),
    ]
    assert next(one.at for one in studio.reviews.decisions(clip.id)).tzinfo


def test_an_action_on_many_is_undone_where_nobody_has_changed_it_since(
    studio: Studio, clips: list[Generation]
) -> None:
    first, second, third = (clip.id for clip in clips)
    studio.reviews.set_state([second], Review.REJECTED, by="Bob")
    done = studio.reviews.set_state([first, second, third, 99, -1], Review.APPROVED, by="Ann")
    assert done.changed == (first, second, third)
    assert done.refused.keys() == {99, -1}
    studio.reviews.set_state([third], Review.TO_EDIT, by="Bob")
    assert done.action
    undone = studio.reviews.undo(done.action, by="Ann")
    assert undone.changed == (second, first)
    assert undone.refused.keys() == {third}
    assert [fresh(studio, clip).review for clip in clips] == ["none", "rejected", "to_edit"]
    assert undone.action
    again = studio.reviews.undo(undone.action, by="Bob")
    assert set(again.changed) == {first, second}
    assert [fresh(studio, clip).review for clip in clips] == ["approved", "approved", "to_edit"]
    assert not studio.reviews.undo(undone.action, by="Ann").changed, "a second click on Undo"


def test_what_is_as_it_was_again_still_counts_as_changed(studio: Studio, clip: Generation) -> None:
    done = studio.reviews.tag([clip.id], "sea", by="Ann")
    studio.reviews.untag([clip.id], "SEA", by="Bob")
    studio.reviews.tag([clip.id], "sea", by="Bob")
    assert done.action
    assert studio.reviews.undo(done.action, by="Ann").refused.keys() == {clip.id}
    assert [tag.name for tag in studio.reviews.tags(clip.id)] == ["sea"]


def test_nobody_takes_back_the_stars_and_words_of_another(studio: Studio, clip: Generation) -> None:
    rated = studio.reviews.rate([clip.id], 5, by="Ann")
    written = studio.reviews.write(clip.id, "Softer light", by="Ann")
    assert rated.action
    assert written.action
    for action in (rated.action, written.action):
        assert studio.reviews.undo(action, by="Bob").refused
    assert fresh(studio, clip).stars == 500
    for action in (rated.action, written.action):
        assert studio.reviews.undo(action, by="ann").changed
    assert fresh(studio, clip).stars is None
    assert texts(studio, clip) == []


def test_an_action_is_not_larger_than_others_can_wait_for(studio: Studio, clip: Generation) -> None:
    with pytest.raises(InvalidReview):
        studio.reviews.tag([clip.id] * (MOST_AT_ONCE + 1), "sea", by="Ann")
    assert not studio.reviews.tags(clip.id)


def test_a_change_of_nothing_offers_no_undo(studio: Studio, clip: Generation) -> None:
    assert studio.reviews.set_state([clip.id], Review.NONE, by="Ann") == Outcome()
    assert studio.reviews.set_state([], Review.APPROVED, by="Ann") == Outcome()


# -- tags and projects ----------------------------------------------------------------------------


def test_tags_are_counted_outside_the_trash_under_their_first_spelling(
    studio: Studio, clips: list[Generation]
) -> None:
    ids = [clip.id for clip in clips]
    studio.reviews.tag(ids, "Straße", by="Ann")
    studio.reviews.tag(ids[:2], "STRASSE", by="Bob")
    studio.reviews.tag(ids[2:], " wide\n shot ", by="Ann")
    studio.trash.put(ids[:1], by="Ann")
    assert studio.reviews.tag_counts() == {"Straße": 2, "wide shot": 1}
    studio.reviews.untag(ids, "strasse", by="Ann")
    assert studio.reviews.tag_counts() == {"wide shot": 1}


def test_a_project_is_found_whatever_its_case(studio: Studio, clip: Generation) -> None:
    made = studio.projects.named("Glass Whale", by="Ann")
    assert studio.projects.named(" glass  whale ", by="Bob") == made
    assert studio.projects.find("GLASS WHALE") == made
    other = studio.projects.named("Sea", by="Ann")
    with pytest.raises(InvalidReview):
        studio.projects.set_name(other.id, "glass whale", by="Ann")
    assert studio.projects.set_name(made.id, "GLASS WHALE", by="Ann").name == "GLASS WHALE"
    studio.projects.archive(other.id, by="Ann")
    studio.projects.file([clip.id], made.id, by="Ann")
    listed = studio.projects.all()
    assert [(one.name, one.generations) for one in listed] == [("GLASS WHALE", 1), ("Sea", 0)]
    assert [bool(one.archived_at) for one in listed] == [False, True]
    with pytest.raises(InvalidReview):
        studio.projects.file([clip.id], 99, by="Ann")


def searched(studio: Studio, search: str) -> list[int]:
    return studio.history.numbers(Filter(search=search), Order.NEWEST)


def test_a_former_name_leads_to_its_project_until_another_takes_it(
    studio: Studio, clip: Generation
) -> None:
    project = studio.projects.named("Sea Side", by="Ann")
    studio.projects.file([clip.id], project.id, by="Ann")
    for name in ("Ocean", "Whale"):
        studio.projects.set_name(project.id, name, by="Ann")
    for name in ('"Sea Side"', "sea-side", "ocean", "Whale"):
        assert searched(studio, f"project:{name}") == [clip.id]
        assert studio.history.complaints(f"project:{name}") == []

    studio.projects.named("Seaside", by="Bob")
    assert searched(studio, "project:seaside") == searched(studio, "project:sea-side") == []
    taken = studio.projects.named("ocean", by="Bob")
    assert searched(studio, "project:Ocean") == []
    studio.projects.set_name(taken.id, "Land", by="Bob")
    assert searched(studio, "project:Ocean") == []
    studio.projects.set_name(project.id, "Ocean", by="Ann")
    assert searched(studio, "project:whale") == searched(studio, "project:ocean") == [clip.id]


def test_what_was_kept_of_searches_says_the_new_name_of_a_project(
    studio: Studio, clip: Generation
) -> None:
    project = studio.projects.named("Sea", by="Ann")
    studio.projects.file([clip.id], project.id, by="Ann")
    studio.views.save("Ours", "q=-project%3Asea%2Cland+sea+x%3Ay&sort=Cost", by="Ann")
    studio.views.save("Words", "q=sea++%22project%3Asea%22&size=project%3Asea", by="Ann")
    wanted = NewShare("Takes", "Ann")
    studio.shares.make_live(wanted, Filter(search="project:SEA"), Order.NEWEST)

    studio.projects.set_name(project.id, 'Blue, "Sea"', by="Ann")
    studio.projects.named("Sea", by="Bob")
    views = {view.name: view.query for view in studio.views.seen_by("Ann")}
    named = '"Blue, ""Sea"""'
    assert parse_qs(views["Ours"]) == {"q": [f"-project:{named},land sea x:y"], "sort": ["Cost"]}
    assert views["Words"] == "q=sea++%22project%3Asea%22&size=project%3Asea"
    assert searched(studio, f"project:{named}") == [clip.id]
    assert [link.clips for link in studio.shares.all()] == [1]


def test_a_generation_keeps_who_asked_for_it_and_for_which_project(
    studio: Studio, text_request: Request
) -> None:
    project = studio.projects.named("Sea", by="Ann")
    made, _ = studio.compose.submit(text_request, "one", author="Ann", project_id=project.id)
    assert (made.author, made.project_id) == ("Ann", project.id)


def test_views_are_their_owners_or_everyones(studio: Studio) -> None:
    studio.views.save("Best", "stars:>4", by="Ann")
    kept = studio.views.save("best", "stars:5", by="ann")
    studio.views.save("Best", "is:approved", by="Bob", everyones=True)
    assert [(v.name, v.owner, v.query) for v in studio.views.seen_by("Ann")] == [
        ("best", "Ann", "stars:5"),
        ("Best", "", "is:approved"),
    ]
    assert [v.query for v in studio.views.seen_by("Cleo")] == ["is:approved"]
    with pytest.raises(InvalidReview):
        studio.views.delete(kept.id, by="Bob")
    studio.views.delete(kept.id, by="Ann")
    assert [v.query for v in studio.views.seen_by("Ann")] == ["is:approved"]


# -- notes ----------------------------------------------------------------------------------------


def test_a_note_is_answered_edited_resolved_and_deleted(studio: Studio, clip: Generation) -> None:
    note_id = "of-this-click"
    for _ in range(2):
        studio.reviews.write(
            clip.id, "Too\r\ndark", by="Ann", span=Span(1.25, 2.5), note_id=note_id
        )
    studio.reviews.write(clip.id, "Fixed", by="Bob", answers=note_id)
    note, answer = studio.reviews.notes(clip.id)
    assert (note.text, note.span) == ("Too\ndark", Span(1.25, 2.5))
    assert answer.parent == note.id
    studio.reviews.edit(note_id, "Too dark at the edge", by="ann")
    studio.reviews.resolve(note_id, by="Bob")
    (edited, _) = studio.reviews.notes(clip.id)
    assert (edited.text, edited.resolved_by) == ("Too dark at the edge", "Bob")
    assert edited.edited_at
    assert edited.resolved_at
    with pytest.raises(InvalidReview):
        studio.reviews.edit(note_id, "Mine", by="Bob")
    with pytest.raises(InvalidReview):
        studio.reviews.delete(note_id, by="Bob")
    studio.reviews.delete(note_id, by="Ann")
    assert [bool(one.deleted_at) for one in studio.reviews.notes(clip.id)] == [True, False]
    studio.reviews.delete(answer.id, by="Bob")
    assert studio.reviews.notes(clip.id) == []


@pytest.mark.parametrize("text", ["", " \n\u200b", "x" * 5001])
def test_a_note_says_something(studio: Studio, clip: Generation, text: str) -> None:
    with pytest.raises(InvalidReview):
        studio.reviews.write(clip.id, text, by="Ann")


@pytest.mark.parametrize("span", [Span(-1), Span(float("nan")), Span(float("inf"))])
def test_a_moment_is_one_of_a_clip(studio: Studio, clip: Generation, span: Span) -> None:
    with pytest.raises(InvalidReview):
        studio.reviews.write(clip.id, "Here", by="Ann", span=span)


def test_a_stretch_backwards_is_a_moment(studio: Studio, clip: Generation) -> None:
    studio.reviews.write(clip.id, "Here", by="Ann", span=Span(2.0, 1.0))
    assert studio.reviews.notes(clip.id)[0].span == Span(2.0)


# -- what is searched -----------------------------------------------------------------------------


def test_notes_tags_and_file_names_are_indexed_as_they_are_now(
    studio: Studio, clips: list[Generation], text_request: Request
) -> None:
    first, second, _ = (clip.id for clip in clips)
    written = studio.reviews.write(first, "The whale glows", by="Ann")
    studio.reviews.write(first, "Softer", by="Ann")
    studio.reviews.tag([first, second], "Moonlight", by="Ann")
    assert found(studio, "notes", "WHALE GLO") == [first]
    assert found(studio, "tags", "moon") == [first, second]
    (note, _) = studio.reviews.notes(first)
    studio.reviews.edit(note.id, "The shark glows", by="Ann")
    assert found(studio, "notes", "whale") == []
    assert found(studio, "notes", "shark") == found(studio, "notes", "softer") == [first]
    studio.reviews.delete(note.id, by="Ann")
    studio.reviews.untag([first], "moonlight", by="Ann")
    assert found(studio, "notes", "shark") == []
    assert found(studio, "tags", "moon") == [second]
    assert written.action


def test_a_generation_is_found_by_the_name_of_what_it_starts_from(
    studio: Studio, image_request: Callable[[str], Request]
) -> None:
    upload = Upload("a" * 64, "Storyboard 7.png", "image/png", 10, 8, 8, NOON)
    studio._store.add_upload(upload)
    made = add_to(studio, image_request(upload.sha256))
    assert found(studio, "files", "storyboard 7") == [made.id]
    studio.reviews.tag([made.id], "sea", by="Ann")
    assert found(studio, "files", "storyboard 7") == [made.id]


@pytest.mark.parametrize("text", [HOSTILE, "'; drop table notes; --", "a\u202eb", "x AND y OR *"])
def test_no_text_is_more_than_text(studio: Studio, clip: Generation, text: str) -> None:
    name = text[:LONGEST_NAME]
    studio.reviews.tag([clip.id], name, by=name)
    studio.reviews.write(clip.id, text, by=name)
    studio.projects.file([clip.id], studio.projects.named(name, by=name).id, by=name)
    (tag,) = studio.reviews.tags(clip.id)
    assert tag.name == tag.person == name.replace("\u202e", "").strip()
    assert studio.reviews.notes(clip.id)[0].text == text


# -- two at once ----------------------------------------------------------------------------------


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """All of them, each in its own thread, starting together."""
    ready = threading.Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        ready.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def two(open_studio: OpenStudio, settings: Settings, studio: Studio) -> Iterator[list[Studio]]:
    """Two servers on one folder."""
    with closing(open_studio(replace(settings))) as other:
        yield [studio, other]


def test_two_who_rate_at_once_both_count(two: list[Studio], clip: Generation) -> None:
    for stars in range(1, 6):
        at_once(
            *(
                lambda one=one, n=n, s=stars: one.reviews.rate([clip.id], s, by=f"Person {n}")
                for n, one in enumerate(two * 3)
            )
        )
    assert len(two[0].reviews.ratings(clip.id)) == 6
    assert (fresh(two[1], clip).stars, fresh(two[1], clip).raters) == (500, 6)


def test_one_trashes_while_the_other_tags(two: list[Studio], clips: list[Generation]) -> None:
    one, other = two
    ids = [clip.id for clip in clips]
    at_once(
        lambda: one.trash.put(ids, by="Ann"),
        lambda: other.reviews.tag(ids, "sea", by="Bob"),
    )
    for clip in clips:
        assert fresh(one, clip).is_in_trash
        assert [tag.name for tag in one.reviews.tags(clip.id)] == ["sea"]


def test_one_renames_a_project_while_the_other_files_into_it(
    two: list[Studio], clip: Generation
) -> None:
    one, other = two
    project = one.projects.named("Sea", by="Ann")
    at_once(
        lambda: one.projects.set_name(project.id, "Ocean", by="Ann"),
        lambda: other.projects.file([clip.id], project.id, by="Bob"),
    )
    (kept,) = other.projects.all()
    assert (kept.name, kept.generations) == ("Ocean", 1)
    assert told(one, clip)[-1][-1] == "Ocean"


def test_one_renames_a_project_while_the_other_keeps_a_view_of_it(
    two: list[Studio], clip: Generation
) -> None:
    one, other = two
    project = one.projects.named("Sea", by="Ann")
    one.projects.file([clip.id], project.id, by="Ann")
    at_once(
        lambda: one.projects.set_name(project.id, "Ocean", by="Ann"),
        lambda: other.views.save("Ours", "q=project%3ASea", by="Bob"),
    )
    (view,) = one.views.seen_by("Bob")
    (search,) = parse_qs(view.query)["q"]
    for studio in two:
        assert searched(studio, search) == searched(studio, "project:sea") == [clip.id]


def test_a_project_made_twice_at_once_is_one(two: list[Studio]) -> None:
    made = at_once(
        *(
            lambda one=one, name=name: one.projects.named(name, by="Ann")
            for one, name in zip(two * 2, ["Sea", "SEA", "sea", "seA"], strict=True)
        )
    )
    assert len({project.id for project in made}) == 1
    assert len(two[0].projects.all()) == 1


def test_what_fails_half_way_changes_nothing(
    studio: Studio, clips: list[Generation], monkeypatch: pytest.MonkeyPatch
) -> None:
    with studio._file.tx() as db:
        db.execute(
            "create trigger stopped before insert on generation_tags"
            f" when new.generation_id = {clips[2].id} begin select raise(abort, 'no'); end"
        )
    with pytest.raises(sqlite3.Error):
        studio.reviews.tag([clip.id for clip in clips], "sea", by="Ann")
    assert not studio.reviews.tag_counts()
    assert all(not studio.reviews.decisions(clip.id) for clip in clips)


# -- the trash ------------------------------------------------------------------------------------


def test_what_is_in_the_trash_is_in_no_list_but_the_trash_and_still_money(
    studio: Studio, clips: list[Generation], clock: Clock
) -> None:
    ids = [clip.id for clip in clips]
    spent = studio.history.bought("model", demo=False)
    by_day = studio.history.bought("day", demo=False)
    studio.trash.put(ids[1:2], by="Ann")
    assert {one.id for one in studio.history.page(Filter(), Order.NEWEST, 1, 9)} == {
        ids[0],
        ids[2],
    }
    assert [one.id for one in studio.history.page(Filter(trashed=True), Order.NEWEST, 1, 9)] == [
        ids[1]
    ]
    assert studio.history.neighbours(ids[0]) == (None, ids[2])
    assert studio.history.sums(Filter()).totals.generations == 2
    assert studio.history.bought("model", demo=False) == spent
    assert studio.history.bought("day", demo=False) == by_day
    assert studio.trash.count() == 1


def test_what_is_still_made_is_not_trashed_and_is_named(
    studio: Studio, text_request: Request, clip: Generation
) -> None:
    flying = add_to(studio, text_request, Status.RUNNING)
    lost = add_to(studio, text_request, Status.UNCONFIRMED, sent=False)
    done = studio.trash.put([flying.id, clip.id, lost.id], by="Ann")
    assert done.changed == (clip.id,)
    assert done.refused.keys() == {flying.id, lost.id}
    assert not fresh(studio, flying).is_in_trash


def test_an_emptied_one_keeps_what_it_cost_and_none_of_its_files(
    studio: Studio, text_request: Request, picture: MakePicture
) -> None:
    kept, gone = (keep_made(studio, text_request, picture()) for _ in range(2))
    folders = ("videos", "posters", "previews")

    def names() -> set[str]:
        return {
            path.name for folder in folders for path in (studio.media.folder / folder).iterdir()
        }

    for clip in (kept, gone):
        for output in clip.outputs:
            studio.previews.make(Path(output.poster).stem)
    before, spent = names(), studio.history.bought("model", demo=False)
    studio.trash.put([gone.id], by="Ann")
    done = studio.trash.empty(by="Bob", generation_ids=[gone.id, kept.id])
    assert done.changed == (gone.id,)
    left = fresh(studio, gone)
    assert (left.outputs, left.credits, left.trashed_by) == ((), gone.credits, "Ann")
    assert left.emptied_at
    assert names() == {name for name in before if name.startswith(kept.file_stem)}
    assert studio.history.bought("model", demo=False) == spent
    assert studio.trash.restore([gone.id], by="Ann").refused.keys() == {gone.id}
    listed = {
        trashed: [one.id for one in studio.history.page(wanted, Order.OLDEST, 1, 9)]
        for trashed in (True, False, None)
        if (wanted := Filter(trashed=trashed))
    }
    assert listed == {True: [], False: [kept.id], None: [kept.id, gone.id]}
    assert studio.trash.count() == 0
    assert not studio.trash.empty(by="Bob").changed


def test_the_trash_is_emptied_after_its_days_and_a_cut_goes_on(
    open_studio: OpenStudio,
    settings: Settings,
    text_request: Request,
    picture: MakePicture,
    clock: Clock,
) -> None:
    studio = open_studio(replace(settings, trash_days=3))
    studio.tracker._leader.take()
    clip = keep_made(studio, text_request, picture())
    studio.trash.put([clip.id], by="Ann")
    studio.maintenance.step()
    clock.advance(3 * 86400 - 1)
    studio.maintenance.step()
    assert fresh(studio, clip).outputs
    clock.advance(2)
    studio.maintenance.step()
    assert fresh(studio, clip).emptied_at
    assert not (studio.media.folder / "videos" / clip.outputs[0].file).exists()
    assert told(studio, clip)[-1] == ("", What.TRASH, "", "in_trash", "emptied")


def test_a_server_killed_while_emptying_goes_on_at_its_start(
    open_studio: OpenStudio, settings: Settings, text_request: Request, picture: MakePicture
) -> None:
    studio = open_studio(settings)
    clip = keep_made(studio, text_request, picture())
    path = studio.media.output(clip.outputs[0])
    studio.trash.put([clip.id], by="Ann")
    with studio._file.tx() as db:
        db.execute("update generations set emptied_at = trashed_at")
    studio.close()
    again = open_studio(settings)
    again.tracker._leader.take()
    assert path.exists()
    again.maintenance.step()
    assert not path.exists()
    assert not fresh(again, clip).outputs


@pytest.mark.parametrize("days", [0, 999_999_999])
def test_the_trash_may_stay_for_ever(
    open_studio: OpenStudio, settings: Settings, text_request: Request, clock: Clock, days: int
) -> None:
    studio = open_studio(replace(settings, trash_days=days))
    studio.tracker._leader.take()
    clip = add_to(studio, text_request)
    studio.trash.put([clip.id], by="Ann")
    clock.advance(10_000 * 86400)
    studio.maintenance.step()
    assert not fresh(studio, clip).emptied_at


def test_a_task_is_deleted_at_runway_by_its_own_action_only(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    made = settle(studio, studio.compose.submit(text_request, "one")[0])
    studio.trash.put([made.id], by="Ann")
    studio.trash.empty(by="Ann")
    (task,) = emulator.ledger()["tasks"]
    assert not task["deleted"]
    for _ in range(2):
        studio.trash.delete_at_provider(made.id, by="Ann")
    (task,) = emulator.ledger()["tasks"]
    assert task["deleted"]
    assert [one for one in told(studio, made) if one[1] is What.REMOTE] == [
        ("Ann", What.REMOTE, "", "", "yes")
    ]
    assert fresh(studio, made).credits_charged == made.credits_charged


def test_what_runway_still_makes_is_not_deleted_there(
    studio: Studio, text_request: Request
) -> None:
    flying = add_to(studio, text_request, Status.RUNNING)
    with pytest.raises(InvalidReview):
        studio.trash.delete_at_provider(flying.id, by="Ann")
