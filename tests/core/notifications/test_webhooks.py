"""Webhooks: what is said, to whom it may go, and that nobody waits for a receiver."""

from __future__ import annotations

import json
from concurrent.futures import wait
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from core.domain.caps import Period, Scope, Subject
from core.domain.subscriptions import InvalidSubscription, Topic
from core.generations import Generation, Request, Status
from core.studio import Studio
from core.studio.making.batches import Wanted
from tests.conftest import Clock, OpenStudio, Settle, step
from tests.core.conftest import Heard, Wire, reset, say
from tests.core.worker.test_queue import FAILS

ALL = frozenset(Topic)


def subscribe(studio: Studio, wire: Wire, topics: frozenset[Topic] = ALL) -> tuple[str, Webhook]:
    """The webhook's id, and what its receiver verifies with."""
    one, secret = studio.webhooks.add(f"{wire.url}/hook", topics, by="Nora")
    return one.id, Webhook(secret)


def deliver(studio: Studio) -> None:
    """Until nothing more is due."""
    while futures := studio.deliverer.step():
        wait(futures)
        for future in futures:
            future.result()


def topics(wire: Wire) -> list[str]:
    """Of what was heard, in its order."""
    return [json.loads(heard.body)["type"] for heard in wire.heard]


def ids(wire: Wire) -> list[str]:
    """Of the messages that were heard."""
    return [named(heard)["webhook-id"] for heard in wire.heard]


def named(heard: Heard) -> dict[str, str]:
    """Its headers, by their names in small letters."""
    return {name.lower(): value for name, value in heard.headers.items()}


def failing(studio: Studio, request: Request, key: str = "one") -> Generation:
    """Queued; Runway will fail it."""
    return studio.compose.submit(replace(request, prompt=f"{key} {FAILS}"), key)[0]


def test_every_change_is_told_in_order_and_verified_by_the_library(
    told: Studio, wire: Wire, settle: Settle, clock: Clock, text_request: Request
) -> None:
    clock.stopped_at = datetime.now(UTC)  # with which the library compares
    _id, verifier = subscribe(told, wire)
    made = settle(told, failing(told, text_request))
    deliver(told)
    assert topics(wire)[0] == "generation.created"
    assert topics(wire)[-1] == "generation.failed"
    assert set(topics(wire)[1:-1]) == {"generation.status"}
    for heard in wire.heard:
        message = verifier.verify(heard.body, named(heard))
        assert message["data"]["id"] == made.id
    assert message["data"]["status"] == "failed"
    assert message["data"]["credits_charged"] == made.credits_charged
    assert len(set(ids(wire))) == len(wire.heard)


@pytest.mark.slow
def test_what_was_not_delivered_is_tried_again_with_the_same_id_and_nothing_overtakes_it(
    told: Studio, wire: Wire, clock: Clock, text_request: Request
) -> None:
    wire.on("POST /hook", say(500), reset, say(204, b""))
    webhook, _ = subscribe(told, wire, frozenset({Topic.CREATED, Topic.STATUS}))
    failing(told, text_request)
    step(told, clock)
    deliver(told)
    assert len(wire.heard) == 1
    clock.advance(6)
    deliver(told)
    assert ids(wire) == [ids(wire)[0]] * 2
    clock.advance(31)
    deliver(told)
    assert topics(wire) == ["generation.created"] * 3 + ["generation.status"]
    assert [one.is_delivered for one in told.webhooks.newest(webhook)] == [True, True]


def test_after_a_day_it_is_given_up_and_a_click_sends_it_again(
    told: Studio, wire: Wire, clock: Clock, text_request: Request
) -> None:
    wire.on("POST /hook", say(503))
    webhook, _ = subscribe(told, wire, frozenset({Topic.CREATED}))
    failing(told, text_request)
    began = clock.now()
    for _ in range(110):
        deliver(told)
        clock.advance(900)
    (given_up,) = told.webhooks.newest(webhook)
    assert given_up.ended_at
    assert 20 <= (given_up.ended_at - began).total_seconds() / 3600 <= 26
    assert not given_up.is_delivered
    assert "503" in given_up.outcome
    wire.on("POST /hook", say(204, b""))
    told.webhooks.send_again(given_up.id)
    deliver(told)
    assert set(ids(wire)) == {given_up.message_id}
    assert told.webhooks.newest(webhook)[0].is_delivered


