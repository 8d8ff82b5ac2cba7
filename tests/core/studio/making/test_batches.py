"""Many at once: ordered whole or not at all, paused, withdrawn, tried again, and found again."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import replace

import pytest

from core.compose.variations import variations
from core.domain.batches import Batch, UnknownBatch
from core.domain.caps import EVERYONE, Period, Scope, Subject
from core.emulator import Emulator
from core.errors import InvalidRequest
from core.generations import Generation, Input, Request, Status
from core.settings import Settings
from core.storage.history import Filter, Order
from core.studio import Studio
from core.studio.making.batches import UNPRICED, Wanted
from tests.conftest import Clock, OpenStudio, Settle, step
from tests.core.recovery.test_rebuild import look_after, lose

RATE = {"targetFramerate": "60"}
PRICE = 24
"""Credits of the fixture's request."""
BROKEN = {"status": "FAILED", "failureCode": "INTERNAL"}
STOPPED = {"status": "FAILED", "failureCode": "SAFETY.INPUT.TEXT"}


def many(request: Request, count: int) -> list[Wanted]:
    return [Wanted(replace(request, prompt=f"{request.prompt} {n}")) for n in range(count)]


def order(studio: Studio, wanted: Sequence[Wanted], key: str = "click", author: str = "") -> Batch:
    return studio.batches.submit("Seas", wanted, key, author=author)[0]


def rows(studio: Studio) -> list[Generation]:
    return studio.history.page(Filter(), Order.OLDEST, 1, 100)


def calls(emulator: Emulator) -> int:
    return int(emulator.ledger()["calls"].get("create", 0))


def settle_all(studio: Studio, settle: Settle) -> None:
    for generation in rows(studio):
        settle(studio, generation)


# -- ordering -------------------------------------------------------------------------------------


def test_a_click_is_one_batch_with_a_row_for_each_place(
    studio: Studio, text_request: Request
) -> None:
    wanted = many(text_request, 3)
    first, new = studio.batches.submit("  Seas \n of fog ", wanted, "click", author="Ann")
    again, newer = studio.batches.submit("Seas", wanted, "click", author="Ann")
    assert (new, newer, again) == (True, False, first)
    assert (first.name, first.author, first.size) == ("Seas of fog", "Ann", 3)
    found = rows(studio)
    assert [(one.batch_id, one.batch_place) for one in found] == [
        (first.id, place) for place in (1, 2, 3)
    ]
    assert [one.request for one in found] == [one.request for one in wanted]
    assert {one.author for one in found} == {"Ann"}
    assert studio.batches.numbers(first.id) == [one.id for one in found]
    assert studio.batches.tally(first.id).pending == {"runway": 3 * PRICE}
    assert studio.batches.quote(wanted) == {"runway": 3 * PRICE}


def test_what_one_of_them_lacks_keeps_all_from_being_ordered(
    studio: Studio, text_request: Request
) -> None:
    wanted = [*many(text_request, 2), Wanted(replace(text_request, prompt=""))]
    with pytest.raises(InvalidRequest, match="Write a prompt"):
        order(studio, wanted)
    assert not rows(studio)
    assert not studio.batches.newest(9)


def test_a_price_that_nobody_knows_is_not_multiplied(studio: Studio) -> None:
    elsewhere = Input("video", url="https://example.com/sea.mp4", medium="video")
    unmeasured = Wanted(
        Request("video_upscale", "enhance_frame_rate", params=RATE, inputs=(elsewhere,))
    )
    assert studio.batches.quote([unmeasured]) is None
    assert [problem.message for problem in studio.batches.problems([unmeasured])] == [UNPRICED]


def test_caps_have_room_for_the_sum_or_for_nothing(studio: Studio, text_request: Request) -> None:
    studio.caps.set(EVERYONE, Period.DAY, 3 * PRICE - 1, by="Nora")
    with pytest.raises(InvalidRequest, match=f"This may cost {3 * PRICE}"):
        order(studio, many(text_request, 3))
    assert not rows(studio)
    assert not studio.batches.newest(9)
    assert order(studio, many(text_request, 2)).size == 2


