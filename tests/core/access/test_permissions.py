"""The table of who may do what: whole, and held at every call for every role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.access.guarded import Asker
from core.access.permissions import EVERYBODY, PERMISSIONS
from core.domain.people import Identity, Person, Role
from core.errors import NotAllowed
from core.studio import Studio
from tests.conftest import OpenStudio

OWN = {
    "batches": {"orders"},
    "caps": {"admit", "admit_all", "problems", "problems_of_all"},
    "compose": {"parents", "wrong", "wrong_in"},
    "reviews": {"actor"},
    "people": {"admins", "arrive", "find", "named", "now", "seen_as"},
    "audit": {"enter", "entry"},
}
"""What parts and the server itself call of one another, for whom nobody asks."""


def parts(studio: Studio) -> Iterator[tuple[str, object]]:
    """Those that are made for pages and routes."""
    for name, part in vars(studio).items():
        if type(part).__module__.startswith("core.studio.") and not name.startswith("_"):
            yield name, part


def test_every_method_of_a_part_has_its_role(studio: Studio) -> None:
    there = {
        f"{name}.{method}"
        for name, part in parts(studio)
        for method in dir(type(part))
        if not method.startswith("_") and method not in OWN.get(name, ())
    }
    named = {f"{part}.{method}" for part, rules in PERMISSIONS.items() for method in rules}
    assert there - named == set()


def test_what_the_table_names_is_there(studio: Studio) -> None:
    for part, rules in PERMISSIONS.items():
        missing = [f"{part}.{one}" for one in rules if not hasattr(getattr(studio, part), one)]
        assert missing == []


def test_every_role_may_call_what_the_table_says_and_nothing_else(studio: Studio) -> None:
    """Without arguments: who may call gets so far that they are missed, or an answer."""
    cells = 0
    for role in (None, *Role):
        person = Person("", "Nora", role) if role else None
        asked = studio.asked_by(person)
        for part, rules in PERMISSIONS.items():
            for method, rule in rules.items():
                if not isinstance(rule, Role | None):
                    continue
                may = rule is EVERYBODY or (role is not None and role.includes(rule))
                assert is_let_through(asked, part, method) is may, (part, method, role)
                cells += 1
    print(f"{cells} cells: each role, and each call on a part of the Studio")
    assert cells > 400


def is_let_through(studio: Studio, part: str, method: str) -> bool:
    try:
        found = getattr(getattr(studio, part), method)
        if callable(found):
            found()
    except NotAllowed:
        return False
    except TypeError:
        return True
    return True


@pytest.mark.parametrize("name", ["tracker", "previewer", "_file", "_store", "close", "start"])
def test_what_is_not_named_is_refused(studio: Studio, name: str) -> None:
    with pytest.raises(NotAllowed):
        getattr(studio.asked_by(Person("", "Nora", Role.ADMIN)), name)
    with pytest.raises(NotAllowed):
        getattr(studio.asked_by(Person("", "Nora", Role.ADMIN)).generations, name)


def test_a_refusal_says_what_and_whom_to_ask(open_studio: OpenStudio, studio: Studio) -> None:
    settings = replace(studio.settings, admins=frozenset({"nora@x.example"}))
    other = open_studio(replace(settings, data_dir=settings.data_dir / "other"))
    other.people.arrive(Identity("1", "Nora", "nora@x.example"))
    heard: list[NotAllowed] = []
    asked = other.asked(Asker(lambda: Person("2", "Mike", Role.MAKER), heard.append))
    with pytest.raises(NotAllowed) as refused:
        asked.trash.empty(by="Mike")
    assert refused.value.message == "Only an admin can delete the files of clips for good."
    assert refused.value.hint == "Ask Nora."
    assert heard == [refused.value]
