"""Who signs in, what they may, and the list of what they did."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from core.access.grants import Grants
from core.domain.audit import Act
from core.domain.caps import EVERYONE, Period
from core.domain.people import LOCAL, Identity, Person, Role
from core.domain.shares import NewShare
from core.errors import NotAllowed, SettingsError
from core.generations import Request
from core.settings import Settings
from core.studio import Studio
from tests.conftest import OpenStudio
from tests.histories import add_to

NORA = Identity("idp 1", "Nora", "nora@studio.example")
MIKE = Identity("idp 2", "Mike", "mike@studio.example")
VERA = Identity("idp 3", "Vera", "vera@other.example", ("clients",))


@pytest.fixture
def team(open_studio: OpenStudio, settings: Settings) -> Studio:
    """A studio to which Nora comes as an admin, her domain as makers, clients as viewers."""
    admins, makers = frozenset({"nora@studio.example"}), frozenset({"@studio.example"})
    viewers = frozenset({"group:clients"})
    return open_studio(replace(settings, admins=admins, makers=makers, viewers=viewers))


def arrived(studio: Studio, identity: Identity) -> Person:
    person = studio.people.arrive(identity)
    assert person
    return person


@pytest.mark.parametrize(
    ("email", "groups", "role"),
    [
        ("Nora@Studio.example", (), Role.ADMIN),
        ("mike@studio.example", ("clients",), Role.MAKER),
        ("vera@other.example", ("Clients",), Role.VIEWER),
        ("eve@evil-studio.example", (), None),
        ("@studio.example.evil", (), None),
        ("", (), None),
        ("eve", ("editors",), None),
    ],
)
def test_settings_give_roles_by_address_domain_and_group(
    email: str, groups: tuple[str, ...], role: Role | None
) -> None:
    grants = Grants({"nora@studio.example"}, {"@studio.example"}, {"group:clients"})
    assert grants.role(email, groups) is role


def test_who_matches_nothing_waits_to_be_let_in(team: Studio) -> None:
    stranger = Identity("idp 9", "Eve", "eve@evil.example")
    assert team.people.arrive(stranger) is None
    team.asked_by(arrived(team, NORA)).people.set_role("idp 9", Role.VIEWER)
    assert arrived(team, stranger).role is Role.VIEWER


def test_no_two_people_sign_with_one_name(team: Studio) -> None:
    names = [arrived(team, replace(MIKE, id=f"idp {n}", name="mike ")).name for n in (4, 5, 6)]
    assert names == ["mike", "mike (mike)", "mike (2)"]
    assert arrived(team, replace(MIKE, id="idp 7", name="\u202e")).name == "mike (3)"
    assert arrived(team, replace(MIKE, id="idp 5", name="Boss")).name == "mike (mike)"


def test_a_demotion_holds_at_the_next_call_of_an_open_page(
    team: Studio, text_request: Request
) -> None:
    page = team.asked_by(arrived(team, MIKE))
    page.compose.submit(text_request, "one")
    admin = team.asked_by(arrived(team, NORA))
    admin.people.set_role(MIKE.id, Role.VIEWER)
    with pytest.raises(NotAllowed, match="Only a maker can generate"):
        page.compose.submit(text_request, "two")
    assert page.history.newest() == 1
    admin.people.remove(MIKE.id)
    with pytest.raises(NotAllowed):
        page.history.newest()
    assert team.people.arrive(MIKE) is None


def test_nobody_can_lock_everybody_out(open_studio: OpenStudio, settings: Settings) -> None:
    studio = open_studio(replace(settings, makers=frozenset({"@studio.example"})))
    for identity in (NORA, MIKE):
        arrived(studio, identity)
    studio.people.set_role(NORA.id, Role.ADMIN)
    nora = studio.asked_by(studio.people.find(NORA.id))
    with pytest.raises(NotAllowed, match="Nora is the only admin"):
        nora.people.remove(NORA.id)
    nora.people.set_role(MIKE.id, Role.ADMIN)
    nora.people.set_role(NORA.id, Role.VIEWER)
    with pytest.raises(NotAllowed, match="an admin"):
        nora.people.set_role(NORA.id, Role.ADMIN)


def test_an_admin_by_the_settings_stays_one(team: Studio) -> None:
    nora = team.asked_by(arrived(team, NORA))
    with pytest.raises(NotAllowed, match="DAILIES_ADMINS"):
        nora.people.remove(NORA.id)


def test_a_call_is_signed_by_who_makes_it_whatever_it_says(
    team: Studio, text_request: Request
) -> None:
    mike = team.asked_by(arrived(team, MIKE))
    made, _ = mike.compose.submit(text_request, "one", author="Nora")
    mike.reviews.rate([made.id], 5, by="Nora")
    assert made.author == "Mike"
    assert [one.person for one in team.reviews.ratings(made.id)] == ["Mike"]


def test_links_are_taken_back_by_who_made_them_and_by_admins(
    team: Studio, text_request: Request
) -> None:
    number = add_to(team, text_request).id
    team.people.arrive(VERA)
    team.people.set_role(VERA.id, Role.MAKER)
    mike, vera = (team.asked_by(arrived(team, one)) for one in (MIKE, VERA))
    first, second = (mike.shares.make(NewShare("Cut", "Vera"), [number]) for _ in range(2))
    assert first.by == "Mike"
    with pytest.raises(NotAllowed, match="turn off the links of others"):
        vera.shares.revoke(first.id)
    mike.shares.revoke(first.id)
    team.asked_by(arrived(team, NORA)).shares.revoke(second.id)
    assert [one.revoked_at is None for one in team.shares.all()] == [False, False]


def test_a_viewer_undoes_only_what_they_did(team: Studio, text_request: Request) -> None:
    number = add_to(team, text_request).id
    viewer = team.asked_by(arrived(team, VERA))
    mine = viewer.reviews.rate([number], 4, by="Vera")
    theirs = team.reviews.tag([number], "night", by="Mike")
    assert mine.action
    assert theirs.action
    with pytest.raises(NotAllowed):
        viewer.reviews.undo(theirs.action, by="Vera")
    assert viewer.reviews.undo(mine.action, by="Vera").changed == (number,)


def test_the_audit_list_tells_who_did_what(team: Studio, text_request: Request) -> None:
    nora, mike = (team.asked_by(arrived(team, one)) for one in (NORA, MIKE))
    made, _ = mike.compose.submit(text_request, "one")
    mike.compose.submit(text_request, "one")
    mike.generations.cancel(made.id)
    nora.caps.set(EVERYONE, Period.DAY, 500, by="Nora")
    nora.people.set_role(MIKE.id, Role.VIEWER)
    with pytest.raises(NotAllowed):
        mike.generations.cancel(made.id)
    entries, count = nora.audit.entries(10)
    assert count == len(entries) == 4
    assert [(one.person, one.act) for one in reversed(entries)] == [
        ("Mike", Act.SUBMITTED),
        ("Mike", Act.CANCELLED),
        ("Nora", Act.CAP),
        ("Nora", Act.ROLE),
    ]
    assert "generation 1, gen4.5" in entries[-1].about
    assert [one.act for one in nora.audit.entries(10, person="Nora", act=Act.CAP)[0]] == [Act.CAP]
    rows = list(csv.reader(io.StringIO(nora.audit.csv(person="Mike").decode("utf-8-sig"))))
    assert [row[3] for row in rows] == ["act", "submitted", "cancelled"]


def test_without_a_sign_in_the_list_has_the_name_that_was_told(
    studio: Studio, text_request: Request
) -> None:
    studio.asked_by(LOCAL).compose.submit(text_request, "one", author="Ben")
    (entry,) = studio.audit.entries(10)[0]
    assert (entry.person, entry.person_id) == ("Ben", "")


def test_nothing_is_ordered_that_the_audit_list_cannot_have(
    team: Studio, text_request: Request
) -> None:
    """Both are written together, or neither is."""
    mike = team.asked_by(arrived(team, MIKE))
    with team._file.tx() as db:
        db.execute(
            "create trigger full_list before insert on audit"
            " begin select raise(abort, 'no entry'); end"
        )
    with pytest.raises(sqlite3.IntegrityError, match="no entry"):
        mike.compose.submit(text_request, "one")
    assert team.history.newest() == 0


@pytest.mark.parametrize("change", ["delete from audit", "update audit set person = 'Eve'"])
def test_nobody_changes_the_audit_list(studio: Studio, change: str) -> None:
    studio.audit.enter(LOCAL, "Ben", Act.CAP, "a cap")
    with (
        closing(sqlite3.connect(studio.settings.data_dir / "history.db")) as file,
        pytest.raises(sqlite3.IntegrityError, match="only added to"),
    ):
        file.execute(change)


def test_a_restored_backup_brings_back_nobody_who_was_removed(
    team: Studio, text_request: Request
) -> None:
    nora = team.asked_by(arrived(team, NORA))
    arrived(team, MIKE)
    assert team.tracker._leader.take()
    backup = team.maintenance.make()
    nora.people.remove(MIKE.id)
    nora.maintenance.restore(backup.name)
    assert team.people.find(MIKE.id) is None
    acts = [one.act for one in nora.audit.entries(10)[0]]
    assert acts == [Act.RESTORED, Act.ROLE]


def test_a_lost_history_knows_from_the_file_beside_it_who_was_removed(
    team: Studio, open_studio: OpenStudio
) -> None:
    arrived(team, MIKE)
    team.people.remove(MIKE.id)
    team.close()
    for path in team.settings.data_dir.glob("history.db*"):
        path.unlink()
    again = open_studio(team.settings)
    assert again.tracker._leader.take()
    again.maintenance.step()
    assert again.people.find(MIKE.id) is None


@pytest.mark.parametrize(
    "environ",
    [
        {"DAILIES_ADMINS": "nora at studio"},
        {"DAILIES_LOGIN_PROXIES": "10.0.0.7"},
        {"DAILIES_LOGIN_PROXIES": "10.0.0.7", "FORWARDED_ALLOW_IPS": "10.0.0.0/24"},
        {"DAILIES_LOGIN_PROXIES": "10.0.0.7", "FORWARDED_ALLOW_IPS": "*"},
    ],
)
def test_settings_that_would_believe_a_stranger_end_the_start(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(environ))):
        Settings.load(environ)


def test_a_spreadsheet_calculates_no_name_of_the_audit_list(
    studio: Studio, text_request: Request
) -> None:
    studio.asked_by(LOCAL).compose.submit(text_request, "one", author="\uff1d1+1")
    _header, row = csv.reader(io.StringIO(studio.audit.csv().decode("utf-8-sig")))
    assert row[1] == "'\uff1d1+1"
