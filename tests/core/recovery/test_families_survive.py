"""What was made from what outlives the history: in manifests, in backups, by the files' hashes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.domain.families import Origin, Parent, Way
from core.generations import Generation, Input, Request
from core.recovery.beside import manifests
from core.settings import Settings
from core.studio import Studio
from tests.conftest import Clock, MakeImageRequest, OpenStudio, Settle
from tests.core.recovery.test_rebuild import SEA, look_after, lose
from tests.core.recovery.test_reviews_survive import lead

REMIX = replace(SEA, prompt="A quiet sea at night")


def parents(studio: Studio, *generations: Generation) -> list[set[tuple[str, Way]]]:
    found = [studio._records.families.parents(one.id) for one in generations]
    return [{(parent.key, parent.way) for parent in each} for each in found]


def family(studio: Studio, settle: Settle, image_request: MakeImageRequest) -> list[Generation]:
    """A clip, its remix, and one that starts with the last frame of it."""
    clip = settle(studio, studio.compose.submit(SEA, "clip")[0])
    remix, _ = studio.compose.submit(REMIX, "remix", origin=Origin(clip.id, Way.REMIX))
    frame = studio.uploads.add_frame(clip, "last")
    wanted = replace(image_request(frame.sha256), prompt=SEA.prompt)
    longer, _ = studio.compose.submit(wanted, "longer", origin=Origin(clip.id, Way.EXTENDED))
    return [settle(studio, one) for one in (clip, remix, longer)]


WRITTEN = [set(), {("clip", Way.REMIX)}, {("clip", Way.EXTENDED)}]


@pytest.mark.slow
def test_a_family_comes_back_when_the_database_is_lost(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    image_request: MakeImageRequest,
) -> None:
    studio = open_studio(settings)
    made = family(studio, settle, image_request)
    assert parents(studio, *made) == WRITTEN
    studio.close()
    lose(settings)
    again = open_studio(settings)
    look_after(again)
    assert parents(again, *made) == WRITTEN


@pytest.mark.slow
def test_older_manifests_tell_it_by_the_hashes_of_files(
    open_studio: OpenStudio, settings: Settings, settle: Settle
) -> None:
    studio = open_studio(settings)
    clip = settle(studio, studio.compose.submit(SEA, "clip")[0])
    upload = studio.uploads.add_output(clip, 0)
    wanted = Request("video_to_video", "aleph2", "Rain")
    taken = studio.compose.model(wanted)
    assert taken
    video = Input(taken.input[0].role, upload.sha256, medium="video")
    wanted = replace(wanted, params=taken.defaults, inputs=(video,))
    made = studio.compose.submit(wanted, "made")[0]
    assert parents(studio, made) == [{("clip", Way.INPUT)}]
    studio.close()
    for path in (settings.data_dir / "recipes").iterdir():
        told = json.loads(path.read_bytes())
        del told["parents"]
        path.write_text(json.dumps(told))
    lose(settings)
    again = open_studio(settings)
    look_after(again)
    assert parents(again, made) == [{("clip", Way.INPUT)}]


@pytest.mark.slow
def test_a_restored_backup_has_the_families_of_newer_generations_and_where_files_came_from(
    open_studio: OpenStudio,
    settings: Settings,
    settle: Settle,
    clock: Clock,
    image_request: MakeImageRequest,
) -> None:
    studio = open_studio(settings)
    lead(studio)
    upright = replace(SEA, params={**SEA.params, "ratio": "720:1280"})  # its frames are others
    earlier = settle(studio, studio.compose.submit(upright, "rain")[0])
    known = studio.uploads.add_frame(earlier, "last")
    backup = studio.maintenance.make()
    clock.advance(60)
    made = family(studio, settle, image_request)
    kept = studio.uploads.add_frame(made[0], "first")
    studio.maintenance.restore(backup.name)
    assert parents(studio, *made) == WRITTEN
    assert studio._records.families.sources([kept.sha256]) == {kept.sha256: "clip"}
    assert studio._records.families.sources([known.sha256]) == {known.sha256: "rain"}


@pytest.mark.parametrize("told", ["no list", [{"key": 3}], [{"key": "a", "way": "cloned"}]])
def test_what_cannot_be_read_of_parents_costs_no_generation(
    studio: Studio, text_request: Request, told: object
) -> None:
    made, _ = studio.compose.submit(text_request, "one")
    content = json.loads(manifests.write(made, parents=[Parent("a", Way.REMIX)]))
    assert manifests.parents(json.dumps(content).encode()) == (Parent("a", Way.REMIX),)
    broken = json.dumps(content | {"parents": told}).encode()
    assert manifests.parents(broken) == ()
    assert manifests.read(broken) == made
