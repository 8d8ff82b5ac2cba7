"""Tokens of other programs: shown once, kept as a hash, and never brought back by a backup."""

from __future__ import annotations

import pytest

from core.domain.people import Person, Role
from core.domain.tokens import hash_of
from core.errors import InvalidReview
from core.settings import Settings
from core.storage.database import moment, stamp
from core.studio import Studio
from tests.conftest import Clock, OpenStudio

ANN = Person("", "Ann", Role.ADMIN)


def test_the_secret_is_in_no_file_of_the_data_folder(studio: Studio) -> None:
    token, secret = studio.tokens.make("a script", ANN, Role.MAKER)
    assert studio.tokens.recognise(secret)
    assert secret not in repr(token)
    assert hash_of(secret) not in repr(token)
    files = [path for path in studio.settings.data_dir.rglob("*") if path.is_file()]
    assert [path for path in files if secret.encode() in path.read_bytes()] == []


def test_a_token_may_no_more_than_who_made_it(studio: Studio) -> None:
    maker = Person("", "Bo", Role.MAKER)
    assert studio.tokens.make("a script", maker, Role.ADMIN)[0].role is Role.MAKER
    assert studio.tokens.make("a script", maker, Role.VIEWER)[0].role is Role.VIEWER


@pytest.mark.parametrize(("label", "name"), [(" ", "Ann"), ("a script", ""), ("a" * 61, "Ann")])
def test_a_token_has_a_name_and_somebody_it_speaks_for(
    studio: Studio, label: str, name: str
) -> None:
    with pytest.raises(InvalidReview):
        studio.tokens.make(label, Person("", name, Role.ADMIN), Role.MAKER)


def test_a_token_that_another_server_revokes_is_remembered_for_a_second_at_most(
    studio: Studio, settings: Settings, open_studio: OpenStudio, clock: Clock
) -> None:
    token, secret = studio.tokens.make("a script", ANN, Role.MAKER)
    assert studio.tokens.remembered(secret) is None
    assert studio.tokens.recognise(secret)
    assert studio.tokens.remembered(secret)
    open_studio(settings).tokens.revoke(token.id)
    clock.advance(1.1)
    assert studio.tokens.remembered(secret) is None
    assert studio.tokens.recognise(secret) is None


def test_tokens_are_read_again_before_anybody_has_to_wait_for_that(
    studio: Studio, settings: Settings, open_studio: OpenStudio, clock: Clock
) -> None:
    token, secret = studio.tokens.make("a script", ANN, Role.MAKER)
    studio.tokens.recognise(secret)
    assert not studio.tokens.is_due()
    clock.advance(0.6)
    assert studio.tokens.is_due()
    studio.tokens.refresh()
    clock.advance(0.6)
    assert studio.tokens.remembered(secret)
    open_studio(settings).tokens.revoke(token.id)
    studio.tokens.refresh()
    assert studio.tokens.remembered(secret) is None


def test_a_use_is_written_down_beside_the_call(studio: Studio, clock: Clock) -> None:
    _, secret = studio.tokens.make("a script", ANN, Role.MAKER)
    studio.tokens.recognise(secret)
    clock.advance(61)
    studio.tokens.refresh()
    assert studio.tokens.remembered(secret)
    assert studio.tokens.is_due()
    studio.tokens.refresh()
    assert studio.tokens.all()[0].last_used_at == moment(stamp(clock.now()))


def test_a_restored_backup_brings_back_no_token_that_was_revoked(studio: Studio) -> None:
    revoked, lost = studio.tokens.make("an old script", ANN, Role.MAKER)
    studio.tracker.step(studio.now)  # it leads from its first step on
    backup = studio.maintenance.make()
    studio.tokens.revoke(revoked.id)
    _, later = studio.tokens.make("a new script", ANN, Role.MAKER)
    studio.maintenance.restore(backup.path.name)
    assert studio.tokens.recognise(lost) is None
    assert studio.tokens.recognise(later)


def test_a_history_that_is_lost_brings_back_no_token_that_was_revoked(
    open_studio: OpenStudio, settings: Settings
) -> None:
    first = open_studio(settings)
    revoked, lost = first.tokens.make("an old script", ANN, Role.MAKER)
    _, kept = first.tokens.make("a script", ANN, Role.MAKER)
    first.maintenance.make()
    first.tokens.revoke(revoked.id)
    first.close()
    (settings.data_dir / "history.db").write_bytes(b"no history")
    for beside in settings.data_dir.glob("history.db-*"):
        beside.unlink()
    again = open_studio(settings)
    assert again.tokens.recognise(lost) is None
    assert again.tokens.recognise(kept)
