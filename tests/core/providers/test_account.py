"""The account is read in the background: nobody waits for it, and it is asked for seldom."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from core.emulator import Emulator
from core.errors import ServerTrouble, Unreachable
from core.generations import FIRST_PROVIDER, Request
from core.providers.breakers import STORM
from core.settings import Settings
from core.studio import Studio
from tests.conftest import NOON, Clock, account_of, books_of
from tests.core.conftest import Wire, say

ACCOUNT = {"creditBalance": 900}
ORGANIZATION, USAGE = "GET /v1/organization", "POST /v1/organization/usage"


@pytest.fixture
def silent(
    open_studio: Callable[[Settings], Studio], settings: Settings, wire: Wire
) -> Iterator[Studio]:
    """A studio whose reader is at work, and whose Runway takes calls and never answers."""
    wire.on(ORGANIZATION, wire.hang)
    wire.on(USAGE, wire.hang)
    studio = open_studio(replace(settings, base_url=wire.url))
    studio.accounts.start()
    yield studio
    studio.accounts.stop()


@pytest.mark.point(16)
def test_nobody_waits_for_a_runway_that_does_not_answer_and_one_alone_asks(
    silent: Studio, wire: Wire, clock: Clock
) -> None:
    def visit() -> None:
        for _ in range(20):
            assert silent.accounts.seen(FIRST_PROVIDER).organization is None
            assert silent.books.compared().seen_at is None
            assert silent.accounts.is_pending

    visitors = [threading.Thread(target=visit) for _ in range(8)]
    for one in visitors:
        one.start()
    for one in visitors:
        one.join()
    clock.advance(3600)
    visit()
    assert not wire.released.is_set(), "nobody has waited for the answer"
    assert len(wire.heard) <= 1


def test_an_answer_is_known_as_soon_as_it_comes(silent: Studio, wire: Wire, clock: Clock) -> None:
    answered = threading.Event()

    def late(connection: object) -> None:
        answered.wait(30)
        say(200, ACCOUNT)(connection)  # type: ignore[arg-type]

    wire.on(ORGANIZATION, late)
    changes = silent.accounts.changes
    assert silent.accounts.seen(FIRST_PROVIDER).seen_at is None
    answered.set()
    while silent.accounts.changes == changes:
        threading.Event().wait(0.01)
    found = silent.accounts.seen(FIRST_PROVIDER)
    assert found.organization
    assert (found.organization.credit_balance, found.error) == (900, None)
    assert found.seen_at == NOON


def test_what_was_known_last_stays_with_its_age_while_it_cannot_be_read(
    studio: Studio, emulator: Emulator, clock: Clock
) -> None:
    known = account_of(studio)
    books = books_of(studio)
    gone = {"times": None, "do": {"drop": True}}
    emulator.script([{"on": "organization", **gone}, {"on": "usage", **gone}])
    clock.advance(300)
    later = account_of(studio)
    assert (later.organization, later.seen_at) == (known.organization, NOON)
    assert isinstance(later.error, Unreachable)
    compared = books_of(studio)
    assert (compared.lines, compared.seen_at) == (books.lines, NOON)
    assert isinstance(compared.error, Unreachable)


def test_it_is_asked_for_half_a_minute_after_the_answer_and_not_after_the_question(
    open_studio: Callable[[Settings], Studio], settings: Settings, wire: Wire, clock: Clock
) -> None:
    def slow(connection: object) -> None:
        clock.advance(240)
        say(200, ACCOUNT)(connection)  # type: ignore[arg-type]

    wire.on(ORGANIZATION, slow)
    studio = open_studio(replace(settings, base_url=wire.url))
    found = account_of(studio)
    assert found.asked_at == NOON
    assert found.seen_at == clock.now() != NOON
    account_of(studio)
    assert len(wire.heard) == 1


@pytest.mark.point(16)
def test_while_runway_is_down_the_account_is_asked_for_only_in_its_turn(
    studio: Studio, emulator: Emulator, clock: Clock, text_request: Request
) -> None:
    work = studio.compose.submit(text_request, "one")[0]
    for _ in range(STORM):
        studio.breakers.failed(work, ServerTrouble("Down."))
    for _ in range(20):
        found = account_of(studio)
        assert found.error
        assert found.error.message == "Down."
    assert emulator.ledger()["calls"] == {}
    clock.advance(5.1)
    assert account_of(studio).organization
    assert studio.breakers.open() == [], "its answer shows that the trouble is over"
