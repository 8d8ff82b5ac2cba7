"""Programs of others, from npm: Runway's SDK for JavaScript, and the Inspector of MCP."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.studio import Studio
from tests import npm
from tests.conftest import Settle
from tests.core.api.conftest import Program
from tests.core.api.test_simple import once_there

pytestmark = pytest.mark.slow
MAKES_A_CLIP = """
const { default: RunwayML } = require('@runwayml/sdk');
const { RUNWAY, TOKEN } = process.env;
const client = new RunwayML({ baseURL: RUNWAY, apiKey: TOKEN, maxRetries: 0 });
client.textToVideo
  .create({ model: 'gen4.5', promptText: 'Waves', ratio: '1280:720', duration: 2 })
  .waitForTaskOutput()
  .then((task) => console.log(JSON.stringify(task)));
"""


def test_the_sdk_for_javascript_makes_a_clip_and_waits_for_it(
    program: Program, studio: Studio, settle: Settle
) -> None:
    npm.packages()
    with ThreadPoolExecutor() as waiting:
        told = {"RUNWAY": program.sdk_url, "TOKEN": program.token}
        answer = waiting.submit(npm.run, "node", "-e", MAKES_A_CLIP, **told)
        settle(studio, once_there(studio))
        task = json.loads(answer.result())
    assert task["status"] == "SUCCEEDED"
    assert task["output"][0].startswith(f"{program.url}/api/files/1/0")


def test_the_inspector_lists_the_tools_and_uses_one(program: Program, studio: Studio) -> None:
    def inspect(*asked: str) -> Any:
        inspector = str(npm.packages() / ".bin" / "mcp-inspector")
        shown = ("--transport", "http", "--header", f"Authorization: Bearer {program.token}")
        return json.loads(npm.run(inspector, "--cli", f"{program.url}/mcp", *shown, *asked))

    tools = {tool["name"]: tool for tool in inspect("--method", "tools/list")["tools"]}
    assert tools["quote"]["annotations"]["readOnlyHint"]
    assert not tools["generate"]["annotations"]["readOnlyHint"]
    wanted = json.dumps({"promptText": "Waves at dusk", "duration": 2})
    used = ("--method", "tools/call", "--tool-name", "generate")
    given = ("--tool-arg", f"wanted={wanted}", "--tool-arg", "max_credits=100")
    assert inspect(*used, *given)["structuredContent"]["status"] == "queued"
    assert studio.generations.get(1).request.prompt == "Waves at dusk"
