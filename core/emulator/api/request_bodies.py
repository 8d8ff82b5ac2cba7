"""Request bodies: read to the end, as JSON that can be stored."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from starlette.requests import Request

from core.emulator.checks import refusals
from core.emulator.checks.refusals import Refusal

LIMIT = 12 * 1024**2


def day(body: dict[str, Any], name: str) -> date | None:
    if name not in body:
        return None
    try:
        return date.fromisoformat(body[name])
    except (TypeError, ValueError):
        message = "Expected a date, YYYY-MM-DD"
        raise refusals.invalid(
            [{"code": "invalid_date", "path": [name], "message": message}]
        ) from None


async def read_json(request: Request) -> Any:
    """The body, read to its end even if it is refused, since its sender is still writing."""
    data, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LIMIT:
            data += chunk
    if size > LIMIT:
        raise refusals.too_large()
    try:
        body = json.loads(data)
        # A lone surrogate is legal JSON, but cannot be stored or drawn.
        return json.loads(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Refusal(400, "The request body is not valid JSON.") from None


def without_data(value: Any) -> Any:
    """A body for the ledger: without megabytes of picture."""
    if isinstance(value, dict):
        return {name: without_data(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_data(item) for item in value]
    if isinstance(value, str) and value.startswith("data:"):
        return f"{value[:30]}… ({len(value)} characters)"
    return value
