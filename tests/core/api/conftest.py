"""The API of a studio over HTTP, and who calls it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from core.api import routes as programs
from core.domain.people import Person, Role
from core.environment import LOOPBACK
from core.mcp import routes as agents
from core.serving import presenting
from core.studio import Studio
from core.web.body_limits import Intake
from core.web.guard import Guard

ORIGIN = "https://app.example.com"
"""Of pages that may call."""
PATIENCE = 60


class NoUploads:
    """Nothing is in Streamlit's memory: it does not run here."""

    def sizes(self) -> dict[str, int]:
        return {}

    def forget_gone(self) -> None:
        pass


@dataclass
class Program:
    """Calls the API with a token, or without one."""

    url: str
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def sdk_url(self) -> str:
        """What Runway's SDK is given as its base URL."""
        return f"{self.url}/runway"

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers = {**shown, **self.headers, **options.pop("headers", {})}
        return requests.request(
            method, self.url + path, headers=headers, timeout=PATIENCE, **options
        )

    def get(self, path: str, **options: Any) -> requests.Response:
        return self("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> requests.Response:
        return self("POST", path, json=json, **options)


LetIn = Callable[..., Program]


@pytest.fixture
def api(studio: Studio) -> Iterator[str]:
    """The address of a studio's API, behind the guard that stands before everything."""
    app = Starlette(
        routes=[*programs.routes("", {ORIGIN}), *agents.routes("", {ORIGIN})],
        middleware=[
            Middleware(
                Guard,
                hosts=LOOPBACK,
                monitors=(),
                base="",
                intake=Intake(NoUploads(), base="", largest=1, elsewhere=programs.largest("")),
                programs=programs.places(""),
                origins={ORIGIN},
            )
        ],
    )
    config = uvicorn.Config(app, port=0, ws="none", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listening],))
    with presenting(studio), listening:
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = server.force_exit = True
        thread.join()


@pytest.fixture
def let_in(studio: Studio, api: str) -> LetIn:
    """A program with a token of a person, as far as that role goes."""

    def let_in(role: Role = Role.MAKER, name: str = "Ann") -> Program:
        owner = Person("", name, Role.ADMIN)
        return Program(api, studio.tokens.make("a script", owner, role)[1])

    return let_in


@pytest.fixture
def program(let_in: LetIn) -> Program:
    """One that may generate."""
    return let_in()
