"""Every point at which money or a clip could be lost, or paid for twice, and which tests hold it.

The tests stand where what they test stands; each carries `@pytest.mark.point(number)`. Here are the
list, two points that belong nowhere else, and the proof that none is forgotten.
"""

from __future__ import annotations

import ast
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from core.emulator import Emulator
from core.generations import Generation, Request, Status
from core.providers import receipts
from core.settings import Settings
from core.studio import Studio
from tests.conftest import ROOT, Clock, OpenStudio, step
from tests.core.conftest import Wire, say

POINTS = {
    1: "a crash between the create call and its task's id being stored",
    2: "an answer to a create call that may mean anything",
    3: "a library that sends a create call again",
    4: "a history that is locked, full or broken just when the id comes back",
    5: "a process killed while it polls",
    6: "an output's address that has expired",
    7: "a server that was away for days",
    8: "a download that is cut, or brings something else",
    9: "a full disk",
    10: "a history that another one is writing to",
    11: "a history that is corrupt",
    12: "two servers on one data folder",
    13: "a server reloaded while it runs",
    14: "two clicks, two tabs",
    15: "a tab closed after the click",
    16: "a storm of errors",
    17: "a key that is revoked and given back",
    18: "no credits, or a day's limit",
    19: "a task that was deleted at Runway",
    20: "an end that nobody expects: cancelled, or a new word",
    21: "a cancel that meets a task in any state",
    22: "a clock that jumps",
    23: "a stop or a restart of the server",
}


def marked() -> Iterator[tuple[int, str]]:
    """Each number that a test carries, and the test."""
    for path in sorted(ROOT.glob("tests/**/test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                for mark in node.decorator_list:
                    if ast.unparse(mark).startswith("pytest.mark.point("):
                        assert isinstance(mark, ast.Call)
                        numbers = [ast.literal_eval(argument) for argument in mark.args]
                        yield from ((number, node.name) for number in numbers)


@pytest.mark.slow
def test_each_point_of_loss_is_held_by_a_test_that_names_it() -> None:
    tests = defaultdict(list)
    for number, name in marked():
        tests[number].append(name)
    assert sorted(tests) == list(POINTS)


@pytest.mark.slow
@pytest.mark.point(4)
def test_an_id_that_comes_back_while_the_history_is_locked_is_adopted_later(
    open_studio: OpenStudio, settings: Settings, wire: Wire, clock: Clock, text_request: Request
) -> None:
    settings = replace(settings, base_url=wire.url)
    studio = open_studio(settings)
    path = settings.data_dir / "history.db"
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:

        def answer(connection: object) -> None:
            other.execute("begin exclusive")
            say(200, {"id": "paid-1"})(connection)  # type: ignore[arg-type]

        wire.on("GET /v1/organization", say(200, {"creditBalance": 1000}))
        wire.on("POST /v1/text_to_video", answer)
        generation, _ = studio.compose.submit(text_request, "one")
        step(studio, clock)
        studio.close()
        found = receipts.read(studio.media.receipt(generation, 1))
        assert found
        assert "paid-1" in found.body, "the only copy of what was paid for"
        other.execute("rollback")
    again = open_studio(settings)
    step(again, clock)
    known = again.generations.get(generation.id)
    assert (known.status, known.task_id) == (Status.PENDING, "paid-1")
    assert wire.count("POST") == 1


@pytest.mark.point(11)
@pytest.mark.slow
def test_when_the_history_is_gone_the_receipts_still_name_every_task_that_was_paid_for(
    studio: Studio,
    settle: Callable[..., Generation],
    text_request: Request,
    emulator: Emulator,
) -> None:
    for number in range(3):
        request = replace(text_request, prompt=f"A quiet sea {number}")
        settle(studio, studio.compose.submit(request, f"{number}")[0])
    studio.close()
    (studio.settings.data_dir / "history.db").write_bytes(b"\x00" * 4096)
    paid = {task["id"] for task in emulator.ledger()["tasks"]}
    kept = [receipts.read(path) for path in (studio.settings.data_dir / "receipts").iterdir()]
    named = {task for task in paid for receipt in kept if receipt and task in receipt.body}
    assert len(paid) == 3
    assert named == paid
