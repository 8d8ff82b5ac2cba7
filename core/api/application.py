"""The API as an application of its own, with its documentation. Only its first caller waits for it
to be put together: a server without programs never loads it."""

from __future__ import annotations

from importlib.resources import files as resources
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from core import VERSION
from core.api import files, problems, simple
from core.api.problems import Details, FrontendDetails
from core.api.v1 import batches, desk, events, generations, library
from core.api.watching import Watch

ABOUT = (
    "Make clips from other programs: they get what a person in the browser gets, caps, the queue"
    " and the history, and none of them sees a provider's key."
)
VERSIONED = (generations.router, batches.router, library.router, desk.router, events.router)
NOT_AS_GET = ("/files/", "/v1/events")
"""A file answers a HEAD without reading what it is not to send; events have no end."""
TOKEN = {"type": "http", "scheme": "bearer", "description": "A token from Settings."}
REFUSALS = {
    400: "Something of it cannot be so; every reason at once",
    401: "No token, or one that does not work",
    402: "A cap has no room for it",
    403: "This token may not do this",
    404: "There is no such thing",
    409: "The Idempotency-Key was used for another request, or its provider cannot cancel it",
    405: "Not by this method",
    413: "It is larger than what is taken here",
    429: "Too often",
    500: "It failed",
    502: "The provider could not be asked",
    503: "The history or the disk takes nothing at the moment",
}


class HeadAsGet:
    """FastAPI's routes refuse a HEAD, which Starlette's take. The server itself leaves out the
    body of its answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") == "HEAD" and not problems.path(scope).startswith(NOT_AS_GET):
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)


def build() -> FastAPI:
    app = FastAPI(
        title="Dailies", version=VERSION, description=ABOUT, docs_url=None, redoc_url=None
    )
    app.state.watch = Watch()
    app.add_middleware(HeadAsGet)
    problems.register(app)
    app.router.routes.append(Route("/task-status/{task_id}", simple.task_status_at_once))
    for router in (simple.router, files.router):
        app.include_router(router, responses=_refusals(FrontendDetails))
    for router in VERSIONED:
        app.include_router(router, prefix="/v1", responses=_refusals(Details))
    app.include_router(_documentation())
    assets = Path(str(resources("fastapi_offline"))) / "static"
    app.mount("/docs", StaticFiles(directory=assets))
    _document(app)
    return app


def _documentation() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    def docs(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        return get_swagger_ui_html(
            openapi_url=f"{root}/openapi.json",
            title="Dailies: API",
            swagger_js_url=f"{root}/docs/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/docs/swagger-ui.css",
            swagger_favicon_url=f"{root}/docs/favicon.png",
            oauth2_redirect_url=None,
        )

    return router


def _refusals(model: type[Details]) -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {
        status: {"description": said, "content": {problems.MEDIA_TYPE: {"schema": schema}}}
        for status, said in REFUSALS.items()
    }


def _document(app: FastAPI) -> None:
    """FastAPI tells of a 422 in a form of its own, which nobody gets here; and it knows nothing of
    tokens, since who comes in was judged before."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            for path in schema["paths"].values():
                for operation in path.values():
                    operation["responses"].pop("422", None)
                    operation["security"] = [{"token": []}]
            known = schema.setdefault("components", {}).setdefault("schemas", {})
            for name in ("HTTPValidationError", "ValidationError"):
                known.pop(name, None)
            for model in (Details, FrontendDetails):
                found = model.model_json_schema(ref_template="#/components/schemas/{model}")
                known |= found.pop("$defs", {}) | {model.__name__: found}
            schema["components"]["securitySchemes"] = {"token": TOKEN}
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
