"""What is told when something cannot be done: problem details (RFC 9457), in the pages' words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from core.errors import (
    DailiesError,
    DiskFull,
    InvalidRequest,
    NotAllowed,
    NotCancellable,
    Problem,
    ProviderError,
    RateLimited,
    StoreError,
    UnknownGeneration,
)

MEDIA_TYPE = "application/problem+json"
VERSIONED = "/v1/"
"""Below it errors have the form of RFC 9457 alone; elsewhere also the fields of the frontends."""
LATER = {"Retry-After": "10"}


class Reason(BaseModel):
    """One reason, and the field of the request that it belongs to."""

    field: str
    message: str


class Details(BaseModel):
    """Problem details as RFC 9457 has them, with every reason at once."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    problems: list[Reason] = Field(default_factory=list)


class FrontendDetails(Details):
    """The same, with the fields that frontends of the simple endpoints read."""

    error: str
    details: list[Reason] = Field(default_factory=list)
    failureCode: str = ""  # noqa: N815 - as frontends expect it


class Refused(Exception):
    """A call that is answered with this status and sentence."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        problems: Sequence[Problem] = (),
        failure_code: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.problems = tuple(problems)
        self.failure_code = failure_code
        self.headers = dict(headers or {})


def from_error(error: DailiesError) -> Refused:
    said = f"{error.message} {error.hint}".strip()
    if isinstance(error, InvalidRequest):
        of_caps = all(problem.field == "price" for problem in error.problems)
        return Refused(402 if of_caps else 400, said, problems=error.problems)
    if isinstance(error, NotAllowed):
        return Refused(403, said)
    if isinstance(error, UnknownGeneration):
        return Refused(404, said)
    if isinstance(error, NotCancellable):
        return Refused(409, said)
    if isinstance(error, RateLimited):
        return Refused(429, said, headers=LATER)
    if isinstance(error, (StoreError, DiskFull)):
        return Refused(503, said, headers=LATER)
    return Refused(502 if isinstance(error, ProviderError) else 400, said)


def response(request: Request, refused: Refused) -> Response:
    details: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": refused.detail,
        "problems": [vars(problem) for problem in refused.problems],
    }
    if not path(request.scope).startswith(VERSIONED):
        details |= {
            "error": refused.detail,
            "details": details["problems"],
            "failureCode": refused.failure_code,
        }
    return JSONResponse(
        details, status_code=refused.status, headers=refused.headers, media_type=MEDIA_TYPE
    )


def register(app: FastAPI) -> None:

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return response(request, error)

    def expected(request: Request, error: Exception) -> Response:
        assert isinstance(error, DailiesError)
        return response(request, from_error(error))

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = error.headers or {}
        return response(request, Refused(error.status_code, error.detail, headers=headers))

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = [Problem(_field(one["loc"]), one["msg"]) for one in error.errors()]
        said = " ".join(f"{one.field}: {one.message}." for one in found)
        return response(request, Refused(400, said, problems=found))

    def unexpected(request: Request, _error: Exception) -> Response:
        return response(request, Refused(500, "Something went wrong here; the log says what."))

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(DailiesError, expected)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)


def path(scope: Scope) -> str:
    """Below where the API is mounted."""
    called: str = scope["path"]
    return called.removeprefix(scope.get("root_path", ""))


def _field(location: Sequence[str | int]) -> str:
    """`duration` for what is at body → duration."""
    return ".".join(map(str, location[1:])) or str(location[0])