def test_a_cap_counts_only_what_it_is_for(studio: Studio, text_request: Request) -> None:
    sea = studio.projects.named("Sea", by="Ann")
    for subject in (
        Subject(Scope.MODEL, text_request.model),
        Subject(Scope.PROJECT, sea.uid, "Sea"),
    ):
        studio.caps.set(subject, Period.DAY, 2 * PRICE, by="Nora")
    other = next(
        model
        for model in studio.catalog
        if model.endpoint == text_request.endpoint
        and model.id != text_request.model
        and not studio.compose.wrong(Request(model.endpoint, model.id, "Sea", model.defaults))
    )
    wanted = [
        *[Wanted(one.request, sea.id) for one in many(text_request, 2)],
        Wanted(Request(other.endpoint, other.id, "Sea", other.defaults)),
    ]
    assert studio.batches.problems(wanted) == []
    wanted.append(Wanted(text_request))
    (problem,) = studio.batches.problems(wanted)
    assert f"This may cost {3 * PRICE}" in problem.message


def test_variations_have_seeds_of_their_own_and_keep_the_one_asked_for(
    studio: Studio, text_request: Request
) -> None:
    model = studio.compose.model(text_request)
    assert model
    seeded = replace(text_request, params={**text_request.params, "seed": 7})
    drawn = iter([7, 8, 8, 9])
    made = variations(model, seeded, 3, lambda low, high: next(drawn))
    assert [one.params["seed"] for one in made] == [7, 8, 9]
    assert len({one.fingerprint for one in variations(model, text_request, 50)}) == 50


# -- what is left of it ---------------------------------------------------------------------------


def test_nothing_of_a_paused_batch_is_sent_by_any_server_until_it_goes_on(
    open_studio: OpenStudio,
    settings: Settings,
    emulator: Emulator,
    text_request: Request,
    clock: Clock,
    settle: Settle,
) -> None:
    studio = open_studio(settings)
    batch = order(studio, many(text_request, 2))
    studio.batches.pause(batch.id)
    for _ in range(3):
        step(studio, clock)
        clock.advance(60)
    studio.close()
    after = open_studio(settings)
    step(after, clock)
    assert after.batches.get(batch.id).is_paused
    assert calls(emulator) == 0
    other = after.compose.submit(text_request, "other")[0]
    assert settle(after, other).status is Status.SUCCEEDED, "others go on"
    assert calls(emulator) == 1
    after.batches.resume(batch.id)
    settle_all(after, settle)
    assert after.batches.tally(batch.id).done == 2


def test_the_rest_is_withdrawn_free_of_charge_also_while_it_is_paused(
    studio: Studio,
    emulator: Emulator,
    text_request: Request,
    clock: Clock,
    settle: Settle,
) -> None:
    batch = order(studio, many(text_request, 3))
    studio.batches.pause(batch.id)
    assert studio.batches.cancel_rest(batch.id) == 3
    settle_all(studio, settle)
    tally = studio.batches.tally(batch.id)
    assert (tally.cancelled, tally.charged, tally.pending) == (3, {}, {})
    assert not tally.is_open
    assert calls(emulator) == 0


def test_what_is_withdrawn_has_ended_at_once_and_is_not_sent_by_whoever_has_taken_it_up(
    studio: Studio, emulator: Emulator, text_request: Request, clock: Clock
) -> None:
    batch = order(studio, many(text_request, 4))
    taken = rows(studio)[0]
    emulator.script([{"on": "organization", "do": {"hang": 0.5}}])
    under_way = studio.tracker.step(clock.now())
    assert studio.batches.cancel_rest(batch.id) == 4
    assert {one.status for one in rows(studio)} == {Status.CANCELLED}
    assert studio.batches.cancel_rest(batch.id) == 0
    wait(under_way)
    step(studio, clock)
    assert calls(emulator) == 0
    ended = studio.generations.get(taken.id)
    assert (ended.status, ended.credits_charged) == (Status.CANCELLED, 0)
    assert [event.status for event in studio.generations.events(taken.id)] == [
        "queued",
        "cancelled",
    ]


def test_what_was_sent_is_not_withdrawn_and_keeps_its_clip(
    studio: Studio, emulator: Emulator, text_request: Request, settle: Settle
) -> None:
    emulator.configure(concurrency=1)
    batch = order(studio, many(text_request, 2))
    first = rows(studio)[0]
    settle(studio, first, lambda one: one.task_id is not None)
    assert studio.batches.cancel_rest(batch.id) == 1
    assert settle(studio, first).status is Status.SUCCEEDED
    tally = studio.batches.tally(batch.id)
    assert (tally.done, tally.cancelled, tally.charged) == (1, 1, {"runway": PRICE})
    assert calls(emulator) == 1


