"""Families: random ones against a plain model, older ones by their files, and what they cost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.families import Cost, Link, Parent, Way
from core.generations import Generation, Input, Status
from core.storage.database import HistoryFile
from core.storage.making.families import FamilyStore
from core.storage.store import Store
from tests.conftest import NOON
from tests.core.storage.test_store import CLIP, SEA, add

WAYS = list(Way)
MOST = 1000


@pytest.fixture
def file(tmp_path: Path, empty_history: Path) -> Iterator[HistoryFile]:
    """A new history file."""
    with closing(HistoryFile(Path(shutil.copy(empty_history, tmp_path)))) as opened:
        yield opened


def made(store: Store, key: str, *parents: Parent) -> Generation:
    return add(store, key=key, parents=parents)


def connected(start: int, pairs: set[tuple[int, int]]) -> set[int]:
    """By walking from one to all that it is tied to, again and again."""
    found = {start}
    while more := {end for pair in pairs if found & set(pair) for end in pair} - found:
        found |= more
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[dict[int, Way]]:
    """Of each generation in its turn, the numbers before it that it is made from."""
    count = draw(st.integers(1, 14))
    return [
        draw(st.dictionaries(st.integers(1, n), st.sampled_from(WAYS), max_size=3)) if n else {}
        for n in range(count)
    ]


@pytest.mark.slow
@settings(max_examples=25)
@given(history=histories())
def test_a_family_is_all_that_hangs_together(
    empty_history: Path, history: list[dict[int, Way]]
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(HistoryFile(Path(shutil.copy(empty_history, folder)))) as file,
    ):
        store, families = Store(file), FamilyStore(file)
        for n, parents in enumerate(history, 1):
            made(store, f"k{n}", *(Parent(f"k{p}", way) for p, way in parents.items()))
        links = {
            Link(n, p, way) for n, parents in enumerate(history, 1) for p, way in parents.items()
        }
        pairs = {(link.child, link.parent) for link in links}
        for n in range(1, len(history) + 1):
            kin = families.kin(n, MOST)
            everybody = connected(n, pairs)
            assert set(kin.ids) == everybody
            assert len(kin.ids) == len(everybody)
            assert kin.ids[0] == n
            assert kin.is_all
            assert set(kin.links) == {one for one in links if one.child in everybody}


def test_a_circle_that_somebody_wrote_by_hand_ends(file: HistoryFile) -> None:
    store, families = Store(file), FamilyStore(file)
    made(store, "a", Parent("b", Way.REMIX), Parent("a", Way.INPUT))
    made(store, "b", Parent("a", Way.REMIX))
    assert families.kin(1, MOST).ids == (1, 2)


def test_the_nearest_come_first_and_it_is_said_that_there_are_more(file: HistoryFile) -> None:
    store, families = Store(file), FamilyStore(file)
    made(store, "k0")
    for n in range(1, 30):
        made(store, f"k{n}", Parent(f"k{n - 1}", Way.EXTENDED))
    kin = families.kin(15, 5)
    assert set(kin.ids) == {13, 14, 15, 16, 17}
    assert not kin.is_all
    assert families.kin(15, 30).is_all


def test_a_parent_that_this_history_does_not_have_is_passed_over(file: HistoryFile) -> None:
    alone = made(Store(file), "a", Parent("elsewhere", Way.INPUT))
    families = FamilyStore(file)
    assert families.kin(alone.id, MOST).links == ()
    assert families.parents(alone.id) == (Parent("elsewhere", Way.INPUT),)


def test_the_cost_tells_settled_from_pending_and_the_demo_apart(file: HistoryFile) -> None:
    store = Store(file)
    settled, failed = made(store, "a"), made(store, "b")
    store.move(
        settled, Status.SUCCEEDED, NOON, task_id="a", credits_charged=41, credits_estimated=60
    )
    store.move(failed, Status.FAILED, NOON, credits_charged=0, credits_estimated=60)
    running = made(store, "c")
    store.move(running, Status.RUNNING, NOON, task_id="c", credits_estimated=55)
    quoted, nobody_knows = made(store, "d"), add(store, key="e", quoted=None)
    pretended = add(store, key="f", demo=True, quoted=9)
    everybody = [settled, failed, running, quoted, nobody_knows, pretended]
    costs = FamilyStore(file).costs([one.id for one in everybody])
    assert costs == {
        False: {"runway": Cost(41, 55 + 60, 1)},
        True: {"runway": Cost(0, 9, 0)},
    }
    assert sum(
        cost.settled + cost.pending for each in costs.values() for cost in each.values()
    ) == sum(one.credits or 0 for one in (store.get(each.id) for each in everybody))


# -- files ----------------------------------------------------------------------------------------


def finished(store: Store, key: str, sha256: str) -> Generation:
    one = made(store, key)
    store.move(one, Status.SUCCEEDED, NOON, task_id=key, outputs=(replace(CLIP, sha256=sha256),))
    return one


def test_a_file_comes_from_whom_it_was_taken_and_else_from_the_newest_with_that_hash(
    file: HistoryFile,
) -> None:
    store, families = Store(file), FamilyStore(file)
    one = finished(store, "a", "11")
    finished(store, "b", "11")
    assert families.sources(["11", "22", ""]) == {"11": "b"}
    families.add_source("11", one)
    families.add_source("33", one)
    assert families.sources(["11", "33"]) == {"11": "a", "33": "a"}
    assert families.sources([]) == {}


def test_what_an_older_history_started_from_is_known_by_its_files(
    file: HistoryFile, tmp_path: Path
) -> None:
    store = Store(file)
    finished(store, "a", "11")
    later = NOON + timedelta(minutes=5)
    clip = replace(SEA, inputs=(Input("video", "11", medium="video"),))
    cut = replace(SEA, inputs=(Input("first", "22"), Input("web", url="https://example.com/a.png")))
    made_of_clip = add(store, clip, "b", later)
    made_of_frame = add(store, cut, "c", later)
    with file.tx() as db:  # as it was before: no parents, and a frame that has only its name
        db.execute("delete from parents")
        for table in ("parents", "file_sources"):
            db.execute(f"drop table {table}")
        db.execute("drop index outputs_sha256")
        db.execute("alter table drafts drop column origin")
        db.execute("delete from _sqlite_migrations where name = 'm020_families'")
        row = {"media_type": "image/png", "bytes": 600, "width": 9, "height": 9, "duration": 0}
        row |= {"created_at": later.isoformat(), "name": "last frame of 1.png", "sha256": "22"}
        db.table("uploads").insert(row | {"frame_rate": 0, "codec": ""})
    file.close()
    with closing(HistoryFile(file.path)) as again:
        families = FamilyStore(again)
        assert families.parents(made_of_clip.id) == (Parent("a", Way.INPUT),)
        assert families.parents(made_of_frame.id) == (Parent("a", Way.INPUT),)
        assert families.parents(1) == ()
        assert families.sources(["22"]) == {"22": "a"}
