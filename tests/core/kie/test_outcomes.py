"""What came of a create call at KIE: made, declined, to be made again, or in doubt."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import known_providers
from core.catalog.catalog import Catalog
from core.emulator.kie.server import KieEmulator
from core.errors import (
    NotAuthorized,
    NotEnabled,
    NotFound,
    OutOfCredits,
    Overloaded,
    ProviderError,
    RateLimited,
    Refused,
)
from core.generations import Request
from core.kie.provider import Kie
from core.providers import create_call
from core.providers.create_call import Call
from core.providers.outcomes import Declined, InDoubt, Made, Outcome, Unmade
from core.providers.receipts import Receipt
from core.settings import Settings
from tests.core.conftest import Wire, say

CATALOG = Catalog.load(Settings().catalog_dir)
WORDS = Request(
    "kie_text_to_video",
    "kie_gen4_turbo",
    "A quiet sea",
    {"ratio": "16:9", "resolution": "720p", "duration": 5},
)


@pytest.fixture
def call(with_kie: Settings) -> Call:
    return call_of(with_kie, WORDS)


def call_of(settings: Settings, request: Request) -> Call:
    model = CATALOG.find(request.endpoint, request.model)
    assert model
    return Kie(settings).create(model, request, [one.url for one in request.inputs])


def sent(call: Call, key: str) -> Outcome:
    return known_providers.outcome("kie", create_call.post(call, key))


def test_a_body_has_kies_names_and_no_model(call: Call) -> None:
    assert call.body == {
        "prompt": "A quiet sea",
        "duration": 5,
        "quality": "720p",
        "aspectRatio": "16:9",
    }


def test_what_was_taken_is_a_task(kie: KieEmulator, call: Call, key: str) -> None:
    found = sent(call, key)
    assert isinstance(found, Made)
    assert [found.created.id] == [task.id for task in kie.account.tasks()]
    assert found.created.credits_estimated is None


@pytest.mark.parametrize("in_http", [False, True])
@pytest.mark.parametrize(
    ("code", "kind", "error"),
    [
        (401, Unmade, NotAuthorized),
        (402, Unmade, OutOfCredits),
        (404, Declined, NotFound),
        (408, InDoubt, None),
        (422, Declined, Refused),
        (429, Unmade, RateLimited),
        (451, Declined, Refused),
        (455, Unmade, Overloaded),
        (500, InDoubt, None),
        (501, InDoubt, None),
        (505, Unmade, NotEnabled),
        (599, InDoubt, None),
    ],
)
def test_the_code_in_the_body_says_whether_anything_was_made(
    kie: KieEmulator,
    call: Call,
    key: str,
    code: int,
    kind: type,
    error: type[ProviderError] | None,
    in_http: bool,
) -> None:
    """HTTP may say it too, or 200."""
    kie.configure(refuses=code, real_status=in_http)
    found = sent(call, key)
    assert isinstance(found, kind)
    if error:
        assert isinstance(found, Unmade | Declined)
        assert type(found.error) is error
        assert found.error.message.endswith(".")
    assert kie.account.tasks() == []


def test_a_create_call_that_finds_nothing_is_not_said_to_ask_for_a_task(
    kie: KieEmulator, call: Call, key: str
) -> None:
    kie.configure(refuses=404)
    found = sent(call, key)
    assert isinstance(found, Declined)
    assert found.error.message == "KIE does not know what this request asks for."
    assert "KIE_BASE_URL" in found.error.hint


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"<html>Please sign in</html>", InDoubt),
        (200, {"code": 200, "msg": "success", "data": None}, InDoubt),
        (200, {"code": 200, "msg": "success", "data": {"taskId": "a b"}}, InDoubt),
        (200, {"code": "200", "data": {"taskId": "a"}}, InDoubt),
        (200, {"code": 422, "data": None}, InDoubt),
        (200, {"code": 404, "msg": None}, InDoubt),
        (401, {"code": 401, "message": "Sign in"}, InDoubt),
        (302, b"", InDoubt),
        (400, b"<html>", Declined),
        (403, b"<html>Forbidden</html>", InDoubt),
        (404, b"not here", Declined),
        (429, b"slow down", Unmade),
        (502, b"bad gateway", InDoubt),
        (500, {"code": 200, "msg": "success", "data": None}, InDoubt),
        (404, {"code": 200, "msg": "success", "data": None}, InDoubt),
    ],
)
def test_an_answer_that_is_not_kies_proves_only_what_its_sender_knows(
    wire: Wire, with_kie: Settings, key: str, status: int, body: object, kind: type
) -> None:
    wire.on("POST /api/v1/runway/generate", say(status, body))
    found = sent(call_of(replace(with_kie, kie_base_url=wire.url), WORDS), key)
    assert isinstance(found, kind)


@pytest.mark.parametrize("status", [404, 422, 429, 500])
def test_a_task_that_kie_names_is_made_whatever_http_says(
    wire: Wire, with_kie: Settings, key: str, status: int
) -> None:
    """Otherwise it would be paid again."""
    taken = {"code": 200, "msg": "success", "data": {"taskId": "a"}}
    wire.on("POST /api/v1/runway/generate", say(status, taken))
    found = sent(call_of(replace(with_kie, kie_base_url=wire.url), WORDS), key)
    assert isinstance(found, Made)
    assert found.created.id == "a"


def test_no_more_than_twenty_begin_in_ten_seconds(kie: KieEmulator, call: Call, key: str) -> None:
    found = [sent(call, key) for _ in range(21)]
    assert [type(one) for one in found[19:]] == [Made, Unmade]
    assert isinstance(found[20], Unmade)
    assert isinstance(found[20].error, RateLimited)


def test_no_sentence_holds_a_key_or_an_address(with_kie: Settings, key: str) -> None:
    said = '{"code": 422, "msg": "no", "data": {"url": "https://a.example/b?token=c"}}'
    declined = known_providers.outcome("kie", Receipt("answered", status=200, body=said))
    assert isinstance(declined, Declined)
    assert "https" not in declined.error.message + declined.error.hint
    assert key not in repr(with_kie)
