"""A server that reaches Runway and KIE: what is offered, and what is said of sums."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from typing import Any

import pytest

from core.compose import wire_body
from core.domain.caps import EVERY_PROVIDER, EVERYONE, Order, Period
from core.domain.people import LOCAL
from core.domain.subscriptions import Topic
from core.emulator import Emulator
from core.emulator.kie.server import KieEmulator
from core.errors import InvalidRequest, NotAuthorized
from core.generations import Request
from core.providers.outcomes import Made
from core.settings import Settings
from core.storage.history import Filter
from core.storage.search.selection import Order as Sorting
from core.studio import Studio
from core.studio.making.batches import Wanted
from tests.conftest import OpenStudio, Settle
from tests.core.conftest import Wire, say
from tests.core.kie.test_outcomes import WORDS, call_of, sent
from tests.core.notifications.test_channels import address
from tests.core.notifications.test_webhooks import deliver, subscribe
from tests.histories import add_to

ENDED = frozenset({Topic.BATCH_DONE})


@pytest.mark.parametrize(
    ("keys", "reached"),
    [
        ({}, {"runway", "kie"}),
        ({"api_key": ""}, {"kie"}),
        ({"kie_api_key": ""}, {"runway"}),
    ],
)
def test_only_models_that_can_be_used_are_offered(
    open_studio: OpenStudio, both: Settings, keys: dict[str, Any], reached: set[str]
) -> None:
    studio = open_studio(replace(both, **keys))
    assert {model.provider for model in studio.compose.usable()} == reached
    assert all(model.status == "current" for model in studio.compose.usable())
    first = next(iter(studio.catalog))
    assert first.provider == studio.accounts.usual
    body = {"promptText": "A quiet sea", "resolution": "720p", "ratio": "16:9"}  # as KIE has them
    usual = wire_body.model_for(studio.catalog, body)
    assert usual.provider == studio.accounts.usual


def test_of_a_batch_the_credits_of_each_provider_are_told(
    open_studio: OpenStudio, both: Settings, wire: Wire, settle: Settle, text_request: Request
) -> None:
    wire.on("POST /hook", say(204, b""))
    studio: Studio = open_studio(replace(both, inside_hosts=frozenset({"127.0.0.1"})))
    studio.tracker.step(studio.now)
    subscribe(studio, wire, ENDED)
    studio.channels.add("Team", address(wire), ENDED, by="Nora")
    studio.batches.submit("Seas", [Wanted(text_request), Wanted(WORDS)], "click")
    for number in (1, 2):
        settle(studio, studio.generations.get(number))
    deliver(studio)
    told = [json.loads(one.body) for one in wire.heard]
    (hook,) = [one["data"] for one in told if "data" in one]
    assert (hook["credits"], hook["credits_by_provider"]) == (None, {"runway": 24, "kie": 12})
    (said,) = [one["message"] for one in told if "message" in one]
    assert said == "Seas: 2 done, $0.30: 12 KIE credits, 24 Runway credits"


def test_a_cap_in_dollars_counts_what_both_cost(
    open_studio: OpenStudio, both: Settings, settle: Settle, text_request: Request
) -> None:
    studio = open_studio(both)
    studio.caps.set(EVERYONE, Period.MONTH, 33, by="Nora", provider=EVERY_PROVIDER)
    settle(studio, studio.compose.submit(text_request, "one")[0])
    assert studio.compose.problems(replace(text_request, prompt="Another")) != []
    settle(studio, studio.compose.submit(WORDS, "two")[0])
    (standing,) = studio.caps.standings_for("Ann")
    assert (standing.charged, standing.left) == (24 + 12 // 2, 3)
    days = studio.caps.daily(EVERYONE, studio.today, EVERY_PROVIDER)
    assert days == {studio.today: 30}
    with pytest.raises(InvalidRequest) as refused:
        studio.compose.submit(replace(WORDS, prompt="Another"), "three")
    assert refused.value.problems[0].message.startswith(
        "Everyone's cap in dollars this month is $0.33, and $0.03 are left. This may cost $0.06."
    )


def test_one_batch_at_both_is_held_to_dollars_together(
    open_studio: OpenStudio, both: Settings, text_request: Request
) -> None:
    studio = open_studio(both)
    studio.caps.set(EVERYONE, Period.ALL, 29, by="Nora", provider=EVERY_PROVIDER)
    wanted = [Wanted(text_request), Wanted(WORDS)]
    assert [one.field for one in studio.batches.unaffordable(wanted, "Ann")] == ["price"]
    studio.caps.set(EVERYONE, Period.ALL, 30, by="Nora", provider=EVERY_PROVIDER)
    assert studio.batches.unaffordable(wanted, "Ann") == []


def test_a_task_is_found_at_one_while_the_other_cannot_be_asked(
    open_studio: OpenStudio, both: Settings, emulator: Emulator, kie: KieEmulator, key: str
) -> None:
    assert isinstance(sent(call_of(both, WORDS), key), Made)
    (made,) = kie.account.tasks()
    emulator.script([{"on": "task", "times": None, "do": {"status": 401}}])
    studio = open_studio(both)
    with pytest.raises(NotAuthorized):  # it may be Runway's
        studio.decisions.import_task("nobody-knows-it")
    imported, new = studio.decisions.import_task(made.id)
    assert (imported.provider, new) == ("kie", True)


def test_what_nobody_knows_the_worth_of_fits_under_no_dollars(
    open_studio: OpenStudio, both: Settings
) -> None:
    studio = open_studio(both)
    studio.caps.set(EVERYONE, Period.ALL, 10**6, by="Nora", provider=EVERY_PROVIDER)
    (problem,) = studio.caps.problems(Order(1, "oil", provider="nobody"))
    assert "is not known" in problem.message


def test_the_dearest_comes_first_in_dollars(
    open_studio: OpenStudio, both: Settings, text_request: Request
) -> None:
    """30 KIE credits are worth less than 16 of Runway, and 12 as much as 6: then the later one
    comes first."""
    studio = open_studio(both)
    quotes = [(text_request, 6), (WORDS, 12), (WORDS, 30), (text_request, 16)]
    for request, credits in quotes:
        add_to(studio, request, quoted=credits)
    pages = [studio.history.page(Filter(), Sorting.COST, number, 2) for number in (1, 2)]
    assert [[one.id for one in page] for page in pages] == [[4, 3], [2, 1]]
    plan = studio.exports.find(studio.exports.plan([1, 2, 3], ""))
    assert plan
    rows = csv.DictReader(b"".join(studio.exports.csv(plan)).decode("utf-8-sig").splitlines())
    told = [(row["credits"], row["provider"], row["dollars"]) for row in rows]
    assert told == [("6", "runway", "0.06"), ("12", "kie", "0.06"), ("30", "kie", "0.15")]


def test_the_audit_list_names_whose_credits_they_are(
    open_studio: OpenStudio, both: Settings, kie: KieEmulator, settle: Settle
) -> None:
    studio = open_studio(both)
    asked = studio.asked_by(LOCAL)
    made, _ = asked.compose.submit(replace(WORDS, prompt="A sea #fail-nsfw"), "one")
    settle(studio, made)
    asked.decisions.settle(made.id, 1)
    asked.caps.set(EVERYONE, Period.MONTH, 30, by="Nora", provider="kie")
    asked.caps.set(EVERYONE, Period.MONTH, 250, by="Nora", provider=EVERY_PROVIDER)
    entries, _ = studio.audit.entries(9)
    assert [one.about.split(" a month")[0] for one in reversed(entries)] == [
        "generation 1, kie_gen4_turbo, 12 KIE credits",
        "generation 1: charged 1 KIE credit",
        "30 KIE credits",
        "$2.50",
    ]
    assert "1 KIE credit charged" in studio.generations.events(made.id)[-1].detail
