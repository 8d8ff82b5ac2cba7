"""Bodies of calls that say no more than that they are JSON."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request

from core.api.problems import Refused


async def json_object(request: Request) -> dict[str, Any]:
    """Raises Refused."""
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Refused(400, "The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "The request body is not an object.")
    return body
