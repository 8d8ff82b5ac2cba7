"""The emulator's own routes, clearly not Runway's: script, settings, reset, ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.emulator.api.faults import Fault, Script
from core.emulator.checks.refusals import Refusal
from core.emulator.state.conditions import Rules
from core.emulator.state.organization import Organization

_FAULTS = TypeAdapter(list[Fault])


class Control:
    """What fixtures and people do to the emulator, by method or by route. Thread-safe."""

    def __init__(self, organization: Organization, script: Script, rules: Rules) -> None:
        self._organization = organization
        self._script = script
        self._rules = rules

    def script(self, faults: Sequence[Mapping[str, Any]]) -> None:
        self._script.add(_FAULTS.validate_python(faults))

    def configure(self, **settings: Any) -> Rules:
        rules = self._organization.rules.changed(**settings)
        self._organization.adopt(rules, refill="credits" in settings)
        return rules

    def reset(self, **settings: Any) -> Rules:
        rules = self._rules.changed(**settings)
        self._script.clear(rules.chance_seed)
        self._organization.reset(rules)
        return rules

    def ledger(self) -> dict[str, Any]:
        with self._organization.lock:
            records = self._organization.records
            return {
                "balance": records.balance,
                "calls": self._script.calls,
                "bytes_sent": self._script.sent,
                "faults_met": self._script.met,
                "faults_waiting": self._script.waiting,
                "tasks": [
                    json.loads(task.model_dump_json())
                    | {"arrivals": records.arrivals.get(task.fingerprint, 0)}
                    for task in records.tasks.values()
                ],
                "entries": [json.loads(entry.model_dump_json()) for entry in records.entries],
            }

    def routes(self) -> list[Route]:
        return [
            Route("/emulator/script", self._post_script, methods=["POST"]),
            Route("/emulator/settings", self._post_settings, methods=["POST"]),
            Route("/emulator/reset", self._post_reset, methods=["POST"]),
            Route("/emulator/ledger", self._get_ledger, methods=["GET"]),
        ]

    async def _post_script(self, request: Request) -> Response:
        try:
            self.script(await _json(request, list))
        except ValidationError as error:
            raise Refusal(400, str(error)) from None
        return JSONResponse({"faults_waiting": self._script.waiting})

    async def _post_settings(self, request: Request) -> Response:
        return _rules_answer(self.configure, await _json(request, dict))

    async def _post_reset(self, request: Request) -> Response:
        return _rules_answer(self.reset, await _json(request, dict))

    async def _get_ledger(self, request: Request) -> Response:
        return JSONResponse(self.ledger())


def _rules_answer(change: Any, settings: dict[str, Any]) -> Response:
    try:
        return JSONResponse(change(**settings).model_dump())
    except ValidationError as error:
        raise Refusal(400, str(error)) from None


async def _json(request: Request, kind: type) -> Any:
    try:
        body = json.loads(await request.body() or ("[]" if kind is list else "{}"))
    except ValueError:
        raise Refusal(400, "The body is not JSON.") from None
    if not isinstance(body, kind):
        raise Refusal(400, f"Send a JSON {'list' if kind is list else 'object'}.")
    return body
