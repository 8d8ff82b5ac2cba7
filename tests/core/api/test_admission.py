"""Who is let in, how often, and from where."""

from __future__ import annotations

import pytest

from core.api import admission
from core.domain.people import Role
from core.studio import Studio
from tests.conftest import Clock
from tests.core.api.conftest import ORIGIN, LetIn, Program

LOOK = "/api/task-status/1"


def test_there_is_no_api_until_there_is_a_token_and_none_once_the_last_is_revoked(
    studio: Studio, api: str, let_in: LetIn
) -> None:
    nobody = Program(api)
    assert nobody.get(LOOK).status_code == 404
    assert nobody.get("/api/docs").status_code == 404
    program = let_in()
    assert nobody.get(LOOK).status_code == 401
    assert nobody.get("/api/docs").status_code == 200
    assert program.get(LOOK).json()["detail"] == "There is no such task."
    studio.tokens.revoke(studio.tokens.all()[0].id)
    assert program.get(LOOK).json()["detail"] == admission.OFF


def test_a_revoked_token_is_refused_at_its_next_call(
    studio: Studio, let_in: LetIn, program: Program
) -> None:
    let_in()
    assert program.get(LOOK).status_code == 404
    mine = min(studio.tokens.all(), key=lambda token: token.id)
    studio.tokens.revoke(mine.id)
    refused = program.get(LOOK)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.json()["detail"] == admission.WRONG_TOKEN


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", "Basic YTpi", "Bearer dailies_" + "a" * 43]
)
def test_what_is_no_token_opens_nothing(program: Program, header: str) -> None:
    stranger = Program(program.url, headers={"Authorization": header})
    assert stranger.get(LOOK).status_code == 401


def test_the_last_use_is_noted_once_a_minute(
    studio: Studio, program: Program, clock: Clock
) -> None:
    assert studio.tokens.all()[0].last_used_at is None
    program.get(LOOK)
    first = studio.tokens.all()[0].last_used_at
    clock.advance(30)
    program.get(LOOK)
    assert studio.tokens.all()[0].last_used_at == first
    clock.advance(31)
    program.get(LOOK)
    last = studio.tokens.all()[0].last_used_at
    assert first
    assert last
    assert (last - first).total_seconds() == 61


def test_a_token_never_may_more_than_was_lent_to_it(let_in: LetIn) -> None:
    viewer = let_in(Role.VIEWER)
    refused = viewer.post("/api/generate-video", {"promptText": "Waves"})
    assert refused.status_code == 403
    assert "viewer" in refused.json()["detail"]


def test_who_calls_too_often_is_told_when_to_go_on(program: Program) -> None:
    wrong = Program(program.url, "dailies_" + "b" * 43)
    answers = [wrong.get(LOOK) for _ in range(admission.WRONG_A_MINUTE + 1)]
    assert [answer.status_code for answer in answers] == [401] * admission.WRONG_A_MINUTE + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert program.get(LOOK).status_code == 404


def test_only_pages_of_named_origins_may_call(program: Program) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    preflight = Program(program.url, headers=asked)("OPTIONS", "/api/generate-video")
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in preflight.headers
    answer = program.get(LOOK, headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (404, ORIGIN)
    assert program.get(LOOK, headers={"Origin": "https://evil.test"}).status_code == 403


def test_a_body_without_measure_is_refused(program: Program) -> None:
    vast = {"promptText": "Waves", "promptImage": "data:image/png;base64," + "A" * 13 * 1024**2}
    assert program.post("/api/generate-video", vast).status_code == 413
