"""Who may call what: every endpoint, for every role, with a token in every state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api import application
from core.api import routes as programs
from core.api.runway import runway_wire
from core.domain.people import Identity, Role
from core.generations import Request
from core.mcp import routes as agents
from core.serving import presenting
from core.settings import Settings
from core.studio import Studio
from tests.conftest import OpenStudio, account_of
from tests.histories import add_to

TASK = "/runway/v1/tasks/00000000-0000-4000-8000-000000000001"
LEAST = {
    "POST /api/generate-video": Role.MAKER,
    "POST /api/generate-video-wait": Role.MAKER,
    "GET /api/task-status/{task_id}": Role.VIEWER,
    "GET /api/v1/models": Role.VIEWER,
    "GET /api/v1/models/{endpoint}/{model_id}": Role.VIEWER,
    "GET /api/v1/uploads": Role.VIEWER,
    "POST /api/v1/uploads": Role.MAKER,
    "GET /api/v1/uploads/{upload_id}": Role.VIEWER,
    "GET /api/v1/generations": Role.VIEWER,
    "POST /api/v1/generations": Role.MAKER,
    "POST /api/v1/generations/quote": Role.VIEWER,
    "GET /api/v1/generations/{generation_id}": Role.VIEWER,
    "POST /api/v1/generations/{generation_id}/cancel": Role.MAKER,
    "POST /api/v1/generations/{generation_id}/recover": Role.MAKER,
    "GET /api/v1/generations/{generation_id}/reviews": Role.VIEWER,
    "PUT /api/v1/generations/{generation_id}/rating": Role.VIEWER,
    "POST /api/v1/generations/{generation_id}/notes": Role.VIEWER,
    "POST /api/v1/batches": Role.MAKER,
    "GET /api/v1/batches/{batch_id}": Role.VIEWER,
    "POST /api/v1/batches/{batch_id}/cancel": Role.MAKER,
    "GET /api/v1/projects": Role.VIEWER,
    "GET /api/v1/spending": Role.VIEWER,
    "GET /api/v1/events": Role.VIEWER,
    "GET /runway/v1/tasks/{task}": Role.VIEWER,
    "DELETE /runway/v1/tasks/{task}": Role.MAKER,
    "POST /runway/v1/uploads": Role.MAKER,
    "GET /runway/v1/organization": Role.VIEWER,
    "POST /runway/v1/organization/usage": Role.VIEWER,
    "POST /runway/v1/{endpoint}": Role.MAKER,
    "POST /mcp": Role.VIEWER,
}
"""The least role of each endpoint."""
OPEN = {
    "GET /api/docs": 200,
    "GET /api/openapi.json": 200,
    "GET /api/files/{generation_id}/{position}": 404,
    "POST /runway/uploads/{ticket}": 403,
}
"""What needs no token, but a signature or a ticket in its address, and what it says without one."""
PLACES = {
    "{task}": TASK.rpartition("/")[2],
    "{endpoint}": "text_to_video",
    "{model_id}": "gen4.5",
    "{upload_id}": "0" * 64,
    "{batch_id}": "none",
    "{ticket}": "none",
}


@pytest.fixture
def team(open_studio: OpenStudio, settings: Settings) -> Studio:
    """A studio in which people sign in, with one generation."""
    studio = open_studio(replace(settings, admins=frozenset({"nora@studio.example"})))
    studio.people.arrive(Identity("nora", "Nora", "nora@studio.example"))
    add_to(studio, Request("text_to_video", "gen4.5", "Waves", {"ratio": "1280:720"}))
    account_of(studio)
    return studio


class FromEverywhere:
    """Each call has another address: who shows many wrong tokens from one is told to wait."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._calls = count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = next(self._calls)
        client = (f"10.0.{call // 256}.{call % 256}", 1)
        await self._app({**scope, "client": client}, receive, send)


@pytest.fixture
def client(team: Studio) -> Iterator[TestClient]:
    app = Starlette(routes=[*programs.routes("", ()), *agents.routes("", ())])
    with presenting(team), TestClient(FromEverywhere(app), "https://studio.example.com") as client:
        yield client


def tokens(team: Studio) -> dict[str, tuple[str, Role | None]]:
    """A token in every state, and what may be done with it."""
    numbers = count()

    def owned(role: Role, lent: Role) -> tuple[str, str]:
        person = f"idp {next(numbers)}"
        team.people.arrive(Identity(person, person))
        team.people.set_role(person, role)
        owner = team.people.find(person)
        assert owner
        return person, team.tokens.make("a script", owner, lent)[1]

    every: dict[str, tuple[str, Role | None]] = {
        "none": ("", None),
        "one of another server": ("dailies_" + "a" * 43, None),
        "one that is none": ("x", None),
    }
    for role in Role:
        every[f"a {role}'s"] = owned(role, role)[1], role
    every["an admin's, lent to look"] = owned(Role.ADMIN, Role.VIEWER)[1], Role.VIEWER
    _, revoked = owned(Role.ADMIN, Role.ADMIN)
    team.tokens.revoke(team.tokens.all()[0].id)
    every["a revoked one"] = revoked, None
    lowered, secret = owned(Role.ADMIN, Role.ADMIN)
    team.people.set_role(lowered, Role.VIEWER)
    every["that of an admin who only looks by now"] = secret, Role.VIEWER
    removed, secret = owned(Role.MAKER, Role.MAKER)
    team.people.remove(removed)
    every["that of somebody who was removed"] = secret, None
    return every


def status(client: TestClient, endpoint: str, secret: str) -> int:
    """Of a call that asks for nothing that can be done."""
    method, path = endpoint.split(" ")
    for place, value in PLACES.items():
        path = path.replace(place, value)
    path = path.replace("{generation_id}", "1").replace("{task_id}", "1").replace("{position}", "9")
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    headers |= {"Last-Event-ID": "none"}
    body = None if method in ("GET", "DELETE") else {"nothing": "known", "startDate": "no day"}
    return client.request(method, path, json=body, headers=headers).status_code


def test_the_table_names_every_endpoint() -> None:
    api: FastAPI = application.build()
    there = {
        f"{method.upper()} /api{path}"
        for path, operations in api.openapi()["paths"].items()
        for method in operations
    }
    there |= {
        f"{method} /runway{route.path}"
        for route in runway_wire.build().routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert there == (LEAST.keys() | OPEN.keys()) - {
        "POST /mcp",
        "GET /api/docs",
        "GET /api/openapi.json",
    }


@pytest.mark.slow
def test_every_endpoint_lets_in_whom_the_table_says(team: Studio, client: TestClient) -> None:
    everywhere = {endpoint: status(client, endpoint, "") for endpoint in LEAST | OPEN}
    assert set(everywhere.values()) == {404}, "there is no API before there is a token"
    wrong, states = [], tokens(team)
    print(f"{len(states) * len(LEAST)} cells: a token in each state, and each endpoint")
    for state, (secret, role) in states.items():
        for endpoint, least in LEAST.items():
            found = status(client, endpoint, secret)
            if role is None:
                fits = found == 401
            elif role.includes(least):
                fits = found not in (401, 403, 421, 500)
            else:
                fits = found == 403
            wrong += [] if fits else [f"{endpoint} with {state}: {found}"]
    assert wrong == []
    assert {endpoint: status(client, endpoint, "") for endpoint in OPEN} == OPEN
