"""Channels: people are told in a line, of a batch once; an address is kept like a password."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from concurrent.futures import wait
from dataclasses import replace

import pytest

from core.domain.subscriptions import InvalidSubscription, Topic
from core.generations import Request
from core.settings import ROOT
from core.studio import Studio
from core.studio.making.batches import Wanted
from tests.conftest import Settle
from tests.core.conftest import Wire, say
from tests.core.notifications.test_webhooks import deliver, failing
from tests.core.worker.test_queue import FAILS

ENDS = frozenset({Topic.DONE, Topic.FAILED, Topic.UNCONFIRMED, Topic.BATCH_DONE})
TOKEN = "tk_0123456789abcdefghijklmno"


def address(wire: Wire) -> str:
    """Of an ntfy server of our own, with a token."""
    wire.on("POST /", say(200, {}))
    return wire.url.replace("http://", f"ntfy://{TOKEN}@") + "/dailies"


def heard(wire: Wire) -> list[str]:
    """What was said."""
    return [json.loads(one.body)["message"] for one in wire.heard]


def test_a_person_is_told_of_ends_and_of_a_batch_once(
    told: Studio, wire: Wire, settle: Settle, text_request: Request
) -> None:
    told.channels.add("Team", address(wire), ENDS, by="Nora")
    single = settle(told, failing(told, text_request))
    takes = [Wanted(replace(text_request, prompt=f"{FAILS} {number}")) for number in (1, 2)]
    told.batches.submit("Seas", takes, "click")
    for number in (2, 3):
        settle(told, told.generations.get(number))
    deliver(told)
    first, second = heard(wire)
    assert first == f"#1 has failed, 0 credits: {single.reason}"
    assert second == "Seas: 2 failed, 0 credits"


def test_who_wants_their_own_only_is_not_told_of_others(
    told: Studio, wire: Wire, settle: Settle, text_request: Request
) -> None:
    told.channels.add("Nora", address(wire), ENDS, by="Nora", person="Nora")
    for author in ("Ben", "nora"):
        request = replace(text_request, prompt=f"{author} {FAILS}")
        settle(told, told.compose.submit(request, author, author=author)[0])
    deliver(told)
    (said,) = heard(wire)
    assert said.startswith("#2 ")


def test_a_test_says_what_happened(told: Studio, wire: Wire) -> None:
    one = told.channels.add("Team", address(wire), ENDS, by="Nora")
    assert told.channels.test(one) == "The service took the message."
    wire.on("POST /", say(403, {}))
    assert told.channels.test(one) == "The service did not take the message."


def test_an_address_is_in_one_file_for_its_owner_alone_until_it_is_removed(
    told: Studio, wire: Wire, text_request: Request, caplog: pytest.LogCaptureFixture
) -> None:
    one = told.channels.add("Team", address(wire), ENDS, by="Nora")
    wire.on("POST /", say(500, {}))
    told.channels.test(one)
    wait(told.deliverer.step())
    files = [path for path in told.settings.data_dir.rglob("*") if path.is_file()]
    (book,) = [path for path in files if TOKEN.encode() in path.read_bytes()]
    assert stat.S_IMODE(book.stat().st_mode) == 0o600
    assert TOKEN not in caplog.text
    told.channels.end(one.id)
    assert TOKEN not in book.read_text()


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "hello",
        "syslog://",
        "json://example.com/hook",
        "ntfy://10.0.0.7/topic",
        "ntfy://ntfy.lan/topic",
        "mailto://nora:word@example.com?smtp=10.0.0.7",
        "workflows://example.com/id/signature?template=/etc/passwd",
        "https://[half/",
    ],
)
def test_an_address_that_nothing_goes_to_is_refused_in_words(studio: Studio, wrong: str) -> None:
    with pytest.raises(InvalidSubscription) as caught:
        studio.channels.add("Team", wrong, ENDS, by="Nora")
    assert caught.value.message
    assert studio.channels.all() == []


@pytest.mark.slow
def test_the_library_is_not_loaded_at_the_start() -> None:
    code = "import sys, core.studio; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
