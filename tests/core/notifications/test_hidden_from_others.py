"""Private projects: a receiver hears of what the person who set it up may see, and sees no more."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from PIL import Image

from core.domain.people import Identity, Role
from core.domain.subscriptions import Topic
from core.generations import Generation, Request, Status
from core.studio import Studio
from core.studio.making.batches import Wanted
from tests.conftest import Clock
from tests.core.conftest import Wire, say
from tests.core.notifications.test_webhooks import deliver
from tests.histories import clip_row

DONE = frozenset({Topic.DONE, Topic.BATCH_DONE})
WORDS = "A quiet sea that nobody is to read"


@dataclass
class Ear:
    """A person's webhook and channel, and what they are told."""

    wire: Wire

    @property
    def program(self) -> list[str]:
        """What the webhook was told: a topic and a number or id."""
        told = [json.loads(one.body) for one in self.wire.heard if one.path == "/hook"]
        return [f"{one['type']} {one['data']['id']}" for one in told]

    @property
    def words(self) -> list[str]:
        """What the channel was told without a picture."""
        told = [one for one in self.wire.heard if one.path == "/"]
        return [json.loads(one.body)["message"] for one in told]

    @property
    def pictures(self) -> list[bytes]:
        return [one.body for one in self.wire.heard if one.path.startswith("/dailies?")]


@pytest.fixture
def team(told: Studio) -> Studio:
    """Mia and Olaf are makers."""
    for name in ("Mia", "Olaf"):
        told.people.arrive(Identity(name.lower(), name))
        told.people.set_role(name.lower(), Role.MAKER)
    return told


@pytest.fixture
def ears(team: Studio) -> Iterator[dict[str, Ear]]:
    """Of each of them, whose channel wants pictures."""
    found = {}
    for name in ("Mia", "Olaf"):
        wire = Wire()
        wire.on("POST /hook", say(204, b""))
        wire.on("POST /", say(200, {}))
        team.webhooks.add(f"{wire.url}/hook", DONE, by=name)
        address = wire.url.replace("http://", "ntfy://") + "/dailies"
        team.channels.add(name, address, DONE, by=name, with_pictures=True)
        found[name] = Ear(wire)
    yield found
    for ear in found.values():
        ear.wire.close()


def finish(studio: Studio, generation: Generation) -> None:
    """As if Runway had made it; its poster says the prompt in a comment."""
    output = clip_row(studio, generation.id)
    poster = studio.media.poster(output)
    Image.open(poster).save(poster, comment=WORDS.encode())
    assert WORDS.encode() in poster.read_bytes()
    studio._store.move(
        generation,
        Status.SUCCEEDED,
        studio.now,
        outputs=(output,),
        task_id=f"task {generation.id}",
        credits_charged=24,
    )


def takes_pictures(ear: Ear, *messages: str) -> None:
    for message in messages:
        said = {"filename": "dailies.webp", "title": "Dailies", "message": message}
        ear.wire.on(f"POST /dailies?{urlencode(said)}", say(200, {}))


def test_of_a_private_project_only_those_hear_and_get_a_picture_who_may_see_it(
    team: Studio, ears: dict[str, Ear], text_request: Request
) -> None:
    hidden = team.projects.named("Nightfall", by="Mia").id
    team.asked_by(team.people.find("mia")).projects.set_people(hidden, [], by="Mia")
    mia, olaf = ears["Mia"], ears["Olaf"]
    takes_pictures(mia, "#1 is done, 24 credits", "Seas: 2 done, 48 credits")
    takes_pictures(mia, "#4 is done, 24 credits")
    takes_pictures(olaf, "#4 is done, 24 credits")
    single, _ = team.compose.submit(text_request, "one", author="Mia", project_id=hidden)
    batch, _ = team.batches.submit(
        "Seas", [Wanted(text_request, hidden), Wanted(text_request, None)], "two", author="Mia"
    )
    seen, _ = team.compose.submit(text_request, "three", author="Mia")
    for number in (single.id, *team.batches.numbers(batch.id), seen.id):
        finish(team, team.generations.get(number))
    deliver(team)
    assert mia.program == [
        "generation.done 1", "generation.done 2", "generation.done 3",
        f"batch.done {batch.id}", "generation.done 4",
    ]  # fmt: skip
    assert olaf.program == ["generation.done 3", "generation.done 4"]
    assert (len(mia.pictures), len(olaf.pictures)) == (3, 1)
    assert mia.words == olaf.words == []
    for content in (*mia.pictures, *olaf.pictures):
        with Image.open(io.BytesIO(content), formats=["WEBP"]) as picture:
            assert max(picture.size) <= 640
        assert WORDS.encode() not in content


def test_what_is_refused_with_its_picture_comes_in_words_alone(
    team: Studio, ears: dict[str, Ear], clock: Clock, text_request: Request
) -> None:
    olaf = ears["Olaf"]
    made, _ = team.compose.submit(text_request, "one", author="Mia")
    finish(team, made)
    deliver(team)
    assert olaf.words == []
    (_mine, others) = team.channels.all()
    last = team.channels.last(others.id)
    assert last
    assert not last.is_delivered
    clock.advance(6)
    deliver(team)
    assert olaf.words == ["#1 is done, 24 credits"]
