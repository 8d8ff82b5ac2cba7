"""What is told of the API is true: its examples run, and it answers as its document says."""

from __future__ import annotations

import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import schemathesis
import schemathesis.specs.openapi.schemas
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode, checks
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as openapi_checks

from core.settings import ROOT
from core.studio import Studio
from tests.conftest import Settle
from tests.core.api.conftest import PATIENCE, Program
from tests.core.api.test_simple import once_there

# It is imported above, though only `from_dict` uses it: pytest parses it on its way in, which
# CPython 3.11 may fail at while another thread does the same (gh-106905).
README = (ROOT / "core" / "api" / "README.md").read_text(encoding="utf-8")
EXAMPLES = [
    line
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("curl")
]
WAITS = "/generate-video-wait"
ANSWER_LATER = {WAITS, "/v1/events"}
"""They answer when something has happened, which nothing makes happen here."""
HELD = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
]
OF_THE_WIRE = ("transfer-encoding", "content-length")
"""Headers that the server itself refuses before anything of ours is asked."""
FEW = hypothesis_settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def run(example: str, program: Program) -> Any:
    """What a command of the README prints."""
    environment = os.environ | {"DAILIES": program.url, "TOKEN": program.token}
    done = subprocess.run(
        ["bash", "-c", example], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_every_example_of_the_readme_works(
    program: Program, studio: Studio, settle: Settle
) -> None:
    assert len(EXAMPLES) >= 3
    for example in EXAMPLES:
        with ThreadPoolExecutor() as waiting:
            answer = waiting.submit(run, example, program)
            if WAITS in example:
                settle(studio, once_there(studio))
            assert "detail" not in answer.result(), example


@pytest.mark.slow
def test_it_answers_as_its_document_says(program: Program) -> None:
    """Any call that the document allows, and some that it does not: no failure of ours, and no
    answer that is not told of."""
    headers = {"Authorization": f"Bearer {program.token}"}
    document = schemathesis.openapi.from_dict(program.get("/api/openapi.json").json())
    found = document.get_all_operations()
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    tried: list[str] = []

    def hold(case: schemathesis.Case[Any]) -> None:
        tried.append(case.operation.path)
        for name in [one for one in case.headers or {} if one.lower() in OF_THE_WIRE]:
            del case.headers[name]
        url = f"{program.url}/api"
        case.call_and_validate(base_url=url, checks=HELD, headers=headers, timeout=PATIENCE)

    for operation in operations:
        if operation.path not in ANSWER_LATER:
            any_case = operation.as_strategy() | operation.as_strategy(GenerationMode.NEGATIVE)
            FEW(given(any_case)(hold))()
    assert set(tried) == {one.path for one in operations} - ANSWER_LATER


def test_everything_that_is_documented_is_served_from_here(program: Program) -> None:
    page = program.get("/api/docs").text
    asked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(asked) >= 2
    assert [one for one in asked if not program.get(one).ok] == []
    assert "http" not in re.sub(r"https?://127\S+", "", "".join(asked))


def test_the_readme_names_every_status_that_is_documented(program: Program) -> None:
    document = program.get("/api/openapi.json").json()
    told = {
        status
        for path in document["paths"].values()
        for operation in path.values()
        for status in operation["responses"]
        if int(status) >= 400 and status != "416"
    }
    assert told == set(re.findall(r"\b[45]\d\d\b", README.split("| Status |")[1].split("\n\n")[0]))
