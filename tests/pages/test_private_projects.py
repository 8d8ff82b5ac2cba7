"""Private projects on pages: somebody outside finds no word of one, whichever way they look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.access.guarded import Asker
from core.domain.people import Identity, Role
from core.generations import Request, Status
from core.serving import presenting
from core.studio import Studio
from core.studio.making.batches import Wanted
from pages.ui.access import sign_in
from tests.histories import add_to
from tests.pages.conftest import open_page, unfold, words

SECRET = "Nightfall"
SAID = (SECRET, "zebra", "Stripes", "Herd", "More mane")
"""The words of what is private: names, prompts, tags, batches, notes."""
WAYS: tuple[tuple[str, dict[str, str]], ...] = (
    ("history", {}),
    ("history", {"q": "dusk"}),
    ("history", {"q": "mane"}),
    ("generation", {"id": "2"}),
    ("generation", {"id": "1"}),
    ("inbox", {}),
    ("spending", {}),
    ("batches", {}),
    ("create", {}),
    ("unconfirmed", {}),
    ("settings", {}),
)


@pytest.fixture
def team(studio: Studio, text_request: Request) -> Studio:
    """One clip that everybody sees, and a private project of Mia's with three more."""
    for name in ("Mia", "Olaf"):
        studio.people.arrive(Identity(name.lower(), name))
        studio.people.set_role(name.lower(), Role.MAKER)
    mia = studio.asked_by(studio.people.find("mia"))
    sea = replace(text_request, prompt="A quiet sea")
    herd = replace(text_request, prompt="A zebra at dusk")
    add_to(studio, sea)
    for status in (Status.SUCCEEDED, Status.FAILED, Status.UNCONFIRMED):
        add_to(studio, herd, status, charged=24, sent=status is Status.SUCCEEDED)
    hidden = studio.projects.named(SECRET, by="Mia").id
    studio.projects.file([2, 3, 4], hidden, by="Mia")
    mia.projects.set_people(hidden, [], by="Mia")
    mia.reviews.tag([2], "Stripes", by="Mia")
    mia.reviews.write(2, "More mane", by="Mia", note_id="n1")
    mia.batches.submit("Herd", [Wanted(herd, hidden)] * 2, "b", author="Mia")
    return studio


def seen_by(studio: Studio, name: str) -> dict[str, set[str]]:
    """Which of the private words each way of looking shows them."""
    asker = Asker(lambda: studio.people.find(name), sign_in.asker(studio).refused)
    found = {}
    with presenting(studio, asker):
        for way, query in WAYS:
            page = open_page(way, **query)
            if way == "history" and not query:
                page = unfold(page, "filters")
            shown = words(page)
            found[f"{way} {query}"] = {said for said in SAID if said in shown}
    return found


def test_somebody_outside_finds_no_word_of_it_on_any_page(team: Studio) -> None:
    inside = seen_by(team, "mia")
    assert set().union(*inside.values()) == set(SAID)
    assert all(inside[f"{way} {query}"] for way, query in WAYS[:4])
    assert set().union(*seen_by(team, "olaf").values()) == set()