def test_what_renders_counts_in_part_and_shortens_what_is_left(
    studio: Studio, emulator: Emulator, text_request: Request, settle: Settle
) -> None:
    for one in range(5):  # as many as make a usual time
        settle(studio, studio.compose.submit(text_request, f"before {one}")[0])
    emulator.configure(concurrency=2, tempo="polls:9")
    batch = order(studio, many(text_request, 4))

    def running() -> list[Generation]:
        return [one for one in rows(studio) if one.status is Status.RUNNING]

    settle(studio, rows(studio)[5], lambda _: bool(running()))
    studio._store.note(running()[0].id, progress=0.5)
    tally = studio.batches.tally(batch.id)
    assert tally.rendered >= 0.5
    assert tally.share == pytest.approx(tally.rendered / 4)
    whole = studio.batches.seconds_left(batch.id, replace(tally, rendered=0.0))
    left = studio.batches.seconds_left(batch.id, tally)
    assert whole
    assert left == pytest.approx(whole * (1 - tally.rendered / 4))


def test_only_what_cost_nothing_and_may_pass_is_tried_again_in_its_place(
    studio: Studio, emulator: Emulator, text_request: Request, settle: Settle
) -> None:
    emulator.script(
        [
            {"on": "create", "do": {"outcome": end, "after": "accept"}, "skip": skip}
            for skip, end in ((0, BROKEN), (0, STOPPED))
        ]
    )
    batch = order(studio, many(text_request, 3))
    for generation in rows(studio):
        settle(studio, generation)
    assert studio.batches.tally(batch.id).failed == 2
    (failed,) = studio.batches.retryable(batch.id)
    assert failed.failure_code == "INTERNAL"
    assert [studio.batches.retry(batch.id, [failed]) for _ in range(2)] == [1, 0]
    settle_all(studio, settle)
    tally = studio.batches.tally(batch.id)
    assert (tally.done, tally.failed, tally.size) == (2, 1, batch.size)
    again = studio.generations.get(studio.batches.numbers(batch.id)[failed.batch_place - 1])  # type: ignore[operator]
    assert (again.request, again.status) == (failed.request, Status.SUCCEEDED)
    assert studio.batches.retryable(batch.id) == []


# -- finding it again -----------------------------------------------------------------------------


def test_the_history_finds_it_by_its_name_and_its_id(studio: Studio, text_request: Request) -> None:
    batch = order(studio, many(text_request, 2))
    alone = studio.compose.submit(text_request, "alone")[0]
    for search in ("batch:seas", f"batch:{batch.id}", "is:batched"):
        found = studio.history.numbers(Filter(search=search), Order.OLDEST)
        assert found == studio.batches.numbers(batch.id), search
    assert studio.history.numbers(Filter(search="-is:batched"), Order.OLDEST) == [alone.id]
    assert studio.history.complaints("batch:nothing") == ["No batch is called “nothing”."]


def test_it_comes_back_when_the_database_is_lost(
    open_studio: OpenStudio, settings: Settings, text_request: Request, settle: Settle
) -> None:
    studio = open_studio(settings)
    batch = order(studio, many(text_request, 2), author="Ann")
    settle_all(studio, settle)
    look_after(studio)
    before = studio.batches.tally(batch.id)
    studio.close()
    lose(settings)
    after = open_studio(settings)
    look_after(after)
    assert after.batches.get(batch.id) == batch
    assert after.batches.tally(batch.id) == before


def test_what_was_withdrawn_stays_so_when_the_database_is_lost(
    open_studio: OpenStudio,
    settings: Settings,
    emulator: Emulator,
    text_request: Request,
    clock: Clock,
) -> None:
    studio = open_studio(settings)
    batch = order(studio, many(text_request, 2))
    look_after(studio)
    studio.batches.cancel_rest(batch.id)
    look_after(studio)
    studio.close()
    lose(settings)
    after = open_studio(settings)
    look_after(after)
    assert {one.status for one in rows(after)} == {Status.CANCELLED}
    step(after, clock)
    assert calls(emulator) == 0


def test_what_there_is_not_is_said(studio: Studio) -> None:
    with pytest.raises(UnknownBatch):
        studio.batches.get("0" * 16)