def test_the_queue_does_not_notice_a_receiver_that_never_answers_nor_does_another_one(
    told: Studio, wire: Wire, settle: Settle, text_request: Request
) -> None:
    silent = Wire()
    silent.on("POST /hook", silent.hang)
    subscribe(told, silent)
    subscribe(told, wire, frozenset({Topic.CREATED}))
    made = failing(told, text_request)
    hanging = told.deliverer.step()
    assert told.deliverer.step() == [], "it has one message at a time"
    assert settle(told, made).status is Status.FAILED
    wait(hanging, return_when="FIRST_COMPLETED")
    assert topics(wire) == ["generation.created"]
    silent.close()
    wait(hanging)


@pytest.mark.slow
def test_what_waits_outlives_the_server(
    open_studio: OpenStudio, told: Studio, wire: Wire, text_request: Request
) -> None:
    subscribe(told, wire, frozenset({Topic.CREATED}))
    failing(told, text_request)
    told.close()
    after = open_studio(told.settings)
    after.tracker.step(after.now)
    deliver(after)
    assert topics(wire) == ["generation.created"]


def test_a_batch_and_a_cap_are_told_once(
    told: Studio, wire: Wire, settle: Settle, text_request: Request
) -> None:
    subscribe(told, wire, frozenset({Topic.BATCH_DONE, Topic.CAP_WARNED, Topic.CAP_STOPPED}))
    told.caps.set(Subject(Scope.EVERYONE), Period.DAY, 48, by="Nora")
    takes = [Wanted(replace(text_request, prompt=f"{FAILS} {number}")) for number in (1, 2)]
    batch, _ = told.batches.submit("Seas", takes, "click")
    deliver(told)
    for number in (1, 2):
        settle(told, told.generations.get(number))
    deliver(told)
    assert sorted(topics(wire)) == ["batch.done", "cap.stopped"]
    (body,) = [json.loads(one.body)["data"] for one in wire.heard if b"batch.done" in one.body]
    assert (body["id"], body["done"], body["failed"]) == (batch.id, 0, 2)


def test_of_a_batch_that_is_withdrawn_it_is_told_once_that_it_has_ended(
    told: Studio, wire: Wire, text_request: Request
) -> None:
    subscribe(told, wire, frozenset({Topic.BATCH_DONE}))
    takes = [Wanted(replace(text_request, prompt=f"Take {number}")) for number in range(3)]
    batch, _ = told.batches.submit("Seas", takes, "click")
    told.batches.cancel_rest(batch.id)
    deliver(told)
    (body,) = [json.loads(one.body)["data"] for one in wire.heard]
    assert (body["id"], body["cancelled"], body["done"]) == (batch.id, 3, 0)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://127.0.0.1/hook",
        "https://10.0.0.7/hook",
        "https://169.254.169.254/latest",
        "https://[::1]/hook",
        "https://0x7f000001/hook",
        "https://hooks.internal/hook",
        "https://nora:word@example.com/hook",
        "file:///etc/passwd",
        "https://exa mple.com\n/",
        "",
    ],
)
def test_an_address_inside_is_refused_where_no_setting_allows_it(studio: Studio, url: str) -> None:
    with pytest.raises(InvalidSubscription):
        studio.webhooks.add(url, ALL, by="Nora")


def test_a_name_that_leads_inside_is_not_even_knocked_at(
    told: Studio, wire: Wire, monkeypatch: pytest.MonkeyPatch, text_request: Request
) -> None:
    port = int(wire.url.rpartition(":")[2])
    monkeypatch.setattr(
        "core.outbound.downloads.socket.getaddrinfo",
        lambda *_args, **_options: [(2, 1, 6, "", ("127.0.0.1", port))],
    )
    one, _ = told.webhooks.add(f"https://hooks.example.com:{port}/hook", ALL, by="Nora")
    failing(told, text_request)
    deliver(told)
    assert wire.heard == []
    assert "private network" in told.webhooks.newest(one.id)[0].outcome


def test_a_removed_webhook_hears_nothing_not_even_what_waits(
    told: Studio, wire: Wire, text_request: Request
) -> None:
    webhook, _ = subscribe(told, wire)
    failing(told, text_request)
    told.webhooks.end(webhook)
    failing(told, text_request, "two")
    told.tracker.step(told.now)
    deliver(told)
    assert wire.heard == []


def test_the_secret_is_kept_nowhere(told: Studio, wire: Wire) -> None:
    _one, secret = told.webhooks.add(f"{wire.url}/hook", ALL, by="Nora")
    text = secret.removeprefix("whsec_").encode()
    for path in told.settings.data_dir.rglob("*"):
        assert not path.is_file() or text not in path.read_bytes()
