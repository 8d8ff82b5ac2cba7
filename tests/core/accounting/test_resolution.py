"""Where a person decides: evidence, attaching, sending again, taking in what was made elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from core.accounting.evidence import Doubt, Verdict
from core.emulator import Emulator
from core.errors import InvalidRequest, NotFound, TaskExpected, TaskTaken
from core.generations import FIRST_PROVIDER, Generation, Request, Status
from core.settings import Settings
from core.storage.history import Filter
from core.studio import Studio
from tests.conftest import NOON, Clock, OpenStudio, Settle, account_of, books_of, step

LOSE = {"on": "create", "do": {"after": "accept", "drop": True}}
DROP = {"on": "create", "do": {"drop": True}}


def tasks(emulator: Emulator) -> list[str]:
    """The ids of all that Runway has made, oldest first."""
    return [str(task["id"]) for task in emulator.ledger()["tasks"]]


@pytest.fixture
def elsewhere(
    open_studio: OpenStudio, settings: Settings, settle: Settle, text_request: Request
) -> Callable[..., str]:
    """Makes a clip with the same account in another history; the id of its task."""
    other = open_studio(replace(settings, data_dir=settings.data_dir / "elsewhere"))

    def make(prompt: str = "Elsewhere") -> str:
        made = settle(other, other.compose.submit(replace(text_request, prompt=prompt), prompt)[0])
        assert made.task_id
        return made.task_id

    return make


# -- the evidence ---------------------------------------------------------------------------------


def doubt_of(studio: Studio, generation: Generation) -> Doubt:
    """What is known of it once Runway has been asked, by hand as `step` does it."""
    studio.decisions.doubt(generation)
    studio.accounts.look()
    return studio.decisions.doubt(generation)


@pytest.mark.parametrize(("fault", "verdict"), [(LOSE, Verdict.MADE), (DROP, Verdict.NOT_MADE)])
@pytest.mark.slow
def test_the_account_tells_whether_a_lost_answer_was_paid(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    fault: dict[str, object],
    verdict: Verdict,
) -> None:
    settle(studio, studio.compose.submit(replace(text_request, prompt="Before"), "0")[0])
    emulator.script([fault])
    lost = settle(studio, studio.compose.submit(text_request, "1")[0])
    doubt = doubt_of(studio, lost)
    assert doubt.verdict is verdict, doubt
    assert doubt.booking


@pytest.mark.slow
def test_an_account_that_could_not_be_read_then_is_read_now(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    emulator.script([LOSE, {"on": "organization", "skip": 1, "times": 4, "do": {"status": 503}}])
    lost = settle(studio, studio.compose.submit(text_request, "1")[0])
    assert not lost.evidence["after"]
    clock.advance(60)
    doubt = doubt_of(studio, lost)
    assert doubt.after
    assert doubt.after.at == clock.now()
    assert doubt.verdict is Verdict.MADE


@pytest.mark.parametrize(("seconds", "sign"), [(10, "either"), (120, "made")])
def test_an_earlier_lost_answer_clouds_the_count_for_a_minute_only(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    clock: Clock,
    emulator: Emulator,
    seconds: int,
    sign: str,
) -> None:
    emulator.script([LOSE, LOSE])
    settle(studio, studio.compose.submit(replace(text_request, prompt="First"), "1")[0])
    clock.advance(seconds)
    lost = settle(studio, studio.compose.submit(text_request, "2")[0])
    assert doubt_of(studio, lost).findings[0].sign == sign


@pytest.mark.slow
def test_other_work_of_that_minute_is_named(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    emulator.configure(tempo="polls:3")
    emulator.script([{**LOSE, "skip": 1}])
    first = studio.compose.submit(replace(text_request, prompt="One"), "1")[0]
    second = studio.compose.submit(replace(text_request, prompt="Two"), "2")[0]
    settle(studio, first), settle(studio, second)
    (lost,) = [
        found
        for one in (first, second)
        if (found := studio.generations.get(one.id)).status is Status.UNCONFIRMED
    ]
    doubt = doubt_of(studio, lost)
    assert {work.id for work in doubt.others} == {first.id, second.id} - {lost.id}


def test_another_modes_account_is_never_asked_about_it(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([LOSE])
    lost = settle(studio, studio.compose.submit(text_request, "1")[0])
    calls = emulator.ledger()["calls"]
    doubt = doubt_of(studio, replace(lost, demo=True, evidence={}))
    assert (doubt.before, doubt.after, doubt.booking) == (None, None, None)
    assert emulator.ledger()["calls"] == calls


@pytest.mark.slow
def test_figures_from_before_its_answer_was_lost_are_no_evidence(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    account_of(studio)
    clock.advance(1)
    emulator.script([LOSE, {"on": "organization", "skip": 1, "times": 4, "do": {"status": 503}}])
    lost = settle(studio, studio.compose.submit(text_request, "1")[0])
    assert studio.accounts.seen(FIRST_PROVIDER).organization
    assert studio.decisions.doubt(lost).after is None


# -- attach ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_task_of_another_time_is_attached_only_on_insistence(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    clock: Clock,
    emulator: Emulator,
    elsewhere: Callable[..., str],
) -> None:
    wrong = elsewhere()
    clock.advance(3600)
    emulator.script([LOSE])
    lost = settle(studio, studio.compose.submit(text_request, "1")[0])
    with pytest.raises(InvalidRequest, match="That task was made at") as caught:
        studio.decisions.attach(lost.id, wrong)
    assert caught.value.problems[0].field == "unlikely"
    assert studio.generations.get(lost.id).status is Status.UNCONFIRMED
    studio.decisions.attach(lost.id, wrong, anyway=True)
    assert settle(studio, lost).task_id == wrong


@pytest.mark.slow
def test_two_tabs_never_give_one_task_to_two_generations(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    emulator.script([LOSE, LOSE])
    lost = [
        settle(studio, studio.compose.submit(replace(text_request, prompt=p), p)[0])
        for p in ("a", "b")
    ]
    wanted = tasks(emulator)[0]

    def attach(generation: Generation) -> bool:
        try:
            studio.decisions.attach(generation.id, wanted)
        except TaskTaken:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attach, lost)) == [False, True]
    assert len([g for g in lost if studio.generations.get(g.id).task_id == wanted]) == 1


# -- send again -----------------------------------------------------------------------------------


def test_it_is_sent_again_once_whoever_clicks(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    emulator.script([DROP])
    lost = settle(studio, studio.compose.submit(text_request, "1")[0])
    clock.advance(60)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: studio.decisions.send_again(lost.id), range(4)))
    assert len({generation.id for generation, _ in made}) == 1
    assert sum(new for _, new in made) == 1
    second = settle(studio, made[0][0])
    assert (second.status, second.request) == (Status.SUCCEEDED, lost.request)
    assert studio.generations.get(lost.id).status is Status.UNCONFIRMED
    assert doubt_of(studio, lost).again == second.id
    assert f"Sent again as generation {second.id}" in studio.generations.events(lost.id)[-1].detail


def test_one_whose_answer_was_lost_a_moment_ago_is_really_sent_again(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([DROP])
    lost = settle(studio, studio.compose.submit(text_request, "1")[0])
    second, new = studio.decisions.send_again(lost.id)
    assert (new, second.id != lost.id, second.status) == (True, True, Status.QUEUED)
    assert settle(studio, second).status is Status.SUCCEEDED
    assert len(tasks(emulator)) == 1, "of the first none was made"


def test_what_is_unconfirmed_no_more_is_not_sent_again(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([DROP])
    lost = settle(studio, studio.compose.submit(text_request, "1")[0])
    studio.decisions.write_off(lost.id)
    with pytest.raises(InvalidRequest, match="unconfirmed no more"):
        studio.decisions.send_again(lost.id)
    assert studio.history.sums(Filter()).totals.generations == 1


# -- import ---------------------------------------------------------------------------------------


def test_a_task_from_elsewhere_becomes_a_clip_here_at_runways_own_price(
    studio: Studio, settle: Settle, clock: Clock, elsewhere: Callable[..., str]
) -> None:
    wanted = elsewhere()
    clock.advance(600)
    imported, new = studio.decisions.import_task(wanted)
    assert new
    done = settle(studio, imported)
    assert (done.status, done.task_id, done.credits_charged) == (Status.SUCCEEDED, wanted, 24)
    assert (done.request, done.credits_quoted) == (Request("", ""), None)
    assert done.created_at == done.submitted_at
    assert done.created_at.replace(microsecond=0) == NOON.replace(microsecond=0)
    assert done.main
    assert studio.media.output(done.main).is_file()
    assert studio.generations.events(done.id)[0].detail == "Imported by its task id"
    assert studio.history.bought("model", demo=False)[0].settled == 24


def test_the_task_of_a_lost_answer_is_not_imported_beside_it(
    studio: Studio, settle: Settle, text_request: Request, emulator: Emulator
) -> None:
    emulator.script([LOSE])
    lost = settle(studio, studio.compose.submit(text_request, "1")[0])
    (wanted,) = tasks(emulator)
    with pytest.raises(TaskExpected, match=f"Generation {lost.id} may be this task"):
        studio.decisions.import_task(wanted)
    imported, new = studio.decisions.import_task(wanted, anyway=True)
    assert (new, imported.task_id) == (True, wanted)
    with pytest.raises(TaskTaken):
        studio.decisions.attach(lost.id, wanted)


def test_a_task_imported_before_its_own_receipt_was_read_counts_once(
    studio: Studio, settle: Settle, text_request: Request, clock: Clock, emulator: Emulator
) -> None:
    own, _ = studio.compose.submit(text_request, "1")
    step(studio, clock)
    assert studio.generations.get(own.id).status is Status.SUBMITTING
    imported, _ = studio.decisions.import_task(tasks(emulator)[0])
    found = settle(studio, own)
    assert (found.status, found.credits_charged) == (Status.FAILED, 0)
    assert f"Generation {imported.id} is this task already" in found.reason
    assert settle(studio, imported).credits_charged == 24


def test_a_lost_answer_of_another_time_or_price_does_not_stand_in_the_way(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    clock: Clock,
    emulator: Emulator,
    elsewhere: Callable[..., str],
) -> None:
    wanted = elsewhere()
    longer = replace(text_request, params={**text_request.params, "duration": 3})
    emulator.script([LOSE])
    settle(studio, studio.compose.submit(longer, "1")[0])
    clock.advance(3600)
    emulator.script([LOSE])
    settle(studio, studio.compose.submit(text_request, "2")[0])
    assert studio.decisions.import_task(wanted)[1]


def test_the_model_and_the_prompt_are_kept_when_somebody_knows_them(
    studio: Studio, settle: Settle, elsewhere: Callable[..., str]
) -> None:
    model = studio.catalog.find("text_to_video", "gen4.5")
    imported, _ = studio.decisions.import_task(elsewhere(), model, "  A quiet sea ")
    assert imported.request == Request("text_to_video", "gen4.5", "A quiet sea")
    done = settle(studio, imported)
    assert studio.history.sums(Filter(search="quiet", kind=("text",))).totals.generations == 1
    assert studio.compose.duplicate(done.request) is None, (
        "nobody knows with which settings it was made"
    )


def test_one_task_is_one_row_however_often_it_is_imported(
    studio: Studio,
    settings: Settings,
    open_studio: OpenStudio,
    elsewhere: Callable[..., str],
) -> None:
    wanted = elsewhere()
    second = open_studio(settings)

    def take(server: Studio) -> bool:
        try:
            return server.decisions.import_task(wanted)[1]
        except TaskTaken:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, [studio, second] * 8)) == 1
    assert studio.history.sums(Filter()).totals.generations == 1
    with pytest.raises(TaskTaken, match="Generation 1 is this task already"):
        studio.decisions.import_task(wanted)


def test_a_task_is_imported_and_attached_from_what_was_pasted(
    studio: Studio,
    settle: Settle,
    text_request: Request,
    emulator: Emulator,
    elsewhere: Callable[..., str],
) -> None:
    other = elsewhere()
    link = "https://dev.runwayml.com/tasks/{}\u200b"
    assert studio.decisions.import_task(link.format(other.upper()))[0].task_id == other
    emulator.script([LOSE])
    lost = settle(studio, studio.compose.submit(text_request, "1")[0])
    wanted = tasks(emulator)[-1]
    studio.decisions.attach(lost.id, link.format(wanted.upper()))
    assert settle(studio, lost).task_id == wanted


@pytest.mark.slow
@pytest.mark.parametrize("wrong", ["", "../organization", "a b", "ä", "a" * 101])
def test_what_is_no_task_id_is_not_even_asked_about(
    studio: Studio, emulator: Emulator, wrong: str
) -> None:
    with pytest.raises(InvalidRequest, match="letters, digits and hyphens"):
        studio.decisions.import_task(wrong)
    assert emulator.ledger()["calls"] == {}


def test_a_task_that_runway_does_not_know_makes_no_row(studio: Studio) -> None:
    with pytest.raises(NotFound):
        studio.decisions.import_task("0" * 32)
    assert studio.history.sums(Filter()).totals.generations == 0


def test_a_failed_task_from_elsewhere_tells_what_it_cost(
    studio: Studio, settle: Settle, emulator: Emulator, elsewhere: Callable[..., str]
) -> None:
    imported, _ = studio.decisions.import_task(elsewhere("#fail-input-text"))
    done = settle(studio, imported)
    assert (done.status, done.credits_charged) == (Status.FAILED, 24)
    assert done.failure_code == "SAFETY.INPUT.TEXT"


def test_an_imported_task_is_not_asked_for_twice_within_the_interval(
    studio: Studio, clock: Clock, emulator: Emulator, elsewhere: Callable[..., str]
) -> None:
    wanted = elsewhere()
    asked = emulator.ledger()["calls"]["task"]
    studio.decisions.import_task(wanted)
    step(studio, clock)
    assert emulator.ledger()["calls"]["task"] == asked + 1


@pytest.mark.parametrize("made", ["0001-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "soon", None])
def test_a_task_that_is_dated_wrongly_stands_under_today(
    studio: Studio, emulator: Emulator, elsewhere: Callable[..., str], made: str | None
) -> None:
    wanted = elsewhere()
    emulator.script([{"on": "task", "do": {"after": "accept", "merge": {"createdAt": made}}}])
    imported, _ = studio.decisions.import_task(wanted)
    assert NOON - timedelta(seconds=1) < imported.created_at


def test_an_import_leaves_no_difference_in_the_books_once_its_model_is_known(
    studio: Studio, settle: Settle, clock: Clock, elsewhere: Callable[..., str]
) -> None:
    wanted = elsewhere()
    assert [line.difference for line in books_of(studio).differing] == [24]
    model = studio.catalog.find("text_to_video", "gen4.5")
    settle(studio, studio.decisions.import_task(wanted, model)[0])
    clock.advance(31)
    assert books_of(studio).differing == ()
