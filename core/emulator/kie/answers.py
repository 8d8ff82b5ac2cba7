"""The envelope of every answer: what really happened stands in its `code`."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

REFUSED = {
    401: "You do not have access permissions",
    402: "Insufficient credits",
    404: "The task does not exist",
    429: "Too many requests",
    451: "Failed to fetch the image",
    455: "The service is under maintenance",
    501: "Generation failed",
    505: "This feature is disabled",
}


class Refusal(Exception):
    def __init__(self, code: int, said: str = "") -> None:
        super().__init__(said or REFUSED.get(code, "Server error"))
        self.code = code


def success(data: Any, **more: Any) -> JSONResponse:
    return JSONResponse({**more, "code": 200, "msg": "success", "data": data})


def refused(refusal: Refusal, *, real_status: bool) -> JSONResponse:
    """With `real_status` the status of HTTP says it too; KIE's own pages show both."""
    body = {"code": refusal.code, "msg": str(refusal), "data": None}
    return JSONResponse(body, refusal.code if real_status else 200)
