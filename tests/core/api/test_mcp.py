"""An agent, by the official client of MCP: it looks, asks the price, makes, sees, and is held."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, ImageContent, TextContent

from core.domain.caps import EVERYONE, Period
from core.domain.people import Role
from core.settings import ROOT, Settings
from core.studio import Studio
from tests.conftest import OpenStudio, Settle, in_a_thread
from tests.core.api.conftest import LetIn, Program

WORDS = {"promptText": "Waves at dusk", "duration": 2}
LOOKING = {
    "list_models",
    "describe_model",
    "quote",
    "search",
    "look",
    "spend_left",
    "wait",
}


@asynccontextmanager
async def agent(program: Program) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {program.token}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{program.url}/mcp", http_client=http)) as client,
    ):
        yield client


def ask(program: Program, tool: str, **named: Any) -> CallToolResult:
    """One call of a tool."""

    async def call() -> CallToolResult:
        async with agent(program) as client:
            found: CallToolResult = await client.call_tool(tool, named)
            return found

    return in_a_thread(call())


def told(answer: CallToolResult) -> Any:
    """What a tool told, which did what it was asked."""
    assert not answer.is_error, answer.content
    found = answer.structured_content
    assert found is not None
    return found.get("result", found)


def refusal(answer: CallToolResult) -> str:
    assert answer.is_error
    (said,) = answer.content
    assert isinstance(said, TextContent)
    return said.text


def test_an_agent_makes_a_clip_sees_it_and_rates_it(
    program: Program, studio: Studio, settle: Settle
) -> None:
    price = told(ask(program, "quote", wanted=WORDS))
    assert price["problems"] == []
    made = told(ask(program, "generate", wanted=WORDS, max_credits=price["credits"]))
    assert (made["status"], made["credits"]) == ("queued", price["credits"])
    assert told(ask(program, "wait", id=made["id"], seconds=0))["status"] == "queued"
    settle(studio, studio.generations.get(made["id"]))
    done = told(ask(program, "wait", id=made["id"]))
    assert (done["status"], done["files"]) == ("succeeded", 1)
    for storyboard in (False, True):
        (seen,) = ask(program, "look", id=made["id"], storyboard=storyboard).content
        assert isinstance(seen, ImageContent)
        assert len(seen.data) > 1000
    told(ask(program, "rate", id=made["id"], stars=4))
    assert [one["id"] for one in told(ask(program, "search", query="stars:>3"))] == [1]
    assert studio.reviews.ratings(1)[0].person == "Ann"


@pytest.mark.slow
def test_nothing_is_spent_that_was_not_allowed(
    program: Program, studio: Studio, let_in: LetIn
) -> None:
    said = refusal(ask(program, "generate", wanted=WORDS, max_credits=1))
    assert "this call allows 1" in said
    viewer = let_in(Role.VIEWER)
    assert "viewer" in refusal(ask(viewer, "generate", wanted=WORDS, max_credits=100))
    studio.caps.set(EVERYONE, Period.DAY, 1, by="Bo")
    said = refusal(ask(program, "generate", wanted=WORDS, max_credits=100))
    assert "Everyone's cap today is 1 credit" in said
    assert told(ask(program, "spend_left"))["caps"] == [
        {"name": "Everyone's cap today", "provider": "runway", "left": 1}
    ]
    assert studio.history.newest() == 0


@pytest.mark.slow
def test_the_same_key_makes_it_once(program: Program, studio: Studio) -> None:
    for _ in range(2):
        told(ask(program, "generate", wanted=WORDS, max_credits=100, key="scene-12"))
    assert studio.history.newest() == 1


def test_every_tool_says_truly_whether_it_changes_anything(program: Program) -> None:
    async def listed() -> dict[str, bool]:
        async with agent(program) as client:
            tools = (await client.list_tools()).tools
        return {
            tool.name: bool(tool.annotations and tool.annotations.read_only_hint) for tool in tools
        }

    tools = in_a_thread(listed())
    assert {name for name, reads in tools.items() if reads} == LOOKING
    assert set(tools) - LOOKING == {"generate", "rate"}


@pytest.mark.slow
def test_models_are_told_with_the_form_of_what_they_take(program: Program) -> None:
    models = told(ask(program, "list_models", makes="video"))
    first = models[0]
    schema = told(ask(program, "describe_model", endpoint=first["endpoint"], model=first["id"]))
    assert schema["properties"]["model"] == {"const": first["id"]}
    said = refusal(ask(program, "describe_model", endpoint="nowhere", model="none"))
    assert said.endswith("There is no such model on this endpoint.")


def test_nobody_gets_in_without_a_token(program: Program) -> None:
    stranger = Program(program.url)
    assert stranger.post("/mcp", {}).status_code == 401


@pytest.mark.slow
def test_it_speaks_over_standard_input_too(settings: Settings, open_studio: OpenStudio) -> None:
    open_studio(settings).close()
    environment = os.environ | {"DAILIES_DATA_DIR": str(settings.data_dir)}
    command = [sys.executable, "-m", "core.mcp", "--name", "Ann"]
    server = StdioServerParameters(
        command=command[0], args=command[1:], env=dict(environment), cwd=ROOT
    )

    async def talk() -> CallToolResult:
        async with Client(stdio_client(server)) as client:
            await client.call_tool("generate", {"wanted": WORDS, "max_credits": 100})
            found: CallToolResult = await client.call_tool("search", {})
            return found

    (made,) = told(in_a_thread(talk()))
    assert made["prompt"] == "Waves at dusk"
